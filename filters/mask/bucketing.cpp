#include "filters/mask/bucketing.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "filters/ascii.hpp"

namespace bordergate {

namespace {

constexpr std::int64_t most = 1'000'000'000'000'000;

/// The largest whole number that `text` reaches; nothing if it is no number, or out of range.
std::optional<std::int64_t> whole_part(std::string_view text) {
    const auto* end = text.data() + text.size();
    if (text.empty() || !is_digit(text.back()) || (text.front() != '-' && !is_digit(text.front()))) return std::nullopt;
    std::int64_t whole = 0;
    const auto [stop, error] = std::from_chars(text.data(), end, whole);
    if (error == std::errc{} && stop == end) return whole >= -most && whole <= most ? std::optional(whole) : std::nullopt;
    double number = 0;
    const auto [last, fault] = std::from_chars(text.data(), end, number);
    // Below 10^15 a double tells a whole number from those beside it.
    if (fault != std::errc{} || last != end || !(std::abs(number) <= static_cast<double>(most))) return std::nullopt;
    return static_cast<std::int64_t>(std::floor(number));
}

std::int64_t floor_to(std::int64_t value, std::int64_t size) { return value - ((value % size) + size) % size; }

}  // namespace

Status bucketing(const MaskParameters& how, bool number, std::string_view value, std::string& out) {
    const auto whole = whole_part(value);
    if (!whole) return fault(Code::mask_unfit, "the value is no number that bucketing can place");
    if (how.size <= 0 && how.bounds.empty()) return fault(Code::internal, "bucketing has no ranges");
    std::optional<std::int64_t> from, to;
    if (how.size > 0) {
        from = floor_to(*whole, how.size);
        to = *from + how.size;
    } else {
        const auto above = std::upper_bound(how.bounds.begin(), how.bounds.end(), *whole);
        if (above != how.bounds.begin()) from = *(above - 1);
        if (above != how.bounds.end()) to = *above;
    }
    if (number && from)
        out += std::to_string(*from);
    else if (from && to)
        out.append(std::to_string(*from)).append("-").append(std::to_string(*to));
    else
        out.append(from ? ">=" : "<").append(std::to_string(from ? *from : *to));
    return {};
}

}  // namespace bordergate
