// What was masked by labels and comes back as it was sent is what it was before: restore(mask(x)) = x, in every kind of body
// and coding, wherever values stand that are restored.
//
// Not restored, and so not here: names (object keys, names of form fields and columns, heads of parts), labels inside URLs,
// and what the other operators put in the place of a value. Sealed values open (jwe_test.cpp); tokens of crypto_deterministic
// and values of fpe are opened by whoever has the key, and not on the way back.
#include <catch2/catch.hpp>
#include <random>
#include <set>

#include "tests/unit/filters/hidden_values.hpp"
#include "tests/unit/filters/other_reader.hpp"

using namespace bordergate;
using namespace bordergate::testing;

namespace {

const std::set<std::string> restored_places{"value", "element", "value of escapes", "JSON in a string", "behind JSON in a string", "cell", "quoted cell", "cell beyond the columns", "JSON in a cell",
                                            "value of a field", "part without a head", "file of text", "file of JSON lines", "file of a table", "file of a form", "JSON in a value", "text", "among lines",
                                            "JSON in text", "escapes in text", "field", "field of a message", "key of a map", "value of a map", "JSON in a field"};

/// The texts, and those in documents that stand in a text: these may be spelled otherwise.
std::vector<NamedText> innermost(const std::vector<NamedText>& texts) {
    std::vector<NamedText> all;
    for (const auto& one : texts) {
        const auto first = one.second.find_first_of("{[");
        const auto inside = first == std::string::npos ? std::vector<NamedText>{} : texts_in(body_form("json"), one.second);
        if (inside.empty()) all.push_back(one);
        for (auto& inner : innermost(inside)) all.push_back(std::move(inner));
    }
    return all;
}

/// The body byte for byte, or where it is spelled otherwise what another reader makes of it.
bool same(const BodyForm& form, std::string_view before, std::string_view after) { return before == after || innermost(texts_in(form, before)) == innermost(texts_in(form, after)); }

}  // namespace

TEST_CASE("what was masked by labels comes back as it was, in every kind of body and coding", "[law]") {
    const auto& plan = mask_plan(MaskSpec::Kind::pseudonym);
    const auto values = hidden_values(8, 4);
    std::size_t next = 0;
    for (const auto& form : body_forms())
        for (const auto& place : hiding_places(form)) {
            if (!restored_places.contains(place.name)) continue;
            std::size_t went = 0, of = 0, exact = 0;
            for (const auto coding : coding_names()) {
                if (!takes_coding(form, coding)) continue;
                for (int i = 0; i < 60; ++i) {
                    const auto& hidden = values[next % values.size()];
                    const auto& disguise = disguises()[next % 2 == 0 ? 0 : next / 2 % disguises().size()];
                    ++next;
                    const auto body = place.body(hidden, disguise.apply(hidden.text));
                    if (!body) continue;
                    BodyCrossing exchange(&plan, 64 * 1024, usual_recognisers());
                    const auto masked = exchange.request(form, coding, coded(form, coding, *body));
                    ++of;
                    if (masked.refused) continue;
                    ++went;
                    const auto back = exchange.answer(form, coding, masked.out, {}, 1 + next % 5);
                    INFO(form.name << " in " << coding << ", " << hidden.entity << " as " << place.name << ", disguised by " << disguise.name << "\n" << *body << "\nmasked:\n" << decoded(form, coding, masked.out)
                                   << "\nback:\n" << back.verdict << decoded(form, coding, back.out));
                    CHECK_FALSE(back.refused);
                    CHECK(same(form, *body, decoded(form, coding, back.out)));
                    exact += *body == decoded(form, coding, back.out) ? 1 : 0;
                }
            }
            INFO(form.name << ", " << place.name << ": " << went << " of " << of << " left, " << exact << " came back byte for byte");
            CHECK(went * 3 > of);
        }
}
