#include "filters/mask/operators.hpp"

#include <catch2/catch.hpp>

using namespace bordergate;

namespace {

constexpr std::array<std::uint8_t, 64> key{7};

}  // namespace

TEST_CASE("crypto_hash is stable, keyed, and tells entities apart") {
    const auto hash = [](const auto& with, std::string_view entity) {
        std::string out;
        crypto_hash(with, entity, "value", out);
        return out;
    };
    CHECK(hash(key, "A") == hash(key, "A"));
    CHECK(hash(key, "A") != hash(key, "B"));
    CHECK(hash(key, "A") != hash(std::array<std::uint8_t, 64>{8}, "A"));
    CHECK(hash(key, "A").size() == 3 + 22);
}

TEST_CASE("a keyed number tells keys, uses and values apart", "[operators]") {
    CHECK(keyed_number(key, "a", "b") == keyed_number(key, "a", "b"));
    CHECK(keyed_number(key, "a", "b") != keyed_number(key, "a", "c"));
    CHECK(keyed_number(key, "a", "b") != keyed_number(key, "b", "b"));
    CHECK(keyed_number(key, "a", "b") != keyed_number({8}, "a", "b"));
}
