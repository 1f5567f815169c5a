#include "filters/detect/scanner.hpp"

#include <algorithm>
#include <stdexcept>

#include "filters/byte_runs.hpp"
#include "filters/detect/overlaps.hpp"
#include "filters/detect/recognisers.hpp"
#include "filters/detect/secret.hpp"
#include "filters/detect/typeset.hpp"

namespace bordergate {

namespace {

constexpr auto method_names = std::to_array<std::string_view>({"email", "iban", "card", "phone", "ip", "connection", "url", "secret", "private_key", "mac", "date"});

/// Whether the digit at `i` stands in a pair that a hyphen joins to another.
bool joined_by_hyphen(std::string_view text, std::size_t i) {
    return at_or_space(text, i + 1) == '-' || at_or_space(text, i + 2) == '-' || before_or_space(text, i) == '-' || (i > 1 && text[i - 2] == '-');
}

}  // namespace

Recogniser builtin_recogniser(std::string_view entity, ClassId data) {
    const auto* const spec = find_builtin_recogniser(entity);
    if (!spec) throw std::invalid_argument("no recogniser for " + std::string(entity));
    return {*spec, data};
}

Scanner::Scanner(std::vector<Recogniser> active) : active_(std::move(active)) {
    slots_.fill(none);
    if (active_.size() >= none) throw std::invalid_argument("too many recognisers");
    for (std::size_t i = 0; i < active_.size(); ++i) add_patterns(static_cast<EntityIndex>(i));
    knows_phrases_ = std::any_of(active_.begin(), active_.end(), [](const Recogniser& one) {
        const auto* const builtin = find_builtin_recogniser(one.spec.entity);
        return !one.spec.words.empty() || (!one.spec.patterns.empty() && (!builtin || builtin->patterns != one.spec.patterns));
    });
    expressions_.compile();
    words_.compile();
}

void Scanner::add_patterns(EntityIndex index) {
    const auto& spec = active_[index].spec;
    Weight weight;
    weight.recogniser = index;
    weight.alone = spec.alone;
    weight.near = spec.near;
    if (!spec.checksum.empty()) {
        weight.checksum = find_checksum(spec.checksum);
        weight.verbatim = takes_verbatim(spec.checksum);
        if (!weight.checksum) throw std::invalid_argument("no checksum is called " + spec.checksum);
    }
    if (!spec.context.empty()) weight.context = &contexts_.emplace_back(spec.context);
    if (!spec.method.empty()) {
        const auto method = static_cast<std::size_t>(std::find(method_names.begin(), method_names.end(), spec.method) - method_names.begin());
        if (method == method_names.size()) throw std::invalid_argument("no recogniser is made by " + spec.method);
        slots_[method] = index;
        weights_[method] = weight;
    }
    for (const auto& text : spec.patterns) {
        if (const auto shape = Shape::parse(text)) {
            const Pattern pattern{*shape, weight};
            if (prefixed_.add(pattern) || identifiers_.add(pattern)) continue;
        }
        expressions_.add(text, weight);
    }
    for (const auto& word : spec.words)
        if (!words_.add(word, weight)) throw std::invalid_argument("no word to look for: " + word);
}

ClassSet Scanner::yields() const {
    ClassSet classes;
    for (const auto& one : active_) classes.add(one.data);
    return classes;
}

void Scanner::look(std::string_view text, std::vector<Match>& matches, std::string_view name) const {
    for (const auto& one : sight(text, name)) matches.push_back(match_of(one));
}

void Scanner::scan(std::string_view text, std::vector<Match>& matches, std::string_view name) const {
    const auto first = matches.size();
    for (const auto& one : sight(text, name)) settle(matches, first, match_of(one));
}

/// Whether it should be read as what its typeset forms stand for too.
bool Scanner::sight_as_is(std::string_view text, std::string_view name, std::vector<Sighting>& sightings) const {
    Surroundings surroundings(text, name);
    const bool typeset = look_at_cues(text, surroundings, sightings);
    if (slots_[secret] != none) look_for_secrets(text, weights_[secret], surroundings, sightings);
    if (!prefixed_.empty()) prefixed_.look(text, surroundings, sightings);
    if (!expressions_.empty()) expressions_.look(text, surroundings, sightings);
    if (!words_.empty()) words_.look(text, surroundings, sightings);
    return typeset;
}

const std::vector<Sighting>& Scanner::sight(std::string_view text, std::string_view name) const {
    thread_local std::vector<Sighting> sightings;
    thread_local Unescaped plain;
    sightings.clear();
    if (sight_as_is(text, name, sightings)) {
        read_plain(text, plain);
        const auto first = sightings.size();
        sight_as_is(plain.text, name, sightings);
        for (auto i = first; i < sightings.size(); ++i) {
            auto& found = sightings[i].found;
            found.begin = plain.origin[found.begin];
            found.end = plain.origin[found.end];
        }
        // The bound is of the text as it stands: what forms of several bytes make longer is no number or address.
        std::erase_if(sightings, [](const Sighting& one) { return one.found.end - one.found.begin > reach; });
    }
    const auto earlier = [](const Sighting& a, const Sighting& b) { return a.found.begin < b.found.begin; };
    if (!std::is_sorted(sightings.begin(), sightings.end(), earlier)) std::stable_sort(sightings.begin(), sightings.end(), earlier);
    return sightings;
}

void Scanner::look_at_colon(std::string_view text, std::size_t colon, std::vector<Sighting>& sightings) const {
    const auto found = [&](Method method, const std::optional<Found>& one) {
        if (one) sightings.push_back({*one, slots_[method]});
    };
    const char before = before_or_space(text, colon), behind = at_or_space(text, colon + 1);
    if (slots_[ip] != none && (colon == 0 || before == ':' || is_hex(before)) && (is_hex(behind) || behind == ':')) found(ip, recognise::ipv6(text, colon));
    if (slots_[mac] != none && is_hex(before) && is_hex(behind)) found(mac, recognise::mac(text, colon));
    if (behind != '/') return;
    if (slots_[connection] != none) found(connection, recognise::connection(text, colon));
    if (slots_[url] != none) found(url, recognise::url(text, colon));
}

/// Whether it met a typeset form that could be part of a number or an address.
bool Scanner::look_at_cues(std::string_view text, Surroundings& surroundings, std::vector<Sighting>& sightings) const {
    const auto on = [this](Method method) { return slots_[method] != none; };
    const auto found = [&](Method method, const std::optional<Found>& one) {
        if (!one) return;
        Found settled = *one;
        if (settled.score == 0 && surroundings.fill_field(one->begin, one->end)) settled.score = weights_[method].near;
        if (settled.score > 0) sightings.push_back({settled, slots_[method]});
        else weights_[method].weigh(text, one->begin, one->end, surroundings, sightings);
    };
    const char* const begin = text.data();
    const char* const end = begin + text.size();
    std::size_t looked_until = 0;
    bool typeset = false;
    for (const char* at = find_cue(begin, end); at < end; at = find_cue(at + 1, end)) {
        const auto i = static_cast<std::size_t>(at - begin);
        switch (*at) {
            case '@':
                if (on(email)) found(email, recognise::email(text, i));
                break;
            case ':':
                look_at_colon(text, i, sightings);
                break;
            case '+':
            case '(':
                if (on(phone)) found(phone, recognise::phone(text, i));
                break;
            case '\xef':
                typeset = typeset || typeset_at(text, i);
                break;
            default:
                if (on(iban)) found(iban, recognise::iban(text, i));
                if (on(ip)) found(ip, recognise::ipv4(text, i));
                if (on(card)) found(card, recognise::card(text, i));
                if (on(phone)) found(phone, recognise::phone(text, i));
                if (on(mac) && joined_by_hyphen(text, i)) found(mac, recognise::mac(text, i));
                if (on(date)) found(date, recognise::date(text, i));
                if (i >= looked_until && !identifiers_.empty()) looked_until = identifiers_.look(text, i, looked_until, surroundings, sightings);
                // What starts inside a run of digits is part of what starts with it.
                while (at + 1 < end && is_digit(at[1])) ++at;
                if (at + 1 < end && static_cast<unsigned char>(at[1]) >= 0x80) typeset = typeset || typeset_at(text, static_cast<std::size_t>(at + 1 - begin));
        }
    }
    return typeset;
}

}  // namespace bordergate
