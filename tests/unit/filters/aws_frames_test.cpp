// The frames of AWS event streams. The known frames were computed from the specification by another program, and decoded
// and encoded again by @smithy/core's EventStreamCodec.
#include "filters/body/aws_frames.hpp"

#include <catch2/catch.hpp>

#include "filters/ascii.hpp"
#include "tests/support/every_split.hpp"

using namespace bordergate;
using bordergate::testing::at_every_split;

namespace {

std::string from_hex(std::string_view hex) {
    std::string bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2) bytes += static_cast<char>(hex_value(hex[i]) * 16 + hex_value(hex[i + 1]));
    return bytes;
}

const std::string empty = from_hex("000000100000000005c248eb7d98c8ff");
const std::string only_payload = from_hex("0000001d00000000fd528c5a7b27666f6f273a27626172277dc3653936");
const std::string one_number = from_hex("0000002d0000001041c424b80a6576656e742d74797065040000a00c7b27666f6f273a27626172277d36f480a0");
const std::string ten_types = from_hex(
    "0000006100000050aa1bd060017400016601016202ff017303fffe016904fffffffd016c05fffffffffffffffc0142060002000101530700056361"
    "66c3a90154080000018bcfe5687b015509000102030405060708090a0b0c0d0e0f78faaf5d07");
const std::string delta = from_hex(
    "0000009d00000057b9bbf89f0b3a6576656e742d74797065070011636f6e74656e74426c6f636b44656c74610d3a636f6e74656e742d7479706507"
    "00106170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d747970650700056576656e747b22636f6e74656e74426c6f636b496e646578"
    "223a302c2264656c7461223a7b2274657874223a224869227d2c2270223a226162227d8b38b268");
const std::string exception = from_hex(
    "000000830000006347df25c90f3a657863657074696f6e2d7479706507001561636365737344656e696564457863657074696f6e0d3a636f6e7465"
    "6e742d747970650700106170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d74797065070009657863657074696f6e7b226d65737361"
    "6765223a226e6f227dc1ee1ac7");

/// The frames of `stream` fed in pieces of `step`, each between brackets, and how it ended.
std::string frames_of(std::string_view stream, std::size_t step, std::size_t longest = 4096) {
    AwsFrameReader reader(longest);
    std::string said;
    while (!stream.empty()) {
        const std::string piece(stream.substr(0, step));  // gone before the next one
        std::string_view in = piece;
        stream.remove_prefix(piece.size());
        for (;;) {
            const auto frame = reader.next(in);
            if (frame.has_error()) return said + frame.error().detail;
            if (!*frame) break;
            said.append("[").append((*frame)->bytes()).append("]");
        }
        CHECK(in.empty());
        CHECK(reader.held() < longest);
    }
    const Status ended = reader.finish();
    return ended.has_error() ? said + ended.error().detail : said;
}

std::string read_whole(std::string_view stream, std::size_t longest = 4096) { return frames_of(stream, stream.size() + 1, longest); }

/// The only frame of `bytes`, which outlive it.
AwsFrame only(std::string_view bytes) {
    AwsFrameReader reader(longest_aws_frame);
    const auto frame = reader.next(bytes);
    REQUIRE(frame.has_value());
    REQUIRE(*frame);
    return **frame;
}

std::string framed(std::string_view headers, std::string_view payload = "x") {
    std::string out;
    REQUIRE(append_aws_frame(headers, payload, out).has_value());
    return out;
}

std::string number(std::size_t value) {
    std::string bytes;
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift & 0xff);
    return bytes;
}

}  // namespace

TEST_CASE("frames are found at every split of their stream, byte for byte") {
    const std::string all = empty + only_payload + one_number + ten_types + delta + exception + empty;
    std::string expected;
    for (const auto& one : {empty, only_payload, one_number, ten_types, delta, exception, empty}) expected.append("[").append(one).append("]");
    CHECK(at_every_split(all.size(), [&](std::size_t step) { return frames_of(all, step); }) == expected);
}

TEST_CASE("a frame says what its headers and payload are") {
    const auto event = only(delta);
    CHECK(event.message_type() == "event");
    CHECK(event.event_type() == "contentBlockDelta");
    CHECK(event.text(":content-type") == "application/json");
    CHECK(event.payload() == R"({"contentBlockIndex":0,"delta":{"text":"Hi"},"p":"ab"})");
    CHECK(event.text(":exception-type").empty());
    CHECK(only(exception).message_type() == "exception");
    CHECK(only(exception).payload() == R"({"message":"no"})");
    CHECK(only(empty).payload().empty());
    CHECK(only(empty).headers().empty());
    CHECK(only(only_payload).payload() == "{'foo':'bar'}");
    CHECK(only(one_number).event_type().empty());  // it is a number, and named without the colon
    CHECK(only(one_number).text("event-type").empty());
    CHECK(AwsFrame().payload().empty());
}

TEST_CASE("headers of all ten types are read") {
    const auto frame = only(ten_types);
    using Type = AwsHeaderType;
    const std::pair<const char*, std::pair<Type, std::string>> expected[] = {
        {"t", {Type::yes, ""}},           {"f", {Type::no, ""}},
        {"b", {Type::int8, "\xff"}},      {"s", {Type::int16, "\xff\xfe"}},
        {"i", {Type::int32, from_hex("fffffffd")}}, {"l", {Type::int64, from_hex("fffffffffffffffc")}},
        {"B", {Type::bytes, from_hex("0001")}},     {"S", {Type::text, "caf\xc3\xa9"}},
        {"T", {Type::time, from_hex("0000018bcfe5687b")}}, {"U", {Type::uuid, from_hex("000102030405060708090a0b0c0d0e0f")}}};
    for (const auto& [name, value] : expected) {
        INFO(name);
        const auto header = frame.header(name);
        REQUIRE(header);
        CHECK(header->name == name);
        CHECK(header->type == value.first);
        CHECK(header->value == value.second);
    }
    CHECK_FALSE(frame.header("x"));
    CHECK(frame.text("S") == "caf\xc3\xa9");
    CHECK(frame.text("B").empty());
    CHECK(frame.payload() == "x");
}

TEST_CASE("a frame gets another payload and keeps its headers; what is written is what is read") {
    for (const auto& one : {empty, only_payload, one_number, ten_types, delta, exception}) {
        const auto frame = only(one);
        std::string same, other;
        REQUIRE(append_with_payload(frame, frame.payload(), same).has_value());
        CHECK(same == one);
        REQUIRE(append_with_payload(frame, "{\"another\":1}", other).has_value());
        CHECK(only(other).payload() == "{\"another\":1}");
        CHECK(only(other).headers() == frame.headers());
    }
    // As computed elsewhere: the headers of the number, and that of another payload.
    std::string out = "before";
    REQUIRE(append_with_payload(only(one_number), "{'foo':'bar'}", out).has_value());
    CHECK(out == "before" + one_number);
}

TEST_CASE("an exception frame is the one that an SDK reads") {
    std::string out;
    REQUIRE(append_aws_exception("accessDeniedException", R"({"message":"no"})", out).has_value());
    CHECK(out == exception);
}

TEST_CASE("a frame that is damaged anywhere is refused, at every split") {
    for (std::size_t at = 0; at < one_number.size(); ++at) {
        std::string damaged = one_number;
        damaged[at] = static_cast<char>(damaged[at] ^ 1);
        const auto said = at_every_split(damaged.size(), [&](std::size_t step) { return frames_of(damaged, step); });
        CHECK(said == (at < 12 ? "a frame of the event stream has a wrong checksum over its lengths" : "a frame of the event stream has a wrong checksum"));
    }
}

TEST_CASE("a stream that ends inside a frame is not whole") {
    for (std::size_t size = 1; size < delta.size(); ++size)
        CHECK(read_whole(delta.substr(0, size)) == "a frame of the event stream ends before its end");
    CHECK(read_whole(delta + empty.substr(0, 3)) == "[" + delta + "]a frame of the event stream ends before its end");
}

TEST_CASE("lengths that cannot be are refused as soon as they are known") {
    // The prelude alone, with a true checksum: nothing of the rest is waited for.
    const auto prelude = [](std::size_t size, std::size_t headers) {
        const std::string lengths = number(size) + number(headers);
        std::uint32_t crc = 0xffffffff;  // CRC-32, bit by bit
        for (unsigned char byte : lengths) {
            crc ^= byte;
            for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1 ? 0xedb88320U : 0U);
        }
        return lengths + number(~crc & 0xffffffff);
    };
    CHECK(prelude(16, 0) == empty.substr(0, 12));
    const std::string contradictory = "a frame of the event stream has lengths that contradict each other";
    CHECK(read_whole(prelude(15, 0)) == contradictory);
    CHECK(read_whole(prelude(0, 0)) == contradictory);
    CHECK(read_whole(prelude(16, 1)) == contradictory);
    CHECK(read_whole(prelude(100, 85)) == contradictory);
    CHECK(read_whole(prelude(100, 0xffffffff)) == contradictory);
    CHECK(read_whole(prelude(4097, 0)) == "a frame of the event stream is too long");
    CHECK(read_whole(prelude(0xffffffff, 0), ~std::size_t{0}) == "a frame of the event stream is too long");
    CHECK(read_whole(prelude(longest_aws_frame, longest_aws_headers + 1), longest_aws_frame) == "a frame of the event stream has too long headers");
    CHECK(read_whole(prelude(4096, 0)) == "a frame of the event stream ends before its end");
}

TEST_CASE("headers that are malformed, twice there or too many are refused") {
    const std::string malformed = "a frame of the event stream has malformed headers";
    for (const char* hex : {"00", "0000", "01", "0161", "01610a", "0161ff", "016102", "01610300", "016107", "01610700", "0161070002aa", "01610800", "0161090000", "05616263"}) {
        INFO(hex);
        const auto frame = framed(from_hex(hex));
        CHECK(at_every_split(frame.size(), [&](std::size_t step) { return frames_of(frame, step); }) == malformed);
    }
    CHECK(read_whole(framed(from_hex("016100016101"))) == "a frame of the event stream has two headers of one name");
    std::string many;
    for (int i = 0; i < 64; ++i) many.append("\x01").append(1, static_cast<char>(i + 1)).append(1, '\0');
    CHECK(read_whole(framed(many)) == "[" + framed(many) + "]");
    CHECK(read_whole(framed(many + std::string("\x01z\0", 3))) == "a frame of the event stream has too many headers");
}

TEST_CASE("what the protocol cannot carry is not written") {
    std::string out = "kept";
    const std::string long_headers(longest_aws_headers + 1, 'x'), long_payload(longest_aws_frame - 15, 'x');
    CHECK(append_aws_frame(long_headers, {}, out).error().code == Code::upstream_too_large);
    CHECK(append_aws_frame({}, long_payload, out).error().code == Code::upstream_too_large);
    CHECK(out == "kept");
    CHECK(append_aws_frame({}, std::string_view(long_payload).substr(1), out).has_value());
}
