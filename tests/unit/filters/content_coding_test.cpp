// Codings both ways, at many splits, around a transform that changes what it sees.
#include "filters/body/content_coding.hpp"

#include <catch2/catch.hpp>

#include "filters/body/coder.hpp"
#include "filters/body/text.hpp"
#include "tests/support/world.hpp"

using namespace bordergate;
using bordergate::testing::transformed;
using bordergate::testing::World;

namespace {

constexpr ContentCoding all[] = {ContentCoding::gzip, ContentCoding::deflate, ContentCoding::br, ContentCoding::zstd};

std::string coded(Coder& coder, std::string_view in) {
    std::string out;
    const auto sink = [&](std::string_view piece) {
        out.append(piece);
        return Status{};
    };
    Status done = coder.feed(in, sink);
    if (done.has_value()) done = coder.finish(sink);
    return done.has_error() ? "!" + done.error().detail : out;
}
std::string encoded(const std::vector<ContentCoding>& codings, std::string text) {
    for (const auto one : codings) text = coded(*make_encoder(one), text);
    return text;
}
std::string decoded(const std::vector<ContentCoding>& codings, std::string text) {
    for (auto one = codings.rbegin(); one != codings.rend(); ++one) text = coded(*make_decoder(*one), text);
    return text;
}

/// The coded body treated as text, in pieces of `step`, decoded again.
std::string treated(const std::vector<ContentCoding>& codings, std::string_view body, std::size_t step, const CodingBounds& bounds = {}) {
    World world;
    const auto made = transformed(*make_coded(codings, make_text(world.treatment, nullptr, 4096), bounds), body, step);
    return made.starts_with("!") ? made : decoded(codings, made);
}

}  // namespace

TEST_CASE("what is coded is decoded, treated and coded again, however it is split") {
    std::string text = "mail a@b.de, ", expected = "mail <EMAIL_ADDRESS>, ";
    for (int i = 0; i < 200; ++i) {
        text += "line " + std::to_string(i * 7919) + " of prose\n";
        expected += "line " + std::to_string(i * 7919) + " of prose\n";
    }
    std::vector<std::vector<ContentCoding>> ways{{ContentCoding::gzip, ContentCoding::br}, {ContentCoding::zstd, ContentCoding::deflate}};
    for (const auto one : all) ways.push_back({one});
    for (const auto& way : ways) {
        const auto body = encoded(way, text);
        for (const std::size_t step : {1U, 2U, 3U, 7U, 64U, 100000U}) {
            INFO(static_cast<int>(way.front()) << " of " << way.size() << " in pieces of " << step);
            CHECK(treated(way, body, step) == expected);
        }
        // The bytes that leave depend on what came, not on how it was split.
        World one, other;
        const auto whole = transformed(*make_coded(way, make_text(one.treatment, nullptr, 4096), {}), body, body.size());
        CHECK(transformed(*make_coded(way, make_text(other.treatment, nullptr, 4096), {}), body, 1) == whole);
    }
}

TEST_CASE("damaged, cut off and overlong codings are refused, at every place") {
    for (const auto one : all) {
        const auto body = encoded({one}, "some text that is long enough to be something, a@b.de");
        INFO(static_cast<int>(one));
        for (std::size_t size = 1; size < body.size(); ++size) CHECK(treated({one}, std::string_view(body).substr(0, size), 5).starts_with("!body_invalid"));
        CHECK(treated({one}, body + "trailing", 5) == "!body_invalid");
        CHECK(treated({one}, "this was never coded", 5) == "!body_invalid");
        const auto bomb = encoded({one}, std::string(std::size_t{20} << 20, ' '));
        CHECK(treated({one}, bomb, 4096) == "!body_too_large");
        CHECK(treated({one}, body, 5, {10, 200}) == "!body_too_large");
    }
}

TEST_CASE("a body of exactly so many buffers is whole, and codings that come to nothing are work too") {
    const std::string text(65536, ' ');
    for (const auto one : all) CHECK(treated({one}, encoded({one}, text), 4096) == text);
    std::string empties;
    const auto empty = encoded({ContentCoding::gzip}, "");
    while (empties.size() < std::size_t{8} << 20) empties += empty;
    CHECK(treated({ContentCoding::gzip, ContentCoding::br}, encoded({ContentCoding::br}, empties), 4096) == "!body_too_large");
}

TEST_CASE("gzip may have several members, and deflate may lack its header") {
    CHECK(treated({ContentCoding::gzip}, encoded({ContentCoding::gzip}, "mail ") + encoded({ContentCoding::gzip}, "a@b.de"), 3) == "mail <EMAIL_ADDRESS>");
    const auto whole = encoded({ContentCoding::deflate}, "mail a@b.de");
    CHECK(treated({ContentCoding::deflate}, std::string_view(whole).substr(2, whole.size() - 6), 3) == "mail <EMAIL_ADDRESS>");
}

TEST_CASE("the codings that a field names") {
    CHECK(content_codings("")->empty());
    CHECK(content_codings("identity")->empty());
    CHECK(*content_codings("GZIP") == std::vector{ContentCoding::gzip});
    CHECK(*content_codings("gzip, br") == std::vector{ContentCoding::gzip, ContentCoding::br});
    CHECK_FALSE(content_codings("gzip, gzip, gzip"));
    CHECK_FALSE(content_codings("compress"));
    CHECK_FALSE(content_codings("gzip;q=1"));
}
