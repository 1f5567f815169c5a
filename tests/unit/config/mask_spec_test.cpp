#include "config/mask_spec.hpp"

#include <catch2/catch.hpp>
#include <set>

#include "config/policy.hpp"

using namespace bordergate;
using Kind = MaskSpec::Kind;

namespace {

/// A character mask that keeps characters, or masks so many.
MaskSpec characters(std::string keep, std::uint32_t count, std::uint16_t first = 0) {
    static std::deque<MaskParameters> kept;
    auto& more = kept.emplace_back();
    more.keep = std::move(keep);
    more.count = count;
    return {Kind::character_mask, '*', first, 0, &more};
}

}  // namespace

TEST_CASE("masks have a published order", "[policy]") {
    const std::vector<MaskSpec> order{{Kind::redact}, {Kind::replace}, {Kind::replace_with_info_type}, {Kind::replace_dictionary}, {Kind::crypto_hash},
                                      {Kind::pseudonym}, {Kind::crypto_deterministic}, {Kind::fpe}, {Kind::date_shift}, {Kind::character_mask},
                                      {Kind::character_mask, '*', 1, 0}, {Kind::character_mask, '*', 65535, 65535}, characters("-", 0), characters("-.", 0, 2), characters("7", 0),
                                      characters("", 9), characters("", 8), characters("-", 8)};
    for (std::size_t i = 1; i < order.size(); ++i) {
        INFO(i);
        CHECK(strictness(order[i - 1]) > strictness(order[i]));
    }
    CHECK(strictness(characters(std::string("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz !#$%&'()*+,-./:;<=>?@[]^_`{|}~"), 1, 65535)) >= 0);
    CHECK(strictness({Kind::date_shift}) == strictness({Kind::bucketing}));
    CHECK(strictness({Kind::date_shift}) == strictness({Kind::time_part}));
}

TEST_CASE("every operator has a name of its own", "[policy]") {
    std::set<std::string_view> names;
    for (std::size_t i = 0; i < MaskSpec::kinds; ++i) names.insert(to_string(static_cast<Kind>(i)));
    CHECK(names.size() == MaskSpec::kinds);
    CHECK(to_string(Kind::crypto_deterministic) == "crypto_deterministic");
    CHECK(to_string(Kind::pseudonym) == "pseudonym");
}

TEST_CASE("operators are equal by what they say", "[policy]") {
    CHECK(characters("-", 3) == characters("-", 3));
    CHECK(characters("-", 3) != characters("-", 4));
    CHECK(characters("", 0) == MaskSpec{Kind::character_mask});
    CHECK(incomparable(characters("-", 3), characters(".", 3)));
    CHECK_FALSE(incomparable(characters("-", 3), characters("-", 3)));
    CHECK_FALSE(incomparable(characters("-", 3), characters("-", 4)));
}

TEST_CASE("whatever computes with a key, and whatever needs a text, says so", "[policy]") {
    std::string keyed, of_text;
    for (std::size_t i = 0; i < MaskSpec::kinds; ++i) {
        const auto kind = static_cast<Kind>(i);
        if (needs_key(kind)) keyed.append(to_string(kind)) += ' ';
        if (needs_text(kind)) of_text.append(to_string(kind)) += ' ';
    }
    CHECK(keyed == "replace_dictionary crypto_hash crypto_deterministic fpe date_shift pseudonym ");
    CHECK(of_text == "character_mask crypto_deterministic fpe date_shift bucketing time_part pseudonym ");
}
