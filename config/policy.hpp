// The policy: permits and limits compiled to tables, and the one function that judges a crossing.
// Order of rules never matters; each law judges alone and the strictest wins (design, section 2).
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/class_tree.hpp"
#include "config/jurisdiction.hpp"
#include "config/mask_spec.hpp"
#include "config/standing.hpp"

namespace bordergate {

/// How much a crossing may disclose, from nothing to everything. The order is the policy's order.
enum class Form : std::uint8_t { refuse, seal, mask, clear };

/// How a body is handled, decided at the head (design, section 3).
enum class Plan : std::uint8_t { pass, rewrite, hold };

/// What to do with a body in which something refused turns up after bytes may already have left.
enum class OnRefuse : std::uint8_t { hold, cut };

std::string_view to_string(Form form);
std::string_view to_string(Plan plan);

/// What a source wants the data for. A set of these travels with a crossing.
enum class Purpose : std::uint8_t { inference, training, fine_tuning, retrieval, evaluation };
using PurposeSet = std::uint8_t;
constexpr PurposeSet all_purposes = 0x1f;
/// By Purpose: the words of the configuration, of requests and of records.
inline constexpr std::array<std::string_view, 5> purpose_names{"inference", "training", "fine_tuning", "retrieval", "evaluation"};
/// The purpose that a word names.
std::optional<Purpose> find_purpose(std::string_view word);
constexpr PurposeSet bit(Purpose purpose) { return static_cast<PurposeSet>(1U << static_cast<unsigned>(purpose)); }

using RuleIndex = std::uint16_t;
constexpr RuleIndex no_rule = std::numeric_limits<RuleIndex>::max();
constexpr LawIndex no_law = std::numeric_limits<LawIndex>::max();

/// The `to:` of a rule, resolved. An axis that a rule does not name is `everywhere`, yet must be known.
struct Target {
    Region location;
    Region operator_law;
    bool names_location = true;
    bool names_operator = true;
    bool anywhere = false;  ///< matches an unknown axis too, and only for `plain`
};

/// One rule as the operator wrote it, resolved against atlas and class tree.
struct Rule {
    std::string id;
    bool permit = false;  ///< a permit; otherwise a limit
    Form form = Form::refuse;
    ClassSet data;        ///< classes bound (limit) or reached (permit), closure already taken
    ClassSet named;       ///< classes as written
    Region from;          ///< where the data stands
    Target to;
    PurposeSet purposes = all_purposes;
    std::optional<MaskSpec> with;   ///< the operator that masks
    std::shared_ptr<const MaskTable> masks;  ///< its parameters, and other operators for entities and paths; null: there are none
    bool restore_arguments = false; ///< labels are restored in arguments of tools too, which act by themselves
    std::optional<std::string> key; ///< the jurisdiction whose key seals
    std::optional<OnRefuse> on_refuse;
    std::vector<std::string> cite;
    std::int64_t valid_from = std::numeric_limits<std::int64_t>::min();  ///< seconds since the epoch
    std::int64_t valid_to = std::numeric_limits<std::int64_t>::max();    ///< the first second after it
    int line = 0;  ///< in the configuration file

    /// True if `test(MaskSpec)` holds for the operator that masks, or one of those for entities and paths.
    template <class Test>
    bool any_mask(Test&& test) const {
        if (test(with.value_or(MaskSpec{}))) return true;
        if (!masks) return false;
        return std::any_of(masks->entities.begin(), masks->entities.end(), [&](const auto& one) { return test(one.second); }) ||
               std::any_of(masks->paths.begin(), masks->paths.end(), [&](const auto& one) { return test(one.with); });
    }
};

/// A law as it binds data at a place. `limits_only`: it brings limits but needs no permit (the law of
/// the source's operator, or one that content points to).
struct BindingLaw {
    LawIndex law = no_law;  ///< no_law: a law we do not know, which has no permit
    Places place;  ///< where the data stands under it; empty: not known, hence anywhere
    bool limits_only = false;
};

/// One message in one direction, as far as it is known: every member is the set of what could be.
struct Crossing {
    std::span<const BindingLaw> laws;     ///< empty: not known, hence no permit and every limit
    const Standing* from = nullptr;
    ClassSet may_carry;                   ///< what the source may carry; `opaque` answers for all of it, and
                                          ///< for every class if this is empty
    PurposeSet purposes = all_purposes;   ///< permits must hold for all, limits for any; 0 means all
    bool limits_alone = false;            ///< the answer to an inference call at a declared model
    std::int64_t instant = 0;             ///< seconds since the epoch
    OnRefuse on_refuse = OnRefuse::hold;  ///< where no rule says; streamed responses: cut
};

/// The verdict on one class towards one destination: the form, what caused it, and how to reach it.
struct Cell {
    Form form = Form::refuse;
    RuleIndex rule = no_rule;  ///< the permit or limit that decided; no_rule: at home, or no permit
    LawIndex law = no_law;     ///< the law under which it was decided
    bool at_home = false;      ///< to every law that needs a permit; a limit may lower the form even so
    MaskSpec with;                        ///< meaningful when form == mask
    std::uint64_t refined = 0;            ///< tables that choose by entity and path too, of Policy::refinements(); a bit each
    bool with_counts = true;              ///< false: `with` is only what those tables leave for everything else
    RuleIndex key_rule = no_rule;         ///< the rule whose `key:` seals; no_rule: the source's own
    OnRefuse on_refuse = OnRefuse::hold;  ///< meaningful when form == refuse
    bool not_accepted = false;            ///< lowered to refuse: the destination cannot use the form
};

/// The lower of two cells that both bind; of equals, what hides more and holds longer, and `a` otherwise.
Cell lower_of(const Cell& a, const Cell& b);

/// Where the data of one class could go, and how much of it may be disclosed there.
class Policy {
  public:
    using Cells = std::array<Cell, ClassTree::capacity>;  ///< by class

    /// Judges nothing but `refuse`.
    Policy() = default;
    /// `atlas` and `classes` must outlive the policy. Throws std::length_error beyond 65,535 rules.
    Policy(const Atlas& atlas, const ClassTree& classes, std::vector<Rule> rules);

    /// Judges one class of a crossing towards one standing. Total, pure, allocation-free.
    /// `opaque` in the crossing is bound by every limit on a class in `may_carry`.
    Cell judge(const Crossing& crossing, const Standing& to, ClassId data) const;

    /// The lowest cell over several standings that the body might still choose among: permits must cover
    /// them all, limits any of them.
    Cell judge(const Crossing& crossing, std::span<const Standing* const> to, ClassId data) const;

    /// Judges every class in `could` at once, into its place in `cells`; the others are left alone.
    void judge(const Crossing& crossing, const Standing& to, ClassSet could, Cells& cells) const;

    const Rule& rule(RuleIndex index) const { return rules_[index]; }
    std::span<const Rule> rules() const { return rules_; }
    /// The rules whose `with:` names other operators for entities or paths, one for each such table; at most
    /// most_refinements.
    std::span<const RuleIndex> refinements() const { return refinements_; }
    static constexpr std::size_t most_refinements = 64;
    /// True if `test(MaskSpec)` holds for an operator that could mask a value under `cell`.
    template <class Test>
    bool any_mask(const Cell& cell, Test&& test) const;
    const Atlas& atlas() const { return *atlas_; }
    const ClassTree& classes() const { return *classes_; }

  private:
    // A rule packed for matching: of its three-valued regions only the side that its verb may use.
    struct Sieve {
        Sieve(const Rule& rule, RuleIndex index);

        ClassSet data;
        ClassSet answers_for;  // limits: these and their ancestors; `opaque` from a source of one is bound
        Form form;
        PurposeSet purposes;
        bool names_location, names_operator, anywhere, has_key;
        RuleIndex rule;
        int hides;  // strictness of `with`; negative: the rule names no operator
        std::uint64_t refined = 0;  // the bit of its table, if that chooses by entity or path
        std::optional<OnRefuse> on_refuse;
        std::int64_t valid_from, valid_to;
        Places from, location, operator_law;
    };
    struct View;     // a crossing and a standing as rules look at them
    struct Finding;  // what has been found out about one class so far
    class Findings;
    using Order = std::vector<RuleIndex>;  // positions in a table of sieves, ascending
    using ByClass = std::array<Order, ClassTree::capacity>;

    static std::vector<Sieve> table(const std::vector<Rule>& rules, bool permits);
    void refine(std::vector<Sieve>& table);
    static void list(const std::vector<Sieve>& table, Order& all, ByClass& of);
    bool weigh(const View& view, ClassSet could, const Order& permits, const Order& limits,
               Findings findings) const;
    void grant(const View& view, const BindingLaw& law, ClassSet could, const Order& permits,
               Findings findings) const;
    void bind(const View& view, ClassSet could, const Order& limits, Findings findings) const;
    bool home(const View& view, const BindingLaw& law) const;
    void mask_of(const Finding& finding, Cell& cell) const;
    Cell cell_of(const View& view, const Finding& finding, bool at_home) const;

    const Atlas* atlas_ = nullptr;
    const ClassTree* classes_ = nullptr;
    std::vector<Rule> rules_;
    std::vector<RuleIndex> refinements_;
    // Permits from the greatest form down, limits from the lowest up, then by id: so the first that
    // matches decides, whatever the order in which the rules were written.
    std::vector<Sieve> permits_, limits_;
    Order all_permits_, all_limits_;
    ByClass permits_of_, limits_of_;
};

template <class Test>
bool Policy::any_mask(const Cell& cell, Test&& test) const {
    if (cell.with_counts && test(cell.with)) return true;
    for (std::size_t i = 0; i < refinements_.size(); ++i) {
        if ((cell.refined >> i & 1) == 0) continue;
        if (rules_[refinements_[i]].any_mask(test)) return true;
    }
    return false;
}

/// Two rules that can meet in one crossing and say different things about how: masks of which neither
/// hides more, or two keys. The loader makes an error of each.
struct RuleConflict {
    RuleIndex a = no_rule;
    RuleIndex b = no_rule;
    std::string what;  ///< one sentence
};
std::vector<RuleConflict> conflicts(const Policy& policy);
/// Whether there is a crossing in which both rules decide the form of one class.
bool can_meet(const Rule& a, const Rule& b);
/// Whether the two differ and neither hides more.
inline bool incomparable(const MaskSpec& a, const MaskSpec& b) { return a != b && strictness(a) == strictness(b); }

}  // namespace bordergate
