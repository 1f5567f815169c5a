// Dates as people and machines write them: read so that another date can be written in the same way.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bordergate {

/// A date and how it is written:
///   2024-03-05, 2024/3/5, 2024.03.05, 20240305; 5.3.2024, 05/03/2024, 5-3-24 (by the order given where both could be a
///   month); 5 March 2024, 5. März 2024, 5-Mar-2024, March 5, 2024 (English and German months);
///   any of these with a time of day behind it, after T or a space; a year alone;
///   seconds (10 digits) or milliseconds (13 digits) since 1970.
class WrittenDate {
  public:
    /// Nothing for what is no such date. Years are from 1000 to 2999; of two digits, 1950 to 2049.
    static std::optional<WrittenDate> read(std::string_view text, bool month_first);

    /// In the same way of writing, so many days later (earlier if negative). Of a year alone a year for each 365 days, and
    /// one at least. Nothing if that leaves the years above or the digits that it has.
    std::optional<std::string> shifted(std::int64_t days) const;

    std::chrono::year_month_day date() const { return date_; }
    bool has_month() const { return style_ != Style::year; }
    /// The hour of day, if it says one; of a number since 1970 in UTC.
    std::optional<int> hour() const { return hour_; }

  private:
    enum class Style : std::uint8_t { fields, compact, year, epoch };
    enum class Field : std::uint8_t { year, month, day, month_name };
    struct Part {
        Field field;
        std::size_t begin, end;  // in text_
    };
    bool read_numbers(bool month_first);
    bool read_names();
    bool read_compact();
    bool read_epoch();
    bool set(int year, unsigned month, unsigned day);
    bool read_time(std::size_t from);
    std::string written(const Part& part, std::chrono::year_month_day date) const;

    std::string text_;
    Style style_ = Style::fields;
    std::vector<Part> parts_;  // ascending; of style fields
    bool padded_ = false;      // days and months have two digits
    std::chrono::year_month_day date_{};
    std::optional<int> hour_;
};

}  // namespace bordergate
