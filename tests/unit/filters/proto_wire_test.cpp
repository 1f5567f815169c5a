#include "filters/body/proto_wire.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace bordergate;
using namespace std::literals;

TEST_CASE("varints are read to their last bit, and no further") {
    std::mt19937_64 random(7);
    for (int i = 0; i < 2000; ++i) {
        const std::uint64_t value = random() >> (random() % 64);
        std::string written;
        append_varint(value, written);
        std::string_view rest = written;
        CHECK(take_varint(rest) == value);
        CHECK(rest.empty());
    }
    std::string_view padded = "\x80\x80\x00x"sv;
    CHECK(take_varint(padded) == 0U);
    CHECK(padded == "x");
    for (auto bad : {""sv, "\x80"sv, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"sv, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"sv}) CHECK_FALSE(take_varint(bad));
}

TEST_CASE("a field is tag and value; a group reaches to its own end") {
    std::string_view message = "\x0a\x02hi\x10\x96\x01\x1b\x08\x01\x1c\x25\x01\x02\x03\x04"sv;
    auto field = take_field(message);
    REQUIRE(field);
    CHECK((field->number == 1 && field->value == "hi" && field->whole.size() == 4));
    field = take_field(message);
    CHECK((field->number == 2 && field->scalar == 150));
    field = take_field(message);
    CHECK((field->number == 3 && field->type == WireType::group && field->value == "\x08\x01"sv && field->end_tag == "\x1c"sv));
    field = take_field(message);
    CHECK((field->number == 4 && field->scalar == 0x04030201));
    CHECK(message.empty());
}

TEST_CASE("what readers could differ about is no field") {
    for (auto bad : {"\x00"sv, "\x02\x00"sv, "\x0e"sv, "\x0f"sv, "\x0a\x05hi"sv, "\x1b\x08\x01"sv, "\x1b\x24"sv, "\x80\x80\x80\x80\x10\x01"sv, "\x09\x01"sv}) {
        std::string_view rest = bad;
        CHECK_FALSE(take_field(rest));
        CHECK(rest == bad);
    }
    std::string deep(200, '\x1b');
    deep.append(200, '\x1c');
    std::string_view rest = deep;
    CHECK_FALSE(take_field(rest));
}
