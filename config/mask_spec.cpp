#include "config/mask_spec.hpp"

#include <algorithm>

namespace bordergate {

namespace {

/// How much of a value a character mask may leave in clear, as a number: a sign that is kept wherever it stands weighs more
/// than any number of characters at the ends, a letter or digit more than all signs, and all but `count` characters most.
int left_in_clear(const MaskSpec& spec) {
    constexpr int for_a_sign = 200'000, for_a_letter = 7'000'000, for_all_but = 1'000'000'000;
    int left = spec.keep_first + spec.keep_last;
    const auto& more = spec.parameters();
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); };
    for (char c : more.keep) left += is_letter(c) ? for_a_letter : for_a_sign;
    if (more.count > 0) left += for_all_but - static_cast<int>(std::min<std::uint32_t>(more.count, 1'000'000));
    return left;
}

}  // namespace

const MaskParameters& MaskSpec::parameters() const {
    static const MaskParameters none;
    return more ? *more : none;
}

std::string_view to_string(MaskSpec::Kind kind) {
    switch (kind) {
        case MaskSpec::Kind::redact: return "redact";
        case MaskSpec::Kind::replace: return "replace";
        case MaskSpec::Kind::replace_with_info_type: return "replace_with_info_type";
        case MaskSpec::Kind::replace_dictionary: return "replace_dictionary";
        case MaskSpec::Kind::character_mask: return "character_mask";
        case MaskSpec::Kind::crypto_hash: return "crypto_hash";
        case MaskSpec::Kind::crypto_deterministic: return "crypto_deterministic";
        case MaskSpec::Kind::fpe: return "fpe";
        case MaskSpec::Kind::date_shift: return "date_shift";
        case MaskSpec::Kind::bucketing: return "bucketing";
        case MaskSpec::Kind::time_part: return "time_part";
        case MaskSpec::Kind::pseudonym: return "pseudonym";
    }
    return "redact";
}

int strictness(const MaskSpec& spec) {
    constexpr int above_every_character_mask = 1'500'000'000;
    const auto rank = [](int above) { return above_every_character_mask + above; };
    switch (spec.kind) {
        case MaskSpec::Kind::redact: return rank(9);
        case MaskSpec::Kind::replace: return rank(8);
        case MaskSpec::Kind::replace_with_info_type: return rank(7);
        case MaskSpec::Kind::replace_dictionary: return rank(6);
        case MaskSpec::Kind::crypto_hash: return rank(5);
        case MaskSpec::Kind::pseudonym: return rank(4);
        case MaskSpec::Kind::crypto_deterministic: return rank(3);
        case MaskSpec::Kind::fpe: return rank(2);
        case MaskSpec::Kind::date_shift:
        case MaskSpec::Kind::bucketing:
        case MaskSpec::Kind::time_part: return rank(1);
        case MaskSpec::Kind::character_mask: break;
    }
    return above_every_character_mask - left_in_clear(spec);
}

bool needs_key(MaskSpec::Kind kind) {
    using Kind = MaskSpec::Kind;
    return kind == Kind::pseudonym || kind == Kind::crypto_hash || kind == Kind::crypto_deterministic || kind == Kind::fpe || kind == Kind::date_shift ||
           kind == Kind::replace_dictionary;
}

bool needs_text(MaskSpec::Kind kind) {
    using Kind = MaskSpec::Kind;
    return kind != Kind::redact && kind != Kind::replace && kind != Kind::replace_with_info_type && kind != Kind::crypto_hash && kind != Kind::replace_dictionary;
}

}  // namespace bordergate
