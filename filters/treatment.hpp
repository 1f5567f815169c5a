// Treatment: what is to be done to each class in one crossing, resolved from its judgement. The one thing
// the body filters ask: "this text has these classes; what may be shown of it?"
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "config/judgement.hpp"
#include "filters/detect/analyses.hpp"
#include "filters/detect/scanner.hpp"
#include "filters/fault.hpp"
#include "filters/body/json_path.hpp"
#include "filters/findings.hpp"
#include "filters/place.hpp"

namespace bordergate {

/// The content type of a sealed field that was a JSON value other than a string (RFC 7515, 4.1.10: short for
/// application/json). It is authenticated with the value.
inline constexpr std::string_view sealed_json = "json";

/// What a sealed value says of itself.
struct Sealing {
    std::string classes;            ///< their names, joined by commas: what opening it is judged by
    std::string_view content_type;  ///< of a whole body; sealed_json, or empty for a text
};

/// One value that gives way to its mask. Borrowed for the call.
struct Masking {
    const Judgement* judgement = nullptr;  ///< the lowest form of its classes is mask
    ClassSet classes;
    std::string_view entity;               ///< an entity name such as EMAIL_ADDRESS, or the class name for a declared field
    const Place* place = nullptr;          ///< null: not known
    /// The value is a JSON number, its minus left aside at most: if it is of digits it must stay so, without a zero before them.
    bool number = false;
};

/// Turns one value into what may stand in its place. Implemented by mask/ and seal/, chosen per cell.
class Treater {
  public:
    virtual ~Treater() = default;
    /// Appends the replacement for `value` (raw text, unescaped UTF-8) to `out`. Never appends on a fault.
    virtual Status mask(const Masking& how, std::string_view value, std::string& out) = 0;
    virtual Status seal(const Cell& cell, const Sealing& sealing, std::string_view value, std::string& out) = 0;
    /// JSONPaths of which a place must know the subject.
    virtual std::span<const JsonPath> subjects() const { return {}; }
    /// JSONPaths with filters of which a place must know whether it stands in what they select.
    virtual std::span<const JsonPath* const> filtered_choices() const { return {}; }
};

/// Opens what comes home sealed. Implemented in seal/, which judges each opening as a crossing to the reader.
class Unsealer {
  public:
    virtual ~Unsealer() = default;
    /// Appends the plaintext of `token` to `out` and tells its content type, if the reader may have it in clear. False,
    /// and nothing appended, if it stays sealed: not ours, damaged, for someone else, or not lawful.
    virtual Result<bool> open(std::string_view token, std::string& out, std::string& content_type) = 0;
};

/// Borrowed by the transforms of one crossing; outlives them.
struct Treatment {
    const Judgement* judgement = nullptr;
    const Scanner* scanner = nullptr;   ///< null: no detection, only declared fields
    Analyses* analyses = nullptr;       ///< what external analysers say beside the scanner; null: they are not asked
    Treater* treater = nullptr;
    Findings* findings = nullptr;
    Unsealer* unsealer = nullptr;       ///< set on an answer to a source that may have sealed values opened
    const Policy* policy = nullptr;
    /// Signed blocks are of another than who is sent the message: they are opaque.
    bool signed_elsewhere = false;
    /// Classify only: findings are filled, the output is the input, and no class refuses.
    bool observe = false;
};

}  // namespace bordergate
