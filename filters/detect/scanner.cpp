#include "filters/detect/scanner.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "config/entities.hpp"
#include "filters/detect/recognisers.hpp"

namespace bordergate {

namespace {

/// The families of recognisers, as bits of Scanner::enabled_; in the order of builtin_entities.
enum Family : unsigned { email_family, iban_family, card_family, phone_family, ip_family };

/// What a byte can start or be the middle of. Most bytes of prose are nothing, and cost one look-up.
enum class Cue : std::uint8_t { nothing, at, digit, colon, opening };

constexpr std::array<Cue, 256> cues = [] {
    std::array<Cue, 256> table{};
    for (unsigned c = '0'; c <= '9'; ++c) table[c] = Cue::digit;
    table['@'] = Cue::at;
    table[':'] = Cue::colon;
    table['+'] = Cue::opening;
    table['('] = Cue::opening;
    return table;
}();

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

void Scanner::scan(std::string_view text, std::vector<Match>& matches) const {
    const auto first = matches.size();
    // Of overlapping matches the highest score stays, then the longest, then the earlier one.
    const auto keep = [&](unsigned family, const std::optional<Found>& found) -> std::size_t {
        if (!found || slots_[family] == none) return 0;
        while (matches.size() > first && matches.back().end > found->begin) {
            const auto& last = matches.back();
            const bool better = found->score > last.score ||
                                (found->score == last.score && found->end - found->begin > last.end - last.begin);
            if (!better) return 0;
            matches.pop_back();
        }
        matches.push_back({found->begin, found->end, slots_[family], active_[slots_[family]].data, found->score});
        return found->end;
    };
    const auto on = [this](unsigned family) { return slots_[family] != none; };
    for (std::size_t i = 0; i < text.size(); ++i) {
        switch (cues[static_cast<unsigned char>(text[i])]) {
            case Cue::nothing: break;
            case Cue::at:
                if (on(email_family)) keep(email_family, recognise::email(text, i));
                break;
            case Cue::colon:
                if (on(ip_family) && (i == 0 || text[i - 1] == ':' || is_hex(text[i - 1])) &&
                    (is_hex(at_or_space(text, i + 1)) || at_or_space(text, i + 1) == ':'))
                    keep(ip_family, recognise::ipv6(text, i));
                break;
            case Cue::opening:
                if (on(phone_family)) keep(phone_family, recognise::phone(text, i));
                break;
            case Cue::digit:
                if (on(iban_family)) keep(iban_family, recognise::iban(text, i));
                if (on(ip_family)) keep(ip_family, recognise::ipv4(text, i));
                if (on(card_family)) keep(card_family, recognise::card(text, i));
                if (on(phone_family)) keep(phone_family, recognise::phone(text, i));
                // What starts inside a run of digits is part of what starts with it.
                while (i + 1 < text.size() && is_digit(text[i + 1])) ++i;
                break;
        }
    }
}

}  // namespace bordergate
