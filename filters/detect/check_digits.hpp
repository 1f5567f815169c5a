// What the checksums of identifiers are made of: sums of digits by weights, and the schemes of ISO/IEC 7064.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include "filters/ascii.hpp"

namespace bordergate::check_digits {

constexpr unsigned value(char digit) { return static_cast<unsigned>(digit - '0'); }
/// A = 10 to Z = 35; digits as they are.
constexpr unsigned alnum(char c) { return is_digit(c) ? value(c) : static_cast<unsigned>(c - 'A') + 10; }

/// Whether `text` is `size` digits.
bool digits(std::string_view text, std::size_t size);
/// Whether all of its characters are equal.
bool all_same(std::string_view text);
/// The number that digits stand for; at most 18 of them.
unsigned long long number(std::string_view digits);
/// The sum of digit times weight, as far as there are weights.
unsigned weighted(std::string_view digits, std::span<const unsigned> weights);
/// The sum of the decimal digits of digit times weight.
unsigned cross_sums(std::string_view digits, std::span<const unsigned> weights);
/// The remainder of a number of any length.
unsigned remainder(std::string_view digits, unsigned modulus);
/// ISO/IEC 7064, mod 11,10: the last digit checks those before it.
bool mod11_10(std::string_view digits);
/// Whether day, month and year of two digits can be a date; 29 February counts in every year.
bool date(unsigned day, unsigned month);
/// The same of `ddmm`.
bool day_month(std::string_view ddmm);
/// The same of `mmdd`.
bool month_day(std::string_view mmdd);

}  // namespace bordergate::check_digits
