#include "filters/detect/pattern.hpp"

#include <array>

#include "config/recogniser_spec.hpp"

namespace bordergate {

void Weight::weigh(std::string_view text, std::size_t begin, std::size_t end, Surroundings& surroundings, std::vector<Sighting>& sightings) const {
    if (checksum) {
        std::array<char, Shape::longest> plain;
        std::size_t size = 0;
        if (end - begin > plain.size()) return;
        for (std::size_t i = begin; i < end; ++i) {
            const char c = text[i];
            if (is_digit(c) || is_letter(c)) plain[size++] = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
        }
        if (!checksum({plain.data(), size})) return;
    }
    float score = alone;
    if (near > score && context && surroundings.announce(*context, begin, end)) score = near;
    if (score >= match_threshold) sightings.push_back({{begin, end, score}, recogniser});
}

void weigh(const Pattern& pattern, std::string_view text, std::size_t begin, Surroundings& surroundings, std::vector<Sighting>& sightings) {
    const char before = before_or_space(text, begin);
    if (is_word(before)) return;
    const std::size_t end = pattern.shape.match(text, begin);
    if (end == 0) return;
    const char behind = at_or_space(text, end);
    if (is_word(behind) && is_word(text[end - 1])) return;
    // What goes on is a fraction, or a chain such as a UUID's.
    const char beyond = at_or_space(text, end + 1);
    if ((behind == '.' || behind == ',' || behind == '-') && is_digit(beyond)) return;
    if (before == '-' && begin >= 2 && is_digit(text[begin - 2])) return;
    pattern.weight.weigh(text, begin, end, surroundings, sightings);
}

}  // namespace bordergate
