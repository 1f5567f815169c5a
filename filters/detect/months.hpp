// The names of months, as dates are written in twenty languages of Europe and America.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace bordergate {

/// How sure it is that a name beside the number of a day is a month's.
enum class MonthName : std::uint8_t {
    full,   ///< whatever follows
    brief,  ///< with a year, or with a capital: `12 May`, but not `12 may`
    vague,  ///< with a year: short for a month in one language, a word in another, such as `out`
};

struct NamedMonth {
    unsigned number = 0;  ///< 1 to 12; 0: it names none
    MonthName how = MonthName::full;
};

/// Of the longest of them, in bytes.
inline constexpr std::size_t longest_month_name = 22;

/// The month that `word` names, in any case, in full or as it is abbreviated (without the point).
NamedMonth month_named(std::string_view word);

}  // namespace bordergate
