#include "filters/body/form.hpp"

#include <catch2/catch.hpp>

#include "tests/support/every_split.hpp"
#include "tests/support/world.hpp"

using namespace bordergate;
using bordergate::testing::at_every_split;
using bordergate::testing::transformed;
using bordergate::testing::World;

namespace {

struct Given {
    const char* path = nullptr;
    std::size_t hold_back = 4096;
    std::string_view charset = "utf-8";
};

/// What becomes of `in`, the same at every split.
std::string treated(std::string_view in, const Given& given = {}) {
    return at_every_split(in.size(), [&](std::size_t step) {
        World world;
        JsonPaths paths;
        if (given.path) paths.selectors.push_back({JsonPath::compile(given.path).value(), ClassSet{*world.classes.find("contact")}});
        NamedValuesSpec spec;
        spec.treatment = &world.treatment;
        spec.paths = &paths;
        spec.bounds = {given.hold_back, 32};
        const auto form = make_form(spec, *find_charset(given.charset));
        return form.has_error() ? "!" + form.error().detail : transformed(**form, in, step);
    });
}

}  // namespace

TEST_CASE("values and names of a form are decoded, treated and encoded again; the rest stays as it was") {
    CHECK(treated("a=1&b=%20x+y&c") == "a=1&b=%20x+y&c");
    CHECK(treated("") == "");
    CHECK(treated("&&a=&=b&") == "&&a=&=b&");
    CHECK(treated("to=anna%40example.org&x=%7e") == "to=%3CEMAIL_ADDRESS%3E&x=%7e");
    CHECK(treated("note=mail+a@b.de+now") == "note=mail+%3CEMAIL_ADDRESS%3E+now");
    CHECK(treated("a@b.de=1") == "%3CEMAIL_ADDRESS%3E=1");
    CHECK(treated("doc=%7B%22to%22%3A%22a%40b.de%22%7D") == "doc=%7B%22to%22%3A%22%3CEMAIL_ADDRESS%3E%22%7D");
    CHECK(treated("name=Anna+M&age=3", {"$.name"}) == "name=%3Ccontact%3E&age=3");
    CHECK(treated("nam%65=Anna", {"$.name"}) == "nam%65=%3Ccontact%3E");
}

TEST_CASE("forms that cannot be read are refused") {
    CHECK(treated("a=%4") == "!body_invalid");
    CHECK(treated("a=%zz") == "!body_invalid");
    CHECK(treated("a=%ff") == "!body_invalid");
    CHECK(treated("a=" + std::string(100, 'x'), {nullptr, 50}) == "!body_too_large");
    CHECK(treated("iban=DE89370400440532013000") == "!no_permit");
}

TEST_CASE("what is escaped in a form is read in the form's charset, and written in it") {
    CHECK(treated("n%61me=a%40b.de&x=%7e", {"$.name", 4096, "us-ascii"}) == "n%61me=%3Ccontact%3E&x=%7e");
    CHECK(treated("a=%e4", {nullptr, 4096, "us-ascii"}) == "!body_invalid");
    CHECK(treated("a=%c3%a4", {nullptr, 4096, "us-ascii"}) == "!body_invalid");
    CHECK(treated("n\xc3\xa4%c3%a4=Anna", {"$['n\xc3\xa4\xc3\xa4']"}) == "n\xc3\xa4%c3%a4=%3Ccontact%3E");
    CHECK(treated("a=1", {nullptr, 4096, "utf-16"}) == "!the charset that the content type declares is none that a form is read in");
}

TEST_CASE("a form with NULs, or that says another charset than its type, is refused") {
    CHECK(treated("a=x%00y") == "!body_invalid");
    CHECK(treated("a%00=x") == "!body_invalid");
    CHECK(treated("_charset_=utf-16&a=b") == "!body_invalid");
    CHECK(treated("_charset_=ISO-8859-1&a=b") == "!body_invalid");
    CHECK(treated("_charset_=ISO-8859-1&a=b", {nullptr, 4096, "us-ascii"}) == "!body_invalid");
    CHECK(treated("_charset_=UTF-8&_charset_=&a=b") == "_charset_=UTF-8&_charset_=&a=b");
}

TEST_CASE("to a filter each value of a form is a string") {
    CHECK(treated("name=Anna&age=3&note=x", {"$[?@=='3' || length(@)==1]"}) == "name=Anna&age=%3Ccontact%3E&note=%3Ccontact%3E");
    CHECK(treated("name=Anna&age=3", {"$[?@==3 || @.x]"}) == "name=Anna&age=3");
    CHECK(treated("name=Anna&age=3", {"$..[?match(@, '[A-Z].*')]"}) == "name=%3Ccontact%3E&age=3");
}
