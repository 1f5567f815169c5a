#include "filters/body/json_pointer.hpp"

namespace bordergate {

namespace {

/// A name as a record may show it. One that could be a value itself (an address, a number, a sentence) is not shown.
std::string_view shown(std::string_view name) {
    constexpr std::size_t longest = 40, most_digits = 4;
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-'; };
    std::size_t digits = 0;
    for (char c : name) {
        const bool digit = c >= '0' && c <= '9';
        digits += digit ? 1 : 0;
        if ((!digit && !letter(c)) || digits > most_digits) return "*";
    }
    return name.empty() || name.size() > longest ? "*" : name;
}

}  // namespace

void append_pointer(std::span<const JsonStep> steps, std::string& out) {
    for (const auto& step : steps) {
        out += '/';
        if (step.in_array)
            out += std::to_string(step.index);
        else
            out += shown(step.name);
    }
}

std::string_view nearest_key(std::span<const JsonStep> steps) {
    for (auto step = steps.rbegin(); step != steps.rend(); ++step)
        if (!step->in_array) return step->name;
    return {};
}

}  // namespace bordergate
