#include "tests/unit/filters/hidden_values.hpp"

#include <google/protobuf/stubs/strutil.h>

#include <algorithm>
#include <map>

#include "filters/ascii.hpp"
#include "filters/detect/deep_scan.hpp"
#include "tests/unit/filters/labelled_texts.hpp"
#include "tests/unit/filters/other_reader.hpp"

namespace bordergate::testing {

namespace {

using Body = std::optional<std::string>;

std::string cell(const std::string& text) {
    std::string made = "\"";
    for (const char c : text) made += c == '"' ? "\"\"" : std::string(1, c);
    return made + "\"";
}
std::string quoted(const std::string& text) { return '"' + json_escaped(text) + '"'; }
std::string file_part(const std::string& type, const std::string& content) {
    return "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f.x\"\r\nContent-Type: " + type + "\r\n\r\n" + content + "\r\n--b--\r\n";
}
std::string field_part(const std::string& parameters, const std::string& content) { return "--b\r\nContent-Disposition: form-data; " + parameters + "\r\n\r\n" + content + "\r\n--b--\r\n"; }
std::string one_line(std::string text) {
    std::erase_if(text, [](char c) { return c == '\r' || c == '\n' || c == '"' || c == '\\'; });
    return text;
}
std::string in_lines(const std::string& text, const std::string& end) {
    std::string made;
    for (std::size_t i = 0; i < text.size(); i += 76) made += (i > 0 ? end : "") + text.substr(i, 76);
    return made;
}
std::string upper(std::string text) {
    for (auto& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    return text;
}
/// Whether it can stand where a number does.
bool is_number(const std::string& text) {
    return text.size() >= 8 && text.size() <= 19 && text.front() != '0' && text.find_first_not_of("0123456789") == std::string::npos;
}
std::string escaped(const std::string& text) { return google::protobuf::CEscape(text); }

std::vector<HidingPlace> json_places(const std::string& end) {
    return {{"value", [end](const auto&, const auto& text) -> Body { return R"({"a":)" + quoted(text) + "}" + end; }},
            {"key", [end](const auto&, const auto& text) -> Body { return "{" + quoted(text) + ":1}" + end; }},
            {"element", [end](const auto&, const auto& text) -> Body { return "[1,[" + quoted(text) + "," + quoted(text) + "]]" + end; }},
            {"value of escapes", [end](const auto&, const auto& text) -> Body { return R"({"a":")" + json_escaped(text, true) + "\"}" + end; }},
            {"key of escapes", [end](const auto&, const auto& text) -> Body { return "{\"" + json_escaped(text, true) + "\":{}}" + end; }},
            {"JSON in a string", [end](const auto&, const auto& text) -> Body { return R"({"a":)" + quoted("{\"b\":[" + quoted(text) + "]}") + "}" + end; }},
            {"key of JSON in JSON in a string", [end](const auto&, const auto& text) -> Body { return "[" + quoted("[" + quoted("{" + quoted(text) + ":null}") + "]") + "]" + end; }},
            {"behind JSON in a string", [end](const auto&, const auto& text) -> Body { return R"({"a":)" + quoted("{\"b\":1} " + text) + "}" + end; }},
            {"number", [end](const auto& hidden, const auto& text) -> Body { return is_number(hidden.value) && text == hidden.text ? Body("{" + quoted(hidden.text) + ":" + hidden.value + "}" + end) : std::nullopt; }},
            {"number with a point", [end](const auto& hidden, const auto& text) -> Body { return is_number(hidden.value) && text == hidden.text ? Body("{" + quoted(hidden.text) + ":" + hidden.value + ".0}" + end) : std::nullopt; }}};
}

std::vector<HidingPlace> table_places(const std::string& sep) {
    return {{"cell", [sep](const auto&, const auto& text) -> Body { return text.find_first_of("\",\t\r\n;") == std::string::npos ? Body("a" + sep + "b\n" + text + sep + "x\n") : std::nullopt; }},
            {"quoted cell", [sep](const auto&, const auto& text) -> Body { return "a" + sep + "b\r\n1" + sep + cell(text) + "\r\n"; }},
            {"name of a column", [sep](const auto&, const auto& text) -> Body { return "a" + sep + cell(text) + "\n1" + sep + "2\n"; }},
            {"cell beyond the columns", [sep](const auto&, const auto& text) -> Body { return "a" + sep + "b\n1" + sep + "2" + sep + cell(text); }},
            {"JSON in a cell", [sep](const auto&, const auto& text) -> Body { return "a" + sep + "b\n" + cell("{\"c\":" + quoted(text) + "}") + sep + "\n"; }}};
}

std::vector<HidingPlace> part_places() {
    return {{"value of a field", [](const auto&, const auto& text) -> Body { return field_part("name=\"x\"", text); }},
            {"name of a field", [](const auto&, const auto& text) -> Body { return field_part("name=\"" + one_line(text) + "\"", "1"); }},
            {"file name", [](const auto&, const auto& text) -> Body { return field_part("name=\"f\"; filename=\"" + one_line(text) + ".txt\"", "1"); }},
            {"file name whose characters are protected",
             [](const auto&, const auto& text) -> Body {
                 std::string guarded;
                 for (const char c : one_line(text)) guarded += (static_cast<unsigned char>(c) < 0x80 ? "\\" : "") + std::string(1, c);
                 return field_part("name=\"f\"; filename=\"" + guarded + "\"", "1");
             }},
            {"extended file name", [](const auto&, const auto& text) -> Body { return field_part("name=\"f\"; filename*=UTF-8''" + percent(text, false), "1"); }},
            {"field of a head", [](const auto&, const auto& text) -> Body { return "--b\r\nX-Note: " + one_line(text) + "\r\n\r\n1\r\n--b--"; }},
            {"part without a head", [](const auto&, const auto& text) -> Body { return "--b\r\n\r\n" + text + "\r\n--b--"; }},
            {"file of text", [](const auto&, const auto& text) -> Body { return file_part("text/plain; charset=utf-8", text); }},
            {"file of JSON", [](const auto&, const auto& text) -> Body { return file_part("application/json", "{" + quoted(text) + ":" + quoted(text) + "}"); }},
            {"file of JSON lines", [](const auto&, const auto& text) -> Body { return file_part("application/x-ndjson", quoted(text) + "\n"); }},
            {"file of a table", [](const auto&, const auto& text) -> Body { return file_part("text/csv", "a,b\n1," + cell(text)); }},
            {"file of a form", [](const auto&, const auto& text) -> Body { return file_part("application/x-www-form-urlencoded", "a=" + percent(text)); }}};
}

/// Of what is found by code alone.
LabelledText coded_sentence(const RecogniserSpec& spec, LabelledTexts& texts) {
    for (const char* const known : {"email", "iban", "card", "ip", "phone"})
        if (spec.method == known) return texts.sentence(spec);
    LabelledText made{"we were given: ", {}};
    std::string value;
    if (spec.method == "mac") value = "00:1b:" + texts.digits(2) + ":c" + texts.digits(1) + ":" + texts.digits(2) + ":7f";
    if (spec.method == "connection") value = "postgres://app:pw" + texts.digits(6) + "@db.example.org:5432";
    if (spec.method == "secret") value = "aZ9" + texts.digits(5) + "kQx7" + texts.digits(4) + "Lm2Vw8Tb";
    if (spec.method == "private_key") value = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0B" + texts.digits(40) + "\n-----END PRIVATE KEY-----";
    if (value.empty()) return {};
    if (spec.method == "secret") made.text += "api_key=";
    made.spans.push_back({spec.entity, made.text.size(), made.text.size() + value.size()});
    made.text += value + " since then.";
    return made;
}

std::vector<HidingPlace> places_of(const std::string& name) {
    if (name == "json") return json_places("");
    if (name == "ndjson") return json_places("\n{\"b\":1}\n");
    if (name == "csv") return table_places(",");
    if (name == "tsv") return table_places("\t");
    if (name == "multipart") return part_places();
    if (name == "form")
        return {{"value", [](const auto&, const auto& text) -> Body { return "a=" + percent(text, false) + "&b=1"; }},
                {"value of escapes", [](const auto&, const auto& text) -> Body { return "a=" + percent(text); }},
                {"name", [](const auto&, const auto& text) -> Body { return percent(text, false) + "=1&b"; }},
                {"JSON in a value", [](const auto&, const auto& text) -> Body { return "a=" + percent("[" + quoted(text) + "]"); }}};
    if (name == "text")
        return {{"text", [](const auto&, const auto& text) -> Body { return text; }},
                {"among lines", [](const auto&, const auto& text) -> Body { return "first line\n" + text + "\r\nlast line"; }},
                {"JSON in text", [](const auto&, const auto& text) -> Body { return "it says {\"a\": " + quoted(text) + "}"; }},
                {"escapes in text", [](const auto&, const auto& text) -> Body { return "it says " + json_escaped(text, true); }}};
    if (name == "grpc")
        return {{"field", [](const auto&, const auto& text) -> Body { return note("text: \"" + escaped(text) + "\" n: 1"); }},
                {"field of a message", [](const auto&, const auto& text) -> Body { return note("n: 1") + note("inner { many: \"x\" many: \"" + escaped(text) + "\" }"); }},
                {"key of a map", [](const auto&, const auto& text) -> Body { return note("m { key: \"" + escaped(text) + "\" value: \"1\" }"); }},
                {"value of a map", [](const auto&, const auto& text) -> Body { return note("m { key: \"k\" value: \"" + escaped(text) + "\" }"); }},
                {"JSON in a field", [](const auto&, const auto& text) -> Body { return note("text: \"" + escaped("{\"a\":" + quoted(text) + "}") + "\""); }},
                {"bytes", [](const auto&, const auto& text) -> Body { return note("raw: \"" + escaped(text) + "\""); }}};
    // Of events everything is refused but what may go in clear.
    return {{"event", [](const auto&, const auto& text) -> Body { return "data: {\"a\":" + quoted(text) + "}\n\n"; }}};
}

}  // namespace

std::vector<HiddenValue> hidden_values(unsigned seed, int each) {
    LabelledTexts texts(seed);
    std::vector<HiddenValue> made;
    for (const auto& spec : builtin_recognisers()) {
        if (!spec.enabled) continue;
        for (int i = 0; i < each; ++i) {
            const auto one = spec.patterns.empty() ? coded_sentence(spec, texts) : texts.sentence(spec);
            if (one.spans.empty()) break;
            std::vector<Finding> findings;
            deep_scan(usual_recognisers(), one.text, findings);
            const auto& span = one.spans.front();
            const bool found = std::any_of(findings.begin(), findings.end(), [&](const Finding& finding) { return finding.begin <= span.begin && finding.end >= span.end; });
            if (found) made.push_back({spec.entity, one.text.substr(span.begin, span.end - span.begin), one.text});
        }
    }
    return made;
}

const std::vector<Disguise>& disguises() {
    static const std::vector<Disguise> all{
        {"none", [](const auto& text) { return text; }},
        {"base64", [](const auto& text) { return "see " + base64(text) + " there"; }},
        {"base64url", [](const auto& text) { return "id=" + base64(text, true); }},
        {"hex", [](const auto& text) { return "0x" + hex(text) + "!"; }},
        {"percent", [](const auto& text) { return percent(text); }},
        {"percent where it must be", [](const auto& text) { return percent(text, false); }},
        {"percent twice", [](const auto& text) { return percent(percent(text), false); }},
        {"JSON's escapes", [](const auto& text) { return json_escaped(text, true); }},
        {"base64 twice", [](const auto& text) { return base64(base64(text)); }},
        {"base64 of hex", [](const auto& text) { return base64("say " + hex(text)); }},
        {"base64 of JSON", [](const auto& text) { return base64("{\"a\":\"" + json_escaped(text) + "\"}", true); }},
        {"percent of base64", [](const auto& text) { return percent(base64(text)); }},
        {"base64 behind a word", [](const auto& text) { return "token_" + base64(text); }},
        {"base64 behind a path", [](const auto& text) { return "/v1/files/" + base64(text, true); }},
        {"base64 in lines", [](const auto& text) { return in_lines(base64("Dear all, dear others, dear everybody, " + text), "\r\n"); }},
        {"base64 before a line", [](const auto& text) { return base64("Dear all, " + text, true) + "\nregards"; }},
        {"base64 behind a line", [](const auto& text) { return "regards\n" + base64(text, true); }},
        {"hex of capitals", [](const auto& text) { return "x'" + upper(hex(text)) + "'"; }},
        {"percent of small letters", [](const auto& text) { return lower(percent(text)); }},
        {"the last half in percent",
         [](const auto& text) {
             auto half = text.size() / 2;
             while ((static_cast<unsigned char>(text[half]) & 0xc0) == 0x80) --half;
             return text.substr(0, half) + percent(text.substr(half));
         }},
    };
    return all;
}

const std::vector<HidingPlace>& hiding_places(const BodyForm& form) {
    static std::map<std::string, std::vector<HidingPlace>> made;
    auto& places = made[form.name];
    if (places.empty()) places = places_of(form.name);
    return places;
}

}  // namespace bordergate::testing
