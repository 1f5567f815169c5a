#include "filters/detect/prefixed.hpp"

#include <optional>

#include "filters/detect/token_runs.hpp"

namespace bordergate {

namespace {

std::uint32_t key_of(char a, char b, char c) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(a)) << 16 | static_cast<std::uint32_t>(static_cast<unsigned char>(b)) << 8 | static_cast<unsigned char>(c);
}

/// The one character that an item takes; nothing if it is not certain.
std::optional<char> certain(const Shape::Item& item) {
    if (item.least != 1 || item.most != 1) return std::nullopt;
    std::optional<char> only;
    for (char c = 0x21; c < 0x7f; ++c) {
        if (!item.chars.has(c)) continue;
        if (only) return std::nullopt;
        only = c;
    }
    return only;
}

/// Whether an item takes nothing that ends a run of token characters.
bool of_tokens(const Shape::Item& item) {
    for (char c = 0;; ++c) {
        if (item.chars.has(c) && !is_token(c)) return false;
        if (c == 0x7f) return true;
    }
}

}  // namespace

bool PrefixedTokens::add(const Pattern& pattern) {
    const auto& items = pattern.shape.items();
    std::size_t least = 0;
    for (const auto& item : items) {
        if (!of_tokens(item)) return false;
        least += item.least;
    }
    if (items.size() < prefix || least < shortest || patterns_.size() >= 0xffff) return false;
    const auto a = certain(items[0]), b = certain(items[1]), c = certain(items[2]);
    if (!a || !b || !c || !is_word(*a)) return false;
    patterns_.push_back(pattern);
    by_prefix_[key_of(*a, *b, *c)].push_back(static_cast<std::uint16_t>(patterns_.size() - 1));
    return true;
}

void PrefixedTokens::look(std::string_view text, Surroundings& surroundings, std::vector<Sighting>& sightings) const {
    each_token_run(text, [&](std::size_t begin, std::size_t end) { look_in(text, begin, end, surroundings, sightings); });
}

void PrefixedTokens::look_in(std::string_view text, std::size_t begin, std::size_t end, Surroundings& surroundings, std::vector<Sighting>& sightings) const {
    for (std::size_t at = begin; at + shortest <= end; ++at) {
        const auto known = by_prefix_.find(key_of(text[at], text[at + 1], text[at + 2]));
        if (known != by_prefix_.end())
            for (const auto one : known->second) weigh_token(patterns_[one], text, at, surroundings, sightings);
        // The next word of the run.
        while (at < end && is_word(text[at])) ++at;
    }
}

}  // namespace bordergate
