#include "filters/body/in_charset.hpp"

#include <catch2/catch.hpp>

#include "config/utf8.hpp"
#include "filters/body/charset_coder.hpp"
#include "filters/body/text.hpp"
#include "tests/support/every_split.hpp"
#include "tests/support/world.hpp"

using namespace bordergate;
using bordergate::testing::at_every_split;
using bordergate::testing::transformed;
using bordergate::testing::World;

namespace {

/// Replaces each `@`, and holds back the last byte it got, so that pieces of characters come out apart.
class AtSigns final : public Transform {
  public:
    explicit AtSigns(std::string other) : other_(std::move(other)) {}
    Status feed(std::string_view in, std::string& out) override {
        for (const char c : in) {
            out.append(held_);
            held_ = c == '@' ? other_ : std::string(1, c);
        }
        return {};
    }
    Status finish(std::string& out) override {
        out.append(held_);
        return {};
    }

  private:
    std::string other_, held_;
};

/// What becomes of `in`, the same at every split; the reason if it is refused.
std::string through(const Charset& charset, std::string_view in, const std::string& other = "(at)") {
    return at_every_split(in.size(), [&](std::size_t step) {
        const auto transform = make_in_charset(charset, std::make_unique<AtSigns>(other)).value();
        std::string out;
        for (std::size_t at = 0; at < in.size(); at += step) {
            const Status fed = transform->feed(in.substr(at, step), out);
            if (fed.has_error()) return "!" + fed.error().detail;
        }
        const Status done = transform->finish(out);
        return done.has_error() ? "!" + done.error().detail : out;
    });
}
std::string through(const char* label, std::string_view in, const std::string& other = "(at)") { return through(*find_charset(label), in, other); }

std::string encoded(const Charset& charset, std::string_view text) { return charset.is_utf8() ? std::string(text) : coded_whole(*make_charset_encoder(charset), text).value(); }

/// Characters of the charset, from all over it, in UTF-8.
std::string characters(const Charset& charset) {
    std::string all;
    std::size_t count = 0;
    for (std::uint32_t one = 1; one < 0x110000 && count < 300; one += one < 0x500 ? 1 : 331) {
        if (one == '@' || (one >= 0xd800 && one < 0xe000) || one == 0xfeff) continue;
        std::string text;
        append_utf8(one, text);
        if (!charset.is_utf8() && coded_whole(*make_charset_encoder(charset), text).has_error()) continue;
        all.append(text);
        ++count;
    }
    return all;
}

const std::string other_mark = "!the body begins with the byte order mark of another charset than the one it should be in";
const std::string not_in_charset = "!the body is not in the charset that its content type declares";
const std::string not_carried = "!the charset of the body cannot carry the form that its text must take";

}  // namespace

TEST_CASE("in every charset, however split, all that is not replaced leaves byte by byte as it came") {
    for (const auto& charset : all_charsets()) {
        if (charset.needs_mark()) continue;
        INFO(charset.name);
        const auto all = encoded(charset, characters(charset)), at = encoded(charset, "@"), other = encoded(charset, "(at)");
        CHECK(all.size() > 100);
        CHECK(through(charset, all) == all);
        CHECK(through(charset, all + at + all + at) == all + other + all + other);
        if (!charset.mark.empty()) CHECK(through(charset, std::string(charset.mark) + at + all) == std::string(charset.mark) + other + all);
        CHECK(through(charset, "").empty());
    }
}

TEST_CASE("UTF-16 is in the order of its mark, which it needs where its label tells none") {
    const std::string little("a\0@\0", 4), big("\0a\0@", 4), little_made("a\0(\0a\0t\0)\0", 10), big_made("\0a\0(\0a\0t\0)", 10);
    CHECK(through("utf-16", "\xff\xfe" + little) == "\xff\xfe" + little_made);
    CHECK(through("utf-16", "\xfe\xff" + big) == "\xfe\xff" + big_made);
    CHECK(through("utf-16", little) == "!the body is UTF-16 without a byte order mark, and the order is not declared");
    CHECK(through("utf-16", "\xff") == "!the body is UTF-16 without a byte order mark, and the order is not declared");
    CHECK(through("utf-16", "").empty());
    CHECK(through("utf-16", "\xff\xfe") == "\xff\xfe");
    CHECK(through("utf-16le", little) == little_made);
    CHECK(through("utf-16be", big) == big_made);
    CHECK(through("utf-16le", "\xff\xfe" + little) == "\xff\xfe" + little_made);
}

TEST_CASE("a byte order mark of another charset than declared is refused") {
    const std::string text("a\0b\0", 4);
    CHECK(through("utf-16le", "\xfe\xff" + text) == other_mark);
    CHECK(through("utf-16be", "\xff\xfe" + text) == other_mark);
    CHECK(through("utf-16", "\xef\xbb\xbf" + text) == other_mark);
    for (const auto* label : {"utf-8", "us-ascii", "iso-8859-1", "windows-1252", "gb18030"}) {
        INFO(label);
        CHECK(through(label, "\xff\xfe" + text) == other_mark);
        CHECK(through(label, "\xfe\xff") == other_mark);
        if (label != std::string_view("utf-8")) CHECK(through(label, "\xef\xbb\xbfx") == other_mark);
    }
    // What only begins like one is none.
    CHECK(through("iso-8859-1", "\xef\xbb@") == "\xef\xbb(at)");
    CHECK(through("utf-8", "\xef\xbc\x88@") == "\xef\xbc\x88(at)");
    // Only one mark is one.
    CHECK(through("utf-8", "\xef\xbb\xbf\xef\xbb\xbf@") == "\xef\xbb\xbf\xef\xbb\xbf(at)");
}

TEST_CASE("text that has a NUL, is none in its charset or is cut off is refused") {
    const std::string nul(1, '\0');
    for (const auto* label : {"utf-8", "us-ascii", "windows-1252", "shift_jis"}) {
        INFO(label);
        CHECK(through(label, "a@" + nul) == "!the text has a NUL");
        CHECK(through(label, nul) == "!the text has a NUL");
    }
    CHECK(through("utf-16le", nul + nul) == "!the text has a NUL");
    CHECK(through("utf-16le", "\xff\xfe" + nul + nul) == "!the text has a NUL");
    CHECK(through("us-ascii", "a\xe4").starts_with("!the body has more than ASCII"));
    CHECK(through("windows-1252", "a\x8d") == not_in_charset);
    CHECK(through("utf-16le", std::string("a\0b", 3)) == not_in_charset);
    CHECK(through("utf-16be", std::string("\xdc\0", 2)) == not_in_charset);
    CHECK(through("gb18030", "@\x81\x30") == not_in_charset);
}

TEST_CASE("a form that a charset has no characters for is refused, and not written otherwise") {
    const std::string label = "\xe2\x9f\xa6PERSON_1\xe2\x9f\xa7";
    for (const auto* narrow : {"us-ascii", "iso-8859-1", "windows-1252", "iso-8859-15", "shift_jis"}) {
        INFO(narrow);
        CHECK(through(narrow, "a @ b", label) == not_carried);
        CHECK(through(narrow, "a b", label) == "a b");
    }
    for (const auto* wide : {"utf-16le", "utf-16be", "gb18030"}) {
        const auto& charset = *find_charset(wide);
        CHECK(through(charset, encoded(charset, "a @ b"), label) == encoded(charset, "a " + label + " b"));
    }
}

TEST_CASE("text in a charset is treated as text, the same at every split") {
    const std::string text = "Gr\xc3\xbc\xc3\x9f" "e an a@b.de, \xc3\xa9t\xc3\xa9", expected = "Gr\xc3\xbc\xc3\x9f" "e an <EMAIL_ADDRESS>, \xc3\xa9t\xc3\xa9";
    for (const auto* label : {"iso-8859-1", "windows-1252", "iso-8859-15", "utf-16le", "utf-16be", "gb18030"}) {
        INFO(label);
        const auto& charset = *find_charset(label);
        const auto in = encoded(charset, text);
        CHECK(at_every_split(in.size(), [&](std::size_t step) {
                  World world;
                  return transformed(*make_in_charset(charset, make_text(world.treatment, nullptr, 4096)).value(), in, step);
              }) == encoded(charset, expected));
        // Which fault it is does not depend on the split either: what is refused stands before what is no text.
        const auto refused = encoded(charset, "iban DE89370400440532013000 \xc3\xa4 ") + std::string(4, '\0');
        CHECK(at_every_split(refused.size(), [&](std::size_t step) {
                  World world;
                  return transformed(*make_in_charset(charset, make_text(world.treatment, nullptr, 24)).value(), refused, step);
              }).starts_with("!"));
    }
}
