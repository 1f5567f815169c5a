#include "filters/body/media_type.hpp"

#include <catch2/catch.hpp>

using namespace bordergate;

namespace {

/// The value of a parameter of `field`; `-` if it has none, the reason if it cannot be read.
std::string value(std::string_view field, std::string_view name = "charset") {
    const auto read = MediaType::read(field);
    if (read.has_error()) return read.error().detail;
    const auto* found = read->parameters.find(name);
    return found ? *found : "-";
}

}  // namespace

TEST_CASE("a media type is read with its parameters, whatever their case and quotes") {
    CHECK(MediaType::read(" Text/CSV ;charset=x")->name == "text/csv");
    CHECK(value("text/csv") == "-");
    CHECK(value("text/csv;") == "-");
    CHECK(value("text/csv; CharSet=UTF-8") == "UTF-8");
    CHECK(value("text/csv\t;;  ; a=b ;charset=\"utf-8\" ; ") == "utf-8");
    CHECK(value(R"(text/csv; charset="u\t\f-8")") == "utf-8");
    CHECK(value("text/csv; x=\"; charset=utf-16\"; charset=utf-8") == "utf-8");
    CHECK(value("text/csv; x-charset=utf-16") == "-");
    CHECK(value("text/csv; charset=\"\"").empty());
    CHECK(value("text/csv; x=\"\xc3\xa4 \t!\"", "x") == "\xc3\xa4 \t!");
    CHECK(value("application/vnd.a+json;profile=\"http://x/?a=b\"", "PROFILE") == "http://x/?a=b");
}

TEST_CASE("a content type that can be read in two ways, or in none, is a fault") {
    const std::string malformed = "the content type cannot be read: a parameter is not written as RFC 9110 has it";
    for (const auto* field : {"text/csv; charset", "text/csv; charset=", "text/csv; charset =utf-8", "text/csv; charset= utf-8", "text/csv; =utf-8", "text/csv charset=utf-8", "text/csv; charset=\"utf-8",
                              "text/csv; charset=\"utf-8\\", "text/csv; charset=\"a\"b", "text/csv; charset=utf-8, text/html", "text/csv; charset=u(8)", "text/csv; x=\"a\nb\"", "text/csv; x=\"a\\\x7f\""}) {
        INFO(field);
        CHECK(value(field) == malformed);
    }
    CHECK(value("text/csv; charset=utf-8; Charset=utf-16") == "the content type cannot be read: a parameter is given twice");
    CHECK(value("text/csv; x=1; charset=utf-8; x=1") == "the content type cannot be read: a parameter is given twice");
    for (const auto* field : {"", "text", "text/", "/csv", "text/csv/x", "te(xt/csv", "; charset=utf-8", "text/csv,text/html"}) {
        INFO(field);
        CHECK(value(field) == "the content type is none");
    }
}

TEST_CASE("the name of a media type stands by itself") {
    CHECK(media_type_name("Text/CSV;charset") == "Text/CSV");
    CHECK(media_type_name("  text/csv charset") == "text/csv");
    CHECK(media_type_name("").empty());
}
