#include "filters/body/multipart.hpp"

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
    bool opaque_goes = false;
    std::size_t hold_back = 4096;
};

/// What becomes of `in`, whose boundary is `b`, the same at every split.
std::string treated(std::string_view in, const Given& given = {}) {
    return at_every_split(in.size(), [&](std::size_t step) {
        World world;
        if (given.opaque_goes) world.cell("opaque").form = Form::clear;
        world.judgement.sort(world.classes.all());
        BodyPaths paths;
        if (given.path) paths.request.selectors.push_back({JsonPath::compile(given.path).value(), ClassSet{*world.classes.find("contact")}});
        Limits limits;
        limits.hold_back_bytes = given.hold_back;
        BodyContext context;
        context.treatment = &world.treatment;
        context.paths = &paths;
        context.limits = &limits;
        context.content_type = "multipart/form-data; boundary=b";
        const auto made = make_body_filter(BodyKind::multipart, false, context);
        REQUIRE(made.has_value());
        return transformed(**made, in, step);
    });
}

std::string part(const std::string& head, const std::string& body) { return "--b\r\n" + head + "\r\n\r\n" + body + "\r\n"; }
std::string value(const std::string& name, const std::string& body) { return part("Content-Disposition: form-data; name=\"" + name + "\"", body); }

}  // namespace

TEST_CASE("parts are treated by their own type, and the rest stays as it was") {
    const auto file = [](const std::string& type, const std::string& body) { return part("Content-Disposition: form-data; name=\"f\"; filename=\"f.x\"\r\nContent-Type: " + type, body); };
    CHECK(treated(value("a", "1") + "--b--\r\n") == value("a", "1") + "--b--\r\n");
    CHECK(treated(value("to", "a@b.de") + "--b--") == value("to", "<EMAIL_ADDRESS>") + "--b--");
    CHECK(treated(file("application/json", "{\"to\":\"a@b.de\"}") + "--b--\r\n") == file("application/json", "{\"to\":\"<EMAIL_ADDRESS>\"}") + "--b--\r\n");
    CHECK(treated(file("text/csv", "m\r\na@b.de") + "--b--\r\n") == file("text/csv", "m\r\n<EMAIL_ADDRESS>") + "--b--\r\n");
    CHECK(treated(file("text/plain", "x --b\r\n-b a@b.de") + "--b--\r\n") == file("text/plain", "x --b\r\n-b <EMAIL_ADDRESS>") + "--b--\r\n");
    CHECK(treated(file("application/x-ndjson", "{\"n\":1}\n") + value("z", "") + "--b--\r\n") == file("application/x-ndjson", "{\"n\":1}\n") + value("z", "") + "--b--\r\n");
    CHECK(treated("\r\n--b  \r\n\r\nmail a@b.de\r\n--b--") == "\r\n--b  \r\n\r\nmail <EMAIL_ADDRESS>\r\n--b--");
}

TEST_CASE("names and file names are text too, and declare and announce") {
    CHECK(treated(value("name", "Anna") + "--b--", {"$.name"}) == value("name", "<contact>") + "--b--");
    CHECK(treated(part("Content-Disposition: form-data; name=\"f\"; filename=\"a@b.de.txt\"", "x") + "--b--") == part("Content-Disposition: form-data; name=\"f\"; filename=\"<EMAIL_ADDRESS>\"", "x") + "--b--");
}

TEST_CASE("what cannot be read in a part is opaque") {
    const auto image = part("Content-Disposition: form-data; name=\"f\"; filename=\"f.png\"\r\nContent-Type: image/png", "\x89PNG") + "--b--\r\n";
    CHECK(treated(image) == "!opaque_refused");
    CHECK(treated(image, {nullptr, true}) == image);
    CHECK(treated(part("Content-Type: text/plain\r\nContent-Transfer-Encoding: base64", "YUBiLmRl") + "--b--") == "!opaque_refused");
    CHECK(treated(part("Content-Type: multipart/mixed; boundary=c", "--c--") + "--b--") == "!opaque_refused");
}

TEST_CASE("multipart bodies that cannot be read are refused") {
    CHECK(treated("") == "!body_invalid");
    CHECK(treated("preamble\r\n--b--") == "!body_invalid");
    CHECK(treated(value("a", "1")) == "!body_invalid");
    CHECK(treated(value("a", "1") + "--b--\r\nmore") == "!body_invalid");
    CHECK(treated("--bx\r\n\r\n\r\n--b--") == "!body_invalid");
    CHECK(treated(part("no field", "1") + "--b--") == "!body_invalid");
    CHECK(treated(part("Content-Disposition: form-data; name=\"a\"; name=\"b\"", "1") + "--b--") == "!body_invalid");
    CHECK(treated(part("Content-Type: text/csv\r\nContent-Type: text/plain", "1") + "--b--") == "!body_invalid");
    CHECK(treated(value("a", std::string(100, 'x')) + "--b--", {nullptr, false, 50}) == "!body_too_large");
    CHECK(treated(value("iban", "DE89370400440532013000") + "--b--") == "!no_permit");
}

TEST_CASE("files among the parts are read in their own charsets, values in what all readers agree on") {
    const auto typed = [](const std::string& more, const std::string& type, const std::string& body) { return part("Content-Disposition: form-data; name=\"f\"" + more + "\r\nContent-Type: " + type, body); };
    const std::string utf16("a\0@\0b\0.\0d\0e\0", 12), masked("<\0E\0M\0A\0I\0L\0_\0A\0D\0D\0R\0E\0S\0S\0>\0", 30);
    for (const std::string type : {"text/plain; charset=utf-16le", "TEXT/Plain;Charset=\"UTF-16LE\""})
        CHECK(treated(typed("; filename=f", type, utf16) + "--b--") == typed("; filename=f", type, masked) + "--b--");
    CHECK(treated(typed("; filename=f", "text/plain; charset=latin1", "\xe4 a@b.de") + "--b--") == typed("; filename=f", "text/plain; charset=latin1", "\xe4 <EMAIL_ADDRESS>") + "--b--");
    // A value's charset is one that readers of forms may or may not heed.
    CHECK(treated(typed("", "text/plain; charset=latin1", "a@b.de") + "--b--") == typed("", "text/plain; charset=latin1", "<EMAIL_ADDRESS>") + "--b--");
    CHECK(treated(typed("", "text/plain; charset=utf-16", "\xff\xfe" + utf16) + "--b--") == typed("", "text/plain; charset=utf-16", "\xff\xfe" + masked) + "--b--");
    for (const auto& [type, text] : {std::pair<std::string, std::string>{"text/plain; charset=latin1", "M\xc3\xbcller"}, {"text/plain; charset=latin1", "\xe4"}, {"text/plain; charset=utf-16le", utf16}})
        CHECK(treated(typed("", type, text) + "--b--") == "!body_invalid");
    for (const std::string more : {"", "; filename=f"}) {
        CHECK(treated(typed(more, "text/plain", utf16) + "--b--") == "!body_invalid");
        CHECK(treated(typed(more, "text/plain; charset=klingon", "a") + "--b--") == "!body_invalid");
        CHECK(treated(typed(more, "text/plain; charset=utf-8; charset=latin1", "a") + "--b--") == "!body_invalid");
    }
    CHECK(treated(value("_charset_", "utf-8") + value("a", "1") + "--b--") == value("_charset_", "utf-8") + value("a", "1") + "--b--");
    CHECK(treated(value("_charset_", "utf-16le") + value("a", utf16) + "--b--") == "!body_invalid");
}

TEST_CASE("a disposition that can be read in two ways is refused") {
    for (const auto* field : {"form-data; name=\"a\"; Name=\"b\"", "form-data; name=\"a", "form-data; name=\"a\"b", "form-data; name", "form-data; name=a b"}) {
        INFO(field);
        CHECK(treated(part(std::string("Content-Disposition: ") + field, "1") + "--b--") == "!body_invalid");
    }
}

TEST_CASE("boundaries") {
    CHECK(multipart_boundary("multipart/form-data; boundary=abc") == "abc");
    CHECK(multipart_boundary("multipart/form-data; charset=utf-8; Boundary=\"a b\"") == "a b");
    for (const auto* none : {"multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=a; boundary=b", "multipart/form-data; boundary=\"a\\\"b\"", "multipart/form-data; boundary=\"a \""}) {
        INFO(none);
        CHECK(multipart_boundary(none).empty());
    }
}
