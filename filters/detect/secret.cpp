#include "filters/detect/secret.hpp"

#include <cmath>
#include <cstdint>

#include "filters/detect/token_runs.hpp"

namespace bordergate {

namespace {

constexpr std::size_t shortest = 16, longest = 512;
constexpr double least_entropy = 3.5;  // bits a character
constexpr std::size_t telling_part = 8;

/// Whether a part between punctuation is long and has letters and digits: paths and slugs are joined from words and numbers.
bool has_telling_part(std::string_view value) {
    std::size_t digits = 0, letters = 0;
    for (const char c : value) {
        if (is_digit(c)) ++digits;
        else if (is_letter(c)) ++letters;
        else digits = letters = 0;
        if (digits > 0 && letters > 0 && digits + letters >= telling_part) return true;
    }
    return false;
}

double entropy(std::string_view value) {
    std::array<std::uint16_t, 128> times{};
    for (const char c : value) ++times[static_cast<unsigned char>(c) & 0x7fU];
    const auto size = static_cast<double>(value.size());
    double bits = 0;
    for (const auto count : times)
        if (count > 0) bits -= count / size * std::log2(count / size);
    return bits;
}

}  // namespace

bool looks_drawn(std::string_view value) {
    return value.size() >= shortest && value.size() <= longest && has_telling_part(value) && entropy(value) >= least_entropy;
}

void look_for_secrets(std::string_view text, const Weight& weight, Surroundings& surroundings, std::vector<Sighting>& sightings) {
    each_token_run(text, [&](std::size_t begin, std::size_t end) {
        while (end > begin && (text[end - 1] == '.' || text[end - 1] == '-')) --end;
        // `api_key=…`: what stands before the sign is no part of the value; behind it, it pads base64.
        std::size_t padding = end;
        while (padding > begin && text[padding - 1] == '=') --padding;
        if (const auto sign = text.substr(begin, padding - begin).rfind('='); sign != std::string_view::npos) begin += sign + 1;
        if (looks_drawn(text.substr(begin, end - begin))) weight.weigh(text, begin, end, surroundings, sightings);
    });
}

}  // namespace bordergate
