// The scanner: finds what recognisers recognise in a piece of text.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "config/recogniser_spec.hpp"
#include "filters/detect/expressions.hpp"
#include "filters/detect/identifiers.hpp"
#include "filters/detect/prefixed.hpp"
#include "filters/detect/word_list.hpp"

namespace bordergate {

using EntityIndex = std::uint16_t;

/// One finding: bytes [begin, end) of the text are of this entity.
struct Match {
    std::size_t begin = 0;
    std::size_t end = 0;
    EntityIndex entity = 0;
    ClassId data{};
    float score = 0;
};

/// Immutable after construction and shared between exchanges of one snapshot.
class Scanner {
  public:
    /// Throws std::invalid_argument for a recogniser that cannot be (start-up only; the loader has checked before).
    explicit Scanner(std::vector<Recogniser> active);

    /// Appends all matches by where they begin, those that overlap included. `text` is valid UTF-8; typeset
    /// forms in it are read as what they stand for too. `name`: of the field that it is the value of, such as an object key;
    /// empty if it has none. Linear in its length.
    void look(std::string_view text, std::vector<Match>& matches, std::string_view name = {}) const;

    /// The same of those that do not overlap: overlaps resolve to the highest score, then the longest. For a report; what is
    /// to be masked is all that look() finds.
    void scan(std::string_view text, std::vector<Match>& matches, std::string_view name = {}) const;

    /// No match is longer than this, and whether bytes match never depends on text further away.
    static constexpr std::size_t reach = 512;

    std::string_view entity(EntityIndex index) const { return active_[index].spec.entity; }
    /// The recogniser of private keys, which have no bound and are looked for by deep_scan; null: it is off.
    const Recogniser* private_keys() const { return slots_[private_key] == none ? nullptr : &active_[slots_[private_key]]; }
    /// Whether a match may be nothing but words with blanks between them: phrases and expressions that are not built in.
    bool knows_phrases() const { return knows_phrases_; }
    /// Every class a match can yield.
    ClassSet yields() const;

  private:
    /// Recognisers that are code, most of them at the character that calls for them.
    enum Method : unsigned { email, iban, card, phone, ip, connection, url, secret, private_key, mac, date, methods };
    static constexpr EntityIndex none = 0xffff;

    void add_patterns(EntityIndex index);
    /// What all of them see, by where it begins; until the next call.
    const std::vector<Sighting>& sight(std::string_view text, std::string_view name) const;
    Match match_of(const Sighting& one) const { return {one.found.begin, one.found.end, one.recogniser, active_[one.recogniser].data, one.found.score}; }
    bool sight_as_is(std::string_view text, std::string_view name, std::vector<Sighting>& sightings) const;
    void look_at_colon(std::string_view text, std::size_t colon, std::vector<Sighting>& sightings) const;
    bool look_at_cues(std::string_view text, Surroundings& surroundings, std::vector<Sighting>& sightings) const;

    std::vector<Recogniser> active_;
    bool knows_phrases_ = false;
    std::deque<ContextWords> contexts_;  // at places that stay
    std::array<EntityIndex, methods> slots_{};  // index into active_, or none
    std::array<Weight, methods> weights_{};
    Identifiers identifiers_;
    PrefixedTokens prefixed_;
    Expressions expressions_;
    WordList words_;
};

/// The built-in recogniser of that entity, yielding `data`. Throws std::invalid_argument if there is none.
Recogniser builtin_recogniser(std::string_view entity, ClassId data);

}  // namespace bordergate
