// A judgement: the cells of every class a message could carry, for every candidate destination, and the
// plan that follows. Made at the head, and again when a held body has been classified.
#pragma once

#include <optional>
#include <span>

#include "config/policy.hpp"

namespace bordergate {

/// The forms a destination can use, as a set over Form.
using FormSet = std::uint8_t;
constexpr FormSet bit(Form form) { return static_cast<FormSet>(1U << static_cast<unsigned>(form)); }
constexpr FormSet every_form = 0x0f;

/// One destination that could receive the message.
struct Candidate {
    const Standing* to = nullptr;
    FormSet accepts = bit(Form::clear) | bit(Form::mask);
};

/// Every class refused. Not known to the compiler, so that it is copied as a whole, which costs less than making each
/// cell.
extern const Policy::Cells unjudged;

/// Cells by class for one candidate, and the classes sorted by what may become of them.
struct Judgement {
    Policy::Cells cells = unjudged;  ///< of classes that were not judged: refuse
    ClassSet clear, masked, sealed, refused;

    /// Fills the four sets anew from the cells of `classes`.
    void sort(ClassSet classes);

    /// The cell of a field that has several classes: the lowest form among them. No class: refuse.
    const Cell& lowest(ClassSet classes) const;
    /// The strictest cell among `classes` that says why not everything went in clear; for the record.
    const Cell& deciding(ClassSet classes) const { return lowest(classes); }
};

/// Whether what is masked may be said again in arguments of tools: every rule that masks says so.
bool restores_arguments(const Policy& policy, const Judgement& judgement);

/// Judges every class in `could` towards one candidate. A form that the candidate does not accept is
/// lowered to `refuse` (what it may have but cannot use is not sent).
Judgement judge_all(const Policy& policy, const Crossing& crossing, const Candidate& candidate, ClassSet could);

/// The plan for a message that could carry `could`: pass if all may go in clear, hold if some class is
/// refused (or `moves`: a field of the body chooses among candidates that differ), else rewrite.
/// With OnRefuse::cut on every refused class the plan is rewrite, and the message is cut where it shows.
/// A class that was not judged counts as refused, and so does an empty `could`.
Plan plan_for(const Judgement& judgement, ClassSet could, bool moves);

/// The first candidate for which no class of `certain` ends at refuse; nothing if none remains.
/// `certain` is what the message is known to carry: at the head the declared classes, after
/// classification what was found.
std::optional<std::size_t> first_lawful(const Policy& policy, const Crossing& crossing,
                                        std::span<const Candidate> candidates, ClassSet certain);

}  // namespace bordergate
