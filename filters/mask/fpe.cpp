#include "filters/mask/fpe.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <span>
#include <vector>

#include "filters/ascii.hpp"

namespace bordergate {

namespace {

constexpr std::array<std::string_view, alphabet_names.size()> alphabets{
    "0123456789", "0123456789abcdef", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"};

using Numerals = std::vector<std::uint8_t>;

/// The digit that makes Luhn's sum (ISO/IEC 7812-1, annex B) of these and itself a multiple of ten.
std::uint8_t luhn_digit(std::span<const std::uint8_t> digits) {
    unsigned sum = 0;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        const bool doubled = (digits.size() - i) % 2 == 1;
        const unsigned digit = digits[i] * (doubled ? 2U : 1U);
        sum += digit / 10 + digit % 10;
    }
    return static_cast<std::uint8_t>((10 - sum % 10) % 10);
}

/// The parts with their lengths, so that no two contexts run together.
std::string tweak_of(const FpeContext& context) {
    std::string tweak;
    for (auto part : {context.entity, context.destination}) {
        for (int shift = 24; shift >= 0; shift -= 8) tweak += static_cast<char>(part.size() >> shift & 255U);
        tweak.append(part);
    }
    return tweak;
}

/// `value` as numerals; a fault if it has what may neither change nor stay.
Result<Numerals> numerals_in(std::string_view value, std::string_view alphabet) {
    Numerals numerals;
    for (char c : value) {
        if (const auto at = alphabet.find(c); at != std::string_view::npos)
            numerals.push_back(static_cast<std::uint8_t>(at));
        else if (is_digit(c) || is_letter(c) || static_cast<unsigned char>(c) >= 0x80)
            return fault(Code::mask_unfit, "the value has a character outside the alphabet of fpe");
    }
    return numerals;
}

/// Enciphers until the first is no zero, which keeps to those values and back (cycle walking).
Status walk(ff1::Way way, std::span<const std::uint8_t> key, unsigned radix, std::string_view tweak, bool no_zero_first, std::span<std::uint8_t> numerals) {
    if (no_zero_first) {
        if (!numerals.empty() && numerals.front() == 0) return fault(Code::mask_unfit, "a number that begins with 0 cannot be encrypted in its format");
        // Nine tenths are left, which of exactly a million are too few.
        if (!ff1::enough(radix, numerals.size()) || !ff1::enough(radix, numerals.size() - 1))
            return fault(Code::mask_unfit, "the number is one of fewer than a million, too few to encrypt it in its format");
    }
    do {
        const Status done = ff1::apply(way, key, radix, tweak, numerals);
        if (done.has_error()) return done;
    } while (no_zero_first && numerals.front() == 0);
    return {};
}

}  // namespace

Status fpe(const MaskParameters& how, ff1::Way way, const std::array<std::uint8_t, 64>& key, const FpeContext& context, bool number, std::string_view value,
           std::string& out) {
    const auto alphabet = alphabets[static_cast<std::size_t>(how.alphabet)];
    auto numerals = numerals_in(value, alphabet);
    if (numerals.has_error()) return numerals.error();
    std::span<std::uint8_t> open = *numerals;
    if (how.luhn) {
        if (open.size() < 2 || luhn_digit(open.first(open.size() - 1)) != open.back())
            return fault(Code::mask_unfit, "the last digit of the value does not check the others, as luhn in fpe demands");
        open = open.first(open.size() - 1);
    }
    const auto digits = value.substr(value.starts_with('-') ? 1 : 0);
    const bool whole_number = number && how.alphabet == Alphabet::digits && std::all_of(digits.begin(), digits.end(), is_digit);
    const Status done = walk(way, std::span(key).first<32>(), static_cast<unsigned>(alphabet.size()), tweak_of(context), whole_number, open);
    if (done.has_error()) return done;
    if (how.luhn) numerals->back() = luhn_digit(open);
    auto next = numerals->begin();
    for (char c : value) out += is_digit(c) || is_letter(c) ? alphabet[*next++] : c;
    OPENSSL_cleanse(numerals->data(), numerals->size());
    return {};
}

}  // namespace bordergate
