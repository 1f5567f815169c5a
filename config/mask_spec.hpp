// Mask operators as `with:` names them, and the published order in which they hide.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace bordergate {

/// What fpe enciphers within; every other letter or digit is refused, and what is neither stays.
enum class Alphabet : std::uint8_t { digits, hexadecimal, letters, upper_alphanumeric, alphanumeric };
inline constexpr std::array<std::string_view, 5> alphabet_names{"digits", "hexadecimal", "letters", "upper_alphanumeric", "alphanumeric"};

/// What time_part leaves of a date.
enum class TimePart : std::uint8_t { year, month, day_of_month, day_of_week, week_of_year, hour_of_day };
inline constexpr std::array<std::string_view, 6> time_part_names{"year", "month", "day_of_month", "day_of_week", "week_of_year", "hour_of_day"};

/// Parameters that only some operators have. Those of a rule live in its MaskTable.
struct MaskParameters {
    std::string text;                        ///< replace
    Alphabet alphabet = Alphabet::digits;    ///< fpe
    bool luhn = false;                       ///< fpe: the last digit checks the others, before and after
    std::uint32_t days = 0;                  ///< date_shift: at most so many, back or ahead, and at least one
    std::string subject;                     ///< date_shift: JSONPath of whose date it is; empty: one shift for the exchange
    bool month_first = false;                ///< date_shift, time_part: 3/4/2024 is in March
    std::int64_t size = 0;                   ///< bucketing: of each bucket; 0: `bounds` counts
    std::vector<std::int64_t> bounds;        ///< bucketing: where buckets begin, ascending
    TimePart part = TimePart::year;          ///< time_part
    std::vector<std::string> words;          ///< replace_dictionary
    std::string keep;                        ///< character_mask: characters left as they are
    std::uint32_t count = 0;                 ///< character_mask: how many are masked; 0: all
    bool from_end = false;                   ///< character_mask: those at the end
    friend bool operator==(const MaskParameters&, const MaskParameters&) = default;
};

/// A mask operator with its parameters, as `with:` names it. Names are Google DLP's.
struct MaskSpec {
    enum class Kind : std::uint8_t {
        redact,
        replace,
        replace_with_info_type,
        replace_dictionary,
        character_mask,
        crypto_hash,
        crypto_deterministic,
        fpe,
        date_shift,
        bucketing,
        time_part,
        pseudonym,
    };
    static constexpr std::size_t kinds = 12;
    Kind kind = Kind::pseudonym;
    char mask_character = '*';      ///< character_mask only
    std::uint16_t keep_first = 0;   ///< character_mask only: characters left in clear at the start
    std::uint16_t keep_last = 0;    ///< character_mask only: and at the end
    const MaskParameters* more = nullptr;  ///< borrowed from the rule's MaskTable; null: none but the defaults

    const MaskParameters& parameters() const;
    /// By value: two rules that say the same are equal.
    friend bool operator==(const MaskSpec& a, const MaskSpec& b) {
        return a.kind == b.kind && a.mask_character == b.mask_character && a.keep_first == b.keep_first && a.keep_last == b.keep_last &&
               (a.more == b.more || a.parameters() == b.parameters());
    }
};

std::string_view to_string(MaskSpec::Kind kind);

/// Strictness: greater hides more. Two specs of equal strictness that differ are incomparable.
/// The published order, from strictest:
///   redact, replace (tell nothing); replace_with_info_type (tells the kind); replace_dictionary (linkable at times, one way);
///   crypto_hash (linkable, one way); pseudonym (restored by its own exchange); crypto_deterministic (opened later by its
///   source); fpe (the same, and shows the format); date_shift, bucketing and time_part (each shows a part, and another one);
///   character_mask (the fewer characters left in clear, the stricter; with `count` it leaves all others).
int strictness(const MaskSpec& spec);

/// True if the operator computes with a secret of the jurisdiction.
bool needs_key(MaskSpec::Kind kind);
/// True if what the operator puts in the place of a value tells something of its text, or restores it: it needs text.
bool needs_text(MaskSpec::Kind kind);

/// What the `with:` of a rule says beside its operator: the parameters, and other operators for some entities or at some
/// places. An operator that stands for an entity or a path takes the place of the rule's own there; of several the
/// strictest, and of equally strict ones that of the path which selects the innermost value.
/// Immutable once the rule is made; shared by its copies.
struct MaskTable {
    struct AtPath {
        std::string path;  ///< JSONPath (RFC 9535): the values it selects, and all that stands in them
        MaskSpec with;
        int line = 0, column = 0;  ///< where the path stands in the file, from 1
    };
    /// A place of a JSONPath in the file, for what is checked by those who read it.
    struct Subject {
        std::string path;
        int line = 0, column = 0;
    };
    std::deque<MaskParameters> parameters;
    std::map<std::string, MaskSpec, std::less<>> entities;
    std::vector<AtPath> paths;       ///< in the order of their text
    std::vector<Subject> subjects;   ///< of date_shift, as written
    bool refines() const { return !entities.empty() || !paths.empty(); }
};

}  // namespace bordergate
