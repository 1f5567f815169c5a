// The checkpoint: everything about one exchange that is judged, in one place and without I/O. It knows
// who sends, who could receive and what was found; it answers with a ruling or a fault.
#pragma once

#include <span>
#include <vector>

#include "config/settings.hpp"
#include "filters/body/body_filter.hpp"
#include "filters/dialect/dialect.hpp"
#include "filters/fault.hpp"
#include "filters/findings.hpp"

namespace bordergate {

/// What may be done with a message, and for whom.
struct Ruling {
    const Destination* destination = nullptr;  ///< null while a held body may still choose
    const Destination* asked = nullptr;        ///< differs from `destination` if rerouted
    Plan plan = Plan::hold;
    Judgement judgement;
    ClassSet classes;  ///< what the message is known, or could still turn out, to carry
    Fault reroute;     ///< why it may not go where it was asked to go; empty unless rerouted
    bool rerouted() const { return destination && asked != destination; }
};

/// What the head tells of the body.
struct BodyOutlook {
    BodyKind kind = BodyKind::none;
    bool stream = false;  ///< messages that are judged as they come, each by itself: their sender may wait for answers
    bool present() const { return kind != BodyKind::none; }
};

struct RulingQuestion;

class Checkpoint {
  public:
    /// All arguments are borrowed for the checkpoint's life. `candidates` in order of preference, not empty.
    /// `detectable`: every class the active recognisers can yield. `purposes`: what the request can be for, a part of
    /// the source's and not empty.
    Checkpoint(const Snapshot& snapshot, const Source& source, const Route* route,
               std::vector<const Destination*> candidates, ClassSet detectable, const DialectEndpoint* endpoint,
               std::int64_t instant, PurposeSet purposes);

    /// Rules at the head, given what was found in the head itself. A ruling with plan `hold` names no
    /// destination; read the body, classify it, and ask after_reading().
    Result<Ruling> at_head(const Findings& head, BodyOutlook body);
    /// Rules when all of the message is known.
    Result<Ruling> after_reading(const Findings& message) const;
    /// Judges the answer's way home from `destination`: to the source and to this node, the lower of both.
    /// `plain_fetch`: the request had no body and was plain. Fault response_refused if not even what holds
    /// nothing may come home.
    Result<Ruling> response(const Destination& destination, bool plain_fetch) const;
    /// Who has signed the blocks that the message brings back, as far as can be told: the one it was first sent to (the
    /// first candidate, if this is not said). To all others they are opaque.
    void presume_issuer(const Destination* issuer) { issuer_ = issuer; }
    PurposeSet purposes() const { return purposes_; }
    ClassSet detectable() const { return detectable_; }
    const ClassTree& classes() const { return snapshot_.classes; }

    /// What every message of this source on this route is, as a whole.
    ClassSet declared() const { return declared_; }
    /// True if the crossing to `destination` leaves the source's standing.
    bool leaves_standing(const Destination& destination) const;

    /// What could become of each of `classes` at `destination`, after at_head().
    Judgement judge(const Destination& destination, ClassSet classes) const;
    /// What the body is as a whole, after at_head().
    ClassSet whole() const { return whole_; }

  private:
    RulingQuestion question() const;
    Result<Ruling> judge_head(ClassSet found, BodyOutlook body) const;
    Result<Ruling> judge_response(const Destination& destination, bool plain_fetch) const;
    Crossing request_crossing() const;
    Fault refusal(const Destination& destination, ClassSet classes) const;
    bool body_chooses() const;
    Result<Ruling> choose(std::span<const Destination* const> candidates, ClassSet certain, bool signed_blocks = false) const;

    const Snapshot& snapshot_;
    const Source& source_;
    const Route* route_;
    std::vector<const Destination*> candidates_;
    const Destination* issuer_;
    ClassSet declared_, field_classes_, detectable_;
    bool stream_ = false;  ///< the body is one
    ClassSet whole_;  ///< what the body is as a whole, known at the head
    const DialectEndpoint* endpoint_;
    PurposeSet purposes_;
    std::int64_t instant_;
};

/// True for a request without a body in which nothing was found: what a public host answers to it stands under limits alone.
bool is_plain_fetch(const Findings& request, BodyOutlook body);

/// True if `destination` serves `model`: any, or one that its globs match.
bool serves_model(const Destination& destination, std::string_view model);

/// True if `model` matches `glob` (`*` stands for any run of characters).
bool matches_glob(std::string_view glob, std::string_view model);

}  // namespace bordergate
