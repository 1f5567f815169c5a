// XML on arbitrary bytes: what comes out does not depend on how reads split it; where nothing is replaced it is what went in;
// what is masked is XML that another reader reads, of the same elements; and our reader accepts what libexpat accepts, save
// what it refuses on purpose.
#include <expat.h>

#include <cstdlib>

#include "filters/body/xml_reader.hpp"
#include "filters/body/xml_rewrite.hpp"
#include "tests/fuzz/fed.hpp"
#include "tests/support/world.hpp"

using namespace bordergate;
using bordergate::testing::World;

namespace {

/// What libexpat says of a document.
struct Outline {
    bool sound = false, refused_on_purpose = false;
    std::string elements;
};

Outline outline(std::string_view text) {
    Outline outline;
    const XML_Parser parser = XML_ParserCreate("UTF-8");
    XML_SetUserData(parser, &outline);
    XML_SetElementHandler(
        parser,
        [](void* user, const XML_Char* name, const XML_Char** attributes) {
            auto& elements = static_cast<Outline*>(user)->elements;
            elements.append("<").append(name);
            for (; *attributes; attributes += 2) elements.append(" ").append(*attributes);
        },
        [](void* user, const XML_Char* name) { static_cast<Outline*>(user)->elements.append(">").append(name); });
    XML_SetStartDoctypeDeclHandler(parser, [](void* user, const XML_Char*, const XML_Char*, const XML_Char*, int) { static_cast<Outline*>(user)->refused_on_purpose = true; });
    XML_SetXmlDeclHandler(parser, [](void* user, const XML_Char* version, const XML_Char* encoding, int) {
        static_cast<Outline*>(user)->refused_on_purpose |= (version && std::string_view(version) != "1.0") || encoding;
    });
    outline.sound = XML_Parse(parser, text.data(), static_cast<int>(text.size()), 1) == XML_STATUS_OK;
    XML_ParserFree(parser);
    return outline;
}

/// A reference may be longer than we read it.
bool long_reference(std::string_view text) {
    for (auto at = text.find('&'); at != std::string_view::npos; at = text.find('&', at + 1))
        if (text.find(';', at) - at >= longest_xml_reference) return true;
    return false;
}

void check_reader(std::string_view in) {
    XmlReader reader({in.size() + 16, 1000});
    Status read = reader.read(in);
    if (read.has_value()) read = reader.end();
    const auto judged = outline(in);
    if (read.has_value() && !judged.sound) std::abort();
    if (read.has_value()) return;
    if (read.error().detail.find("do not agree") != std::string::npos) std::abort();
    // Two bytes may be its order mark in UTF-16, which it takes for an encoding.
    const bool other_encoding = in.size() >= 2 && (in.find('\0') != std::string_view::npos || in.starts_with("\xff\xfe") || in.starts_with("\xfe\xff"));
    if (judged.sound && !judged.refused_on_purpose && !other_encoding && !long_reference(in) && read.error().code == Code::body_invalid && read.error().detail.find("nested deeper") == std::string::npos) std::abort();
}

Fed run(World& world, const std::vector<XmlSelector>* selectors, std::string_view in, std::size_t step, std::size_t hold_back) {
    XmlRewriteSpec spec;
    spec.treatment = &world.treatment;
    spec.selectors = selectors;
    spec.bounds = {hold_back, 16};
    return fed(*make_xml_rewrite(spec), in, step);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    static World& world = *new World;
    static const auto& selectors = *new std::vector<XmlSelector>{{XmlPath::compile("//b").value(), ClassSet{*world.classes.find("contact")}}, {XmlPath::compile("/a/c[2]/@d").value(), ClassSet{*world.classes.find("contact")}}, {XmlPath::compile("//e/text()").value(), ClassSet{*world.classes.find("health")}}};
    world.findings = {};
    const std::string_view in(reinterpret_cast<const char*>(data) + 2, size - 2);
    check_reader(in);
    const std::size_t hold_back = 64 + data[0];
    const auto whole = run(world, &selectors, in, in.size() + 1, hold_back), split = run(world, &selectors, in, 1U + data[1] % 7U, hold_back);
    if (whole.failed != split.failed) std::abort();
    if (!whole.failed && (whole.out != split.out || !outline(whole.out).sound)) std::abort();
    world.treatment.observe = true;
    const auto seen = run(world, nullptr, in, 3, hold_back);
    world.treatment.observe = false;
    if (!seen.failed && seen.out != in) std::abort();
    return 0;
}
