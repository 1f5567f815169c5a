// Windows of long text: what stands across their ends is treated as what stands inside, whatever its length.
#include <catch2/catch.hpp>

#include "filters/body/text.hpp"
#include "tests/support/world.hpp"

using namespace bordergate;
using bordergate::testing::transformed;
using bordergate::testing::World;

namespace {

constexpr std::size_t hold_back = 8192;

std::string base64(std::string_view text, std::string_view line_break = "") {
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    std::size_t line = 0;
    for (std::size_t i = 0; i + 2 < text.size(); i += 3) {
        const auto bits = static_cast<unsigned>(static_cast<unsigned char>(text[i]) << 16 | static_cast<unsigned char>(text[i + 1]) << 8 | static_cast<unsigned char>(text[i + 2]));
        for (int shift = 18; shift >= 0; shift -= 6) out += alphabet[bits >> shift & 63];
        if ((line += 4) == 76 && !line_break.empty()) out.append(line_break), line = 0;
    }
    return out;
}

std::string addresses(std::size_t size) {
    std::string text;
    for (int i = 0; text.size() < size; ++i) text += "user" + std::to_string(i) + "@example.org, ";
    return text.substr(0, size / 3 * 3);
}

/// What leaves where opaque is masked like an address, so that nothing ends the text.
std::string treated(const std::string& text) {
    World world;
    world.cell("opaque").form = Form::mask;
    const auto transform = make_text(world.treatment, nullptr, hold_back);
    return transformed(*transform, text, 1000);
}

/// The longest piece of `secret` that stands in `out`.
std::size_t shared(const std::string& secret, const std::string& out, std::size_t step) {
    std::size_t pieces = 0;
    for (std::size_t i = 0; i + step <= secret.size(); i += step) pieces += out.find(secret.substr(i, step)) != std::string::npos;
    return pieces;
}

}  // namespace

TEST_CASE("a run of base64 about as long as a window leaves nothing of itself") {
    for (std::size_t size = hold_back - 1300; size <= hold_back + 1300; size += 52) {
        const auto run = base64(addresses(size / 4 * 3));
        for (std::string before : {"", "hello ", "a longer beginning of the text, "}) {
            INFO(run.size() << " after " << before.size());
            const auto out = treated(before + run + " the end");
            CHECK(shared(run, out, 16) == 0);
            CHECK_THAT(out, Catch::StartsWith(before) && Catch::EndsWith(" the end"));
        }
    }
}

TEST_CASE("an attachment of many windows in lines leaves none of its lines") {
    for (std::string_view line_break : {"\n", "\r\n"}) {
        for (std::size_t size : {9000, 20000, 61000}) {
            const auto attachment = base64(addresses(size), line_break);
            INFO(size);
            const auto out = treated("see below\n\n" + attachment + "\n\nkind regards, and a long word at the end");
            CHECK(shared(attachment, out, 40) == 0);
            CHECK_THAT(out, Catch::StartsWith("see below\n\n") && Catch::EndsWith("kind regards, and a long word at the end"));
        }
    }
}

/// `text` with each of its characters as a \\u escape, and so on `depth` times.
std::string escaped(std::string text, unsigned depth) {
    for (; depth > 0; --depth) {
        std::string next;
        for (char c : text) {
            next += "\\u00";
            next += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4];
            next += "0123456789abcdef"[c & 15];
        }
        text = std::move(next);
    }
    return text;
}

TEST_CASE("a value that is escaped throughout and straddles the end of a window leaves nothing of itself") {
    const std::string mail = std::string(60, 'a') + "@" + std::string(60, 'b') + "." + std::string(60, 'c') + ".example.org";
    for (unsigned depth : {1U, 2U}) {
        const auto value = escaped(mail, depth);
        const std::size_t piece = depth == 1 ? 24 : 72;  // four characters, or two
        for (std::size_t before = hold_back - 3000; before < hold_back + 500; before += depth == 1 ? 61 : 487) {
            INFO("depth " << depth << " at " << before);
            std::string front;
            while (front.size() + 1 < before) front += front.size() % 5 == 4 ? ' ' : 'x';
            const auto out = treated(front + ' ' + value + " the end");
            CHECK(shared(value, out, piece) == 0);
            CHECK_THAT(out, Catch::StartsWith(front.substr(0, 100)) && Catch::EndsWith(" the end"));
        }
    }
}

TEST_CASE("escapes so deep that a window holds too little of what they stand for are opaque") {
    const auto secret = escaped("name@example.org", 3);
    for (std::size_t words : {24, 29, 33, 37}) {
        const auto value = escaped(std::string(words, ';') + " ", 3) + secret + escaped(' ' + std::string(20, ';'), 3);
        REQUIRE(value.size() > hold_back);
        CHECK(shared(secret, treated(value), 216) == 0);
    }
}

TEST_CASE("escapes inside a long run do not slow it down or let it through") {
    auto run = base64(addresses(60000));
    for (std::size_t at = 97; at < run.size(); at += 97) run.replace(at, 1, "%2F");
    const auto out = treated(run + " end");
    CHECK(shared(run, out, 64) == 0);
}
