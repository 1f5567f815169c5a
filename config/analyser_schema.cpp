#include "config/analyser_schema.hpp"

namespace bordergate {

using namespace schema;

Schema analyser_schema(const Schema& standing, const Schema& credential) {
    constexpr long long millisecond = 1000, minute = 60'000'000;
    const auto entity = text("an entity such as PERSON", Format::name);
    return object(
        "a service that speaks as Presidio's analyzer does; texts that it cannot be asked of are refused",
        {
            required("id", text("how faults call it", Format::word)),
            required("url", text("where it is; texts are posted to /analyze below it", Format::url)),
            optional("standing", standing),
            optional("entities", one_of("what it is asked for, and answers nothing but: {ENTITY: class}, or a list of entities with their usual classes; PERSON, LOCATION and NRP if left out",
                                        {some("entities", entity), map_by(Format::name, "classes by entity", text("a class", Format::class_name))})),
            optional("language", text("of the texts, as it calls it; en if left out", Format::word)),
            optional("threshold", integer("how sure it must be, in percent; 50 if left out", 0, 100)),
            optional("deadline", duration("of one request as a whole; 2s if left out", millisecond, 10 * minute)),
            optional("max_text", size("text in one request; a longer one is sent in overlapping pieces; 32KiB if left out", 1024, 16LL << 20)),
            optional("batch", integer("texts in one request; 32 if left out, 1: no lists, for analysers that take one text", 1, 1000)),
            optional("connections", integer("open at once, over all workers; 16 if left out", 1, 10'000)),
            optional("ca", text("a file of the CAs that vouch for it; the system's store if left out", Format::name)),
            optional("credential", credential),
        });
}

}  // namespace bordergate
