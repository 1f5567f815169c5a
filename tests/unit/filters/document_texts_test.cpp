// Texts of documents at every split.
#include "filters/body/document_texts.hpp"

#include <catch2/catch.hpp>

using namespace bordergate;

namespace {

std::string read(DocumentKind kind, std::string_view in, std::size_t step) {
    std::string out;
    const auto texts = DocumentTexts::make(kind, [&](const DocumentText& one) {
        out += std::to_string(one.line) + " [" + std::string(one.place) + "] " + std::string(one.name) + "=" + std::string(one.text) + "\n";
    });
    Status status;
    for (std::size_t at = 0; at < in.size() && status.has_value(); at += step) status = texts->feed(in.substr(at, step));
    if (status.has_value()) status = texts->finish();
    return status.has_error() ? out + "!" + status.error().detail : out;
}

std::string read(DocumentKind kind, std::string_view in) {
    const auto whole = read(kind, in, in.size() + 1);
    for (std::size_t step = 1; step <= in.size(); ++step) CHECK(read(kind, in, step) == whole);
    return whole;
}

}  // namespace

TEST_CASE("texts of JSON are its strings, keys and numbers") {
    CHECK(read(DocumentKind::json, R"({"a": "x\ny", "b": [1, true, {"c d": "z"}]})") == "1 [/a] a=a\n1 [/a] a=x\ny\n1 [/b] b=b\n1 [/b/0] b=1\n1 [/b/2/*] c d=c d\n1 [/b/2/*] c d=z\n");
    CHECK(read(DocumentKind::json, "{\"a\": }").find('!') != std::string::npos);
}

TEST_CASE("texts of NDJSON know their line") {
    CHECK(read(DocumentKind::ndjson, "{\"a\":\"x\"}\n\n[\"y\"]\n\"z\"") == "1 [/a] a=a\n1 [/a] a=x\n3 [/0] =y\n4 [] =z\n");
    CHECK(read(DocumentKind::ndjson, "{}\n{").find("!line 2: ") != std::string::npos);
}

TEST_CASE("texts of CSV have the name of their column") {
    CHECK(read(DocumentKind::csv, "name;note\r\n\"A;\"\"B\"\"\";\"two\nlines\"\nC;;more\n") ==
          "1 [column 1] =name\n1 [column 2] =note\n2 [column name] name=A;\"B\"\n2 [column note] note=two\nlines\n4 [column name] name=C\n4 [column 3] =more\n");
    CHECK(read(DocumentKind::csv, "a,b\n\"x").find("!a quoted field that began on line 2 does not end") != std::string::npos);
    CHECK(read(DocumentKind::csv, "") == "");
}

TEST_CASE("texts of plain text are its lines") {
    CHECK(read(DocumentKind::text, "a\r\n\nb") == "1 [] =a\n2 [] =\n3 [] =b\n");
    CHECK(read(DocumentKind::text, "a\n\xff\n").find("!line 2 is not UTF-8") != std::string::npos);
}
