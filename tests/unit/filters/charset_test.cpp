#include "filters/body/charset.hpp"

#include <catch2/catch.hpp>
#include <set>
#include <sstream>

using namespace bordergate;

namespace {

std::string declared(std::string_view content_type) {
    const auto charset = declared_charset(content_type);
    return charset.has_error() ? "!" + charset.error().detail : std::string((*charset)->name);
}

}  // namespace

TEST_CASE("charsets are found by each of their labels, in any case") {
    std::set<std::string> labels;
    for (const auto& charset : all_charsets()) {
        std::istringstream words{std::string(charset.labels)};
        for (std::string label; words >> label;) {
            INFO(label);
            CHECK(find_charset(label) == &charset);
            CHECK(labels.insert(label).second);
        }
    }
    CHECK(find_charset("UTF-8")->is_utf8());
    CHECK(find_charset("Utf-16")->needs_mark());
    CHECK(find_charset("Latin1") == find_charset("ISO_8859-1:1987"));
    for (const auto* none : {"", " ", "utf", "utf-8 utf8", "iso-8859", "utf-7", "utf-32", "iso-2022-jp", "hz-gb-2312", "windows-1255", "windows-1258", "ebcdic-us", "UTF-8//TRANSLIT"}) {
        INFO(none);
        CHECK(find_charset(none) == nullptr);
    }
}

TEST_CASE("labels that web readers take for a larger charset are that one") {
    for (const auto& [label, name] : {std::pair{"iso-8859-1", "CP1252"}, {"Latin1", "CP1252"}, {"iso-8859-9", "CP1254"}, {"latin5", "CP1254"}, {"iso-8859-11", "CP874"}, {"TIS-620", "CP874"}, {"gb2312", "GBK"}, {"euc-kr", "CP949"}, {"shift_jis", "CP932"}}) {
        INFO(label);
        CHECK(find_charset(label)->name == name);
    }
    CHECK(find_charset("us-ascii")->name == "US-ASCII");
}

TEST_CASE("the charset that a content type declares") {
    CHECK(declared("") == "UTF-8");
    CHECK(declared("text/plain") == "UTF-8");
    CHECK(declared("text/plain; charset=\"Windows-1252\"") == "CP1252");
    CHECK(declared("text/plain; format=flowed; charset=us-ascii") == "US-ASCII");
    CHECK(declared("text/plain; charset=utf-8x") == "!the charset that the content type declares is not one that is read");
    CHECK(declared("text/plain; charset=''") == "!the charset that the content type declares is not one that is read");
    CHECK(declared("text/plain; charset=\"\"") == "!the charset that the content type declares is not one that is read");
    CHECK(declared("text/plain; charset").starts_with("!the content type cannot be read"));
}

TEST_CASE("of a charset that readers may not heed only what all of them read alike is read") {
    const auto agreed = [](const char* label) {
        const auto charset = agreed_charset(*find_charset(label));
        return charset.has_error() ? "!" + charset.error().detail : std::string((*charset)->name);
    };
    CHECK(agreed("utf-8") == "UTF-8");
    CHECK(agreed("utf-16") == "UTF-16");
    for (const auto* label : {"us-ascii", "iso-8859-15", "windows-1252", "shift_jis", "gb18030"}) CHECK(agreed(label) == "US-ASCII");
    for (const auto* label : {"utf-16le", "utf-16be"}) CHECK(agreed(label) == "!not all readers of the body's type heed the charset that it declares: send it in UTF-8");
}
