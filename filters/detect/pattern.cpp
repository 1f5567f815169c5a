#include "filters/detect/pattern.hpp"

#include <array>

#include "config/recogniser_spec.hpp"

namespace bordergate {

void Weight::weigh(std::string_view text, std::size_t begin, std::size_t end, Surroundings& surroundings, std::vector<Sighting>& sightings) const {
    if (checksum && verbatim) {
        if (!checksum(text.substr(begin, end - begin))) return;
    } else if (checksum) {
        std::array<char, Shape::longest> plain;
        std::size_t size = 0;
        if (end - begin > plain.size()) return;
        for (std::size_t i = begin; i < end; ++i) {
            const char c = text[i];
            if (is_digit(c) || is_letter(c)) plain[size++] = upper(c);
        }
        if (!checksum({plain.data(), size})) return;
    }
    float score = alone;
    if (near > score && context && surroundings.announce(*context, begin, end)) score = near;
    if (score >= match_threshold) sightings.push_back({{begin, end, score}, recogniser});
}

namespace {

/// The end of the match that begins at `begin` and is a whole word; 0 if there is none.
std::size_t whole_match(const Pattern& pattern, std::string_view text, std::size_t begin) {
    if (word_before(text, begin)) return 0;
    const std::size_t end = pattern.shape.match(text, begin);
    return end == 0 || (word_at(text, end) && is_word(text[end - 1])) ? 0 : end;
}

}  // namespace

void weigh(const Pattern& pattern, std::string_view text, std::size_t begin, Surroundings& surroundings, std::vector<Sighting>& sightings) {
    const std::size_t end = whole_match(pattern, text, begin);
    if (end == 0) return;
    // What goes on is a fraction, or a chain such as a UUID's.
    const char behind = at_or_space(text, end), beyond = at_or_space(text, end + 1);
    if ((behind == '.' || behind == '-') && is_digit(beyond)) return;
    if (before_or_space(text, begin) == '-' && begin >= 2 && is_digit(text[begin - 2])) return;
    pattern.weight.weigh(text, begin, end, surroundings, sightings);
}

void weigh_token(const Pattern& pattern, std::string_view text, std::size_t begin, Surroundings& surroundings, std::vector<Sighting>& sightings) {
    if (const std::size_t end = whole_match(pattern, text, begin); end > 0) pattern.weight.weigh(text, begin, end, surroundings, sightings);
}

}  // namespace bordergate
