#include "filters/detect/identifiers.hpp"

#include <algorithm>
#include <set>
#include <tuple>

namespace bordergate {

namespace {

constexpr bool is_alnum(char c) { return is_digit(c) || is_letter(c); }

CharClass all_of(bool (*belongs)(char)) {
    CharClass made;
    for (char c = 0;; ++c) {
        if (belongs(c)) made.add(c);
        if (c == 0x7f) break;
    }
    return made;
}

const CharClass& digit_class() {
    static const CharClass made = all_of([](char c) { return is_digit(c); });
    return made;
}
const CharClass& letter_class() {
    static const CharClass made = all_of([](char c) { return is_letter(c); });
    return made;
}
const CharClass& other_class() {
    static const CharClass made = all_of([](char c) { return !is_alnum(c); });
    return made;
}

constexpr std::size_t longest_identifier = 64;
constexpr std::size_t longest_lead = 8;  ///< of a word of letters that an identifier begins with
constexpr unsigned most_leads = 4;       ///< how many such words

bool within(const CharClass& chars, std::string_view allowed) {
    for (char c = 0;; ++c) {
        if (chars.has(c) && allowed.find(c) == std::string_view::npos) return false;
        if (c == 0x7f) return true;
    }
}

/// Whether look() comes to the beginning of every match: it goes from a digit to where its word begins, and from there back
/// over a few short words of letters, each with one separator behind it.
bool leads_back(const std::vector<Shape::Item>& items, std::string_view separators, std::size_t longest_word) {
    std::size_t beginning = 0, word = 0, here = 0;  // the most of what may be one word with the beginning, one word here; the least since a separator
    unsigned leads = 0;
    bool digit = false, parted = false;
    for (const auto& item : items) {
        if (!item.chars.meets(other_class())) {
            digit = digit || (item.least > 0 && !item.chars.meets(letter_class()));
            word += item.most;
            here += item.least;
            if (!parted) beginning += item.most;
            continue;
        }
        parted = parted || item.least > 0;
        if (digit && parted) break;
        if (digit) continue;
        if (here == 0 || word > longest_lead || item.most > 1 || ++leads > most_leads || !within(item.chars, separators)) return false;
        here = 0;
        if (item.least > 0) word = 0;
    }
    return digit && beginning <= longest_word;
}

}  // namespace

bool Identifiers::add(const Pattern& pattern) {
    const auto& items = pattern.shape.items();
    const auto& first = items.front();
    if (first.least == 0 || first.chars.meets(other_class()) || pattern.shape.most() > longest_identifier || patterns_.size() >= 0xffff) return false;
    for (const auto& item : items)
        if (item.chars.meets(other_class()) && (item.chars.meets(digit_class()) || item.chars.meets(letter_class()))) return false;
    if (!leads_back(items, separators, longest_word)) return false;
    patterns_.push_back(pattern);
    index(static_cast<std::uint16_t>(patterns_.size() - 1));
    return true;
}

/// Enters a pattern wherever its first word may have that length and kind.
void Identifiers::index(std::uint16_t pattern) {
    using State = std::tuple<std::size_t, bool, bool>;  // length, has digits, has letters
    std::set<State> states{{0, false, false}};
    const auto bucket = [this](const State& state) -> Bucket* {
        const auto [length, digit, letter] = state;
        if (length == 0 || length > longest_word) return nullptr;
        return &buckets_[digit && letter ? mixed : digit ? digits : letters][length];
    };
    const auto enter = [pattern](std::vector<std::uint16_t>& list) {
        if (list.empty() || list.back() != pattern) list.push_back(pattern);
    };
    for (const auto& item : patterns_[pattern].shape.items()) {
        if (item.chars.meets(other_class())) {
            for (const auto& state : states) {
                auto* const here = bucket(state);
                if (!here) continue;
                for (std::size_t i = 0; i < separators.size(); ++i)
                    if (item.chars.has(separators[i])) enter(here->followed[i]);
                CharClass rest = item.chars;
                bool others = false;
                for (char c = 0x20; c < 0x7f; ++c) others = others || (rest.has(c) && separators.find(c) == std::string_view::npos);
                if (others) enter(here->followed.back());
            }
            if (item.least > 0) return;
            continue;
        }
        const bool may_digit = item.chars.meets(digit_class()), may_letter = item.chars.meets(letter_class());
        std::set<State> next;
        for (const auto& [length, digit, letter] : states)
            for (std::size_t count = item.least; count <= item.most && length + count <= longest_word; ++count) {
                if (count == 0) {
                    next.emplace(length, digit, letter);
                    continue;
                }
                if (may_digit) next.emplace(length + count, true, letter);
                if (may_letter) next.emplace(length + count, digit, true);
                if (may_digit && may_letter && count > 1) next.emplace(length + count, true, true);
            }
        states = std::move(next);
    }
    for (const auto& state : states)
        if (auto* const here = bucket(state)) enter(here->whole);
}

std::size_t Identifiers::look(std::string_view text, std::size_t digit, std::size_t from, Surroundings& surroundings, std::vector<Sighting>& sightings) const {
    std::size_t begin = digit, end = digit;
    bool letter = false;
    while (begin > from && is_alnum(text[begin - 1])) letter |= is_letter(text[--begin]);
    while (end < text.size() && is_alnum(text[end])) letter |= is_letter(text[end++]);
    const char before = before_or_space(text, begin);
    // A part of a longer word, or of a fraction.
    if (word_before(text, begin)) return end;
    if (before == '.' && !letter && is_digit(before_or_space(text, begin - 1))) return end;
    look_at(text, begin, end, letter ? mixed : digits, surroundings, sightings);
    // `AB 12 34 56 C` begins with a word of letters, and some with several.
    for (unsigned leads = 0; leads < most_leads && begin >= 2 && separators.find(text[begin - 1]) != std::string_view::npos && is_letter(text[begin - 2]); ++leads) {
        std::size_t lead = begin - 1;
        while (lead > 0 && is_letter(text[lead - 1]) && begin - lead <= longest_lead + 1) --lead;
        if (begin - 1 - lead > longest_lead || word_before(text, lead)) break;
        look_at(text, lead, begin - 1, letters, surroundings, sightings);
        begin = lead;
    }
    return end;
}

void Identifiers::look_at(std::string_view text, std::size_t begin, std::size_t end, Kind kind, Surroundings& surroundings, std::vector<Sighting>& sightings) const {
    if (end - begin > longest_word) return;
    const auto& bucket = buckets_[kind][end - begin];
    for (const auto one : bucket.whole) weigh(patterns_[one], text, begin, surroundings, sightings);
    if (end >= text.size()) return;
    const auto which = std::min(separators.find(text[end]), separators.size());
    for (const auto one : bucket.followed[which]) weigh(patterns_[one], text, begin, surroundings, sightings);
}

}  // namespace bordergate
