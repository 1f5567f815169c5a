#include "config/jurisdiction.hpp"

#include <algorithm>

#include "config/diagnostic.hpp"

namespace bordergate {

Region Atlas::Named::at(std::int64_t instant) const {
    Region region;
    for (const auto& member : members) {
        if (instant < member.since || instant >= member.until) continue;
        region.possible |= member.places;
        if (!member.conditional) region.sure |= member.places;
    }
    return region;
}

const Atlas::Named* Atlas::named(std::string_view code) const {
    const auto found = std::lower_bound(
        named_.begin(), named_.end(), code,
        [](const Named& entry, std::string_view wanted) { return entry.code < wanted; });
    return found != named_.end() && found->code == code ? &*found : nullptr;
}

std::optional<Region> Atlas::find(std::string_view code, std::int64_t instant) const {
    const Named* entry = named(code);
    if (entry == nullptr) return std::nullopt;
    return entry->at(instant);
}

std::vector<std::int64_t> Atlas::changes(std::string_view code) const {
    std::vector<std::int64_t> instants;
    const Named* entry = named(code);
    if (entry == nullptr) return instants;
    for (const auto& member : entry->members) {
        if (member.since != Member{}.since) instants.push_back(member.since);
        if (member.until != Member{}.until) instants.push_back(member.until);
    }
    std::sort(instants.begin(), instants.end());
    instants.erase(std::unique(instants.begin(), instants.end()), instants.end());
    return instants;
}

std::string_view Atlas::title(std::string_view code) const {
    const Named* entry = named(code);
    return entry == nullptr ? std::string_view{} : entry->title;
}

std::string_view Atlas::nearest(std::string_view code) const {
    std::string upper(code);
    for (auto& c : upper)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (const Named* entry = named(upper)) return entry->code;
    for (const auto& [wrong, right] : often_meant_)
        if (wrong == upper) return right;

    std::vector<std::string_view> codes, titles;
    for (const auto& entry : named_) {
        codes.push_back(entry.code);
        titles.push_back(entry.title);
    }
    // Somebody who writes `Germany` or `Germny` means DE; two letters are never a misspelt name.
    if (code.size() > 3) {
        const auto title = nearest_word(code, titles);
        for (const auto& entry : named_)
            if (!title.empty() && entry.title == title) return entry.code;
    }
    return nearest_word(upper, codes);
}

Region Atlas::complement(const Region& region) const {
    return {everywhere_ - region.possible, everywhere_ - region.sure};
}

std::vector<LawIndex> Atlas::laws_at(const Places& location) const {
    std::vector<LawIndex> found;
    Places uncovered = location;
    for (std::size_t i = 0; i < laws_.size(); ++i) {
        const Places& territory = laws_[i].territory;
        if (!territory.meets(i < pack_laws_ ? location : uncovered)) continue;
        found.push_back(static_cast<LawIndex>(i));
        if (i < pack_laws_) uncovered = uncovered - territory;
    }
    return found;
}

std::string Atlas::describe(const Places& places) const {
    if (places.empty()) return "nowhere";
    if (places == everywhere_) return "everywhere";

    const auto size = [](const Places& set) {
        std::size_t count = 0;
        for (std::size_t place = 0; place < Places::capacity; ++place) count += set.has(place);
        return count;
    };
    struct Piece {
        std::string_view code;
        Places places;
        std::size_t size;
    };
    std::vector<Piece> pieces;  // whole jurisdictions, the largest first
    for (const auto& entry : named_) {
        const Region region = entry.at(as_of_);
        if (region.sure != region.possible) continue;
        if (everywhere_ - region.sure == places) return "not " + entry.code;
        if (places.covers(region.sure)) pieces.push_back({entry.code, region.sure, size(region.sure)});
    }
    std::stable_sort(pieces.begin(), pieces.end(),
                     [](const Piece& a, const Piece& b) { return a.size > b.size; });

    constexpr std::size_t most = 6;  // codes spelt out before the rest is only counted
    std::vector<std::string_view> codes;
    Places rest = places;
    for (const auto& piece : pieces) {
        if (codes.size() == most || rest.empty()) break;
        if (!rest.covers(piece.places)) continue;
        codes.push_back(piece.code);
        rest = rest - piece.places;
    }
    std::string text;
    for (const auto code : codes) (text += text.empty() ? "" : "+") += code;
    if (rest.empty()) return text;
    // What is left is either many countries, or a country without its subdivisions.
    for (const auto& entry : named_)
        if (entry.at(as_of_).sure.covers(rest) && codes.size() < most && size(rest) == 1)
            return (text.empty() ? "" : text + "+") + entry.code + " in part";
    return (text.empty() ? "" : text + "+") + std::to_string(size(rest)) + " more";
}

}  // namespace bordergate
