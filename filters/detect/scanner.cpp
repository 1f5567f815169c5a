#include "filters/detect/scanner.hpp"

#include <algorithm>
#include <stdexcept>

#include "config/entities.hpp"
#include "filters/byte_runs.hpp"
#include "filters/detect/recognisers.hpp"

namespace bordergate {

namespace {

/// The families of recognisers, in the order of builtin_entities.
enum Family : unsigned { email_family, iban_family, card_family, phone_family, ip_family };

}  // namespace

std::span<const Scanner::Known> Scanner::known() {
    static const auto table = [] {
        std::array<Known, builtin_entities.size()> all;
        for (std::size_t i = 0; i < all.size(); ++i) all[i] = {builtin_entities[i].entity, builtin_entities[i].data};
        return all;
    }();
    return table;
}

Scanner::Scanner(std::vector<Active> active) : active_(std::move(active)) {
    slots_.fill(none);
    for (std::size_t i = 0; i < active_.size(); ++i) {
        const auto found = std::find_if(builtin_entities.begin(), builtin_entities.end(),
                                        [&](const auto& one) { return one.entity == active_[i].entity; });
        if (found == builtin_entities.end()) throw std::invalid_argument("no recogniser for " + active_[i].entity);
        slots_[static_cast<std::size_t>(found - builtin_entities.begin())] = static_cast<EntityIndex>(i);
    }
}

ClassSet Scanner::yields() const {
    ClassSet classes;
    for (const auto& one : active_) classes.add(one.data);
    return classes;
}

namespace {

/// Adds `one` unless a match that it overlaps is better: of higher score, then longer, then earlier. What it is better
/// than gives way.
void settle(std::vector<Match>& matches, std::size_t first, const Match& one) {
    std::size_t keep = matches.size();
    while (keep > first && matches[keep - 1].end > one.begin) {
        const auto& other = matches[keep - 1];
        const bool better = one.score > other.score || (one.score == other.score && one.end - one.begin > other.end - other.begin);
        if (!better) return;
        --keep;
    }
    matches.resize(keep);
    matches.push_back(one);
}

}  // namespace

void Scanner::scan(std::string_view text, std::vector<Match>& matches) const {
    const auto first = matches.size();
    const auto on = [this](Family family) { return slots_[family] != none; };
    const auto found = [&](Family family, const std::optional<Found>& one) {
        if (one) settle(matches, first, {one->begin, one->end, slots_[family], active_[slots_[family]].data, one->score});
    };
    const char* const begin = text.data();
    const char* const end = begin + text.size();
    for (const char* at = find_cue(begin, end); at < end; at = find_cue(at + 1, end)) {
        const auto i = static_cast<std::size_t>(at - begin);
        switch (*at) {
            case '@':
                if (on(email_family)) found(email_family, recognise::email(text, i));
                break;
            case ':':
                if (on(ip_family) && (i == 0 || text[i - 1] == ':' || is_hex(text[i - 1])) &&
                    (is_hex(at_or_space(text, i + 1)) || at_or_space(text, i + 1) == ':'))
                    found(ip_family, recognise::ipv6(text, i));
                break;
            case '+':
            case '(':
                if (on(phone_family)) found(phone_family, recognise::phone(text, i));
                break;
            default:
                if (on(iban_family)) found(iban_family, recognise::iban(text, i));
                if (on(ip_family)) found(ip_family, recognise::ipv4(text, i));
                if (on(card_family)) found(card_family, recognise::card(text, i));
                if (on(phone_family)) found(phone_family, recognise::phone(text, i));
                // What starts inside a run of digits is part of what starts with it.
                while (at + 1 < end && is_digit(at[1])) ++at;
        }
    }
}

}  // namespace bordergate
