// The one function that judges a crossing, for one class or for many at once:
//
//     form = min over the laws of ( clear at home, else max over the permits matching that law, else refuse )
//            then min over the matching limits
//
// A set of classes is one word, so each rule is looked at once for all classes that it still can decide.
#include <algorithm>

#include "config/policy.hpp"

namespace bordergate {

namespace {

// A set of places to be compared with many regions. Nearly always it is one place, and then both
// questions are one bit.
class Spot {
  public:
    explicit Spot(const Places& places) : places_(places), only_(places.only()) {}
    bool inside(const Places& region) const {
        return only_ ? region.has(*only_) : region.covers(places_);
    }
    bool meets(const Places& region) const {
        return only_ ? region.has(*only_) : region.meets(places_);
    }

  private:
    Places places_;
    std::optional<std::size_t> only_;
};

// The places whose law binds a party that the source's own standing does not name already: a limit on
// operators is about those to whom something new is disclosed.
Places newly_disclosed(const Standing* from, const Standing& to) {
    Places law;
    for (const auto& party : to.operators) {
        Places added = party.law;
        if (from != nullptr && from->operator_known && !party.name.empty())
            for (const auto& known : from->operators)
                if (known.name == party.name) added = added - known.law;
        law |= added;
    }
    return law;
}

// The places whose law binds any party.
Places disclosed(const Standing& to) {
    Places law;
    for (const auto& party : to.operators) law |= party.law;
    return law;
}

// Where the data may stand, under any of its laws.
Places origin(const Crossing& crossing, const Places& everywhere) {
    if (crossing.laws.empty()) return everywhere;
    Places from;
    for (const auto& law : crossing.laws) from |= law.place.empty() ? everywhere : law.place;
    return from;
}

}  // namespace

// A permit relies on what is known, a limit fears what is possible.
struct Policy::View {
    View(const Crossing& seen, const Standing& to, const Places& everywhere)
        : crossing(seen),
          location_known(to.knows_location()),
          operator_known(to.knows_operator()),
          location(location_known ? to.location : everywhere),
          operators(disclosed(to)),
          newly(operator_known ? newly_disclosed(seen.from, to) : everywhere),
          from(origin(seen, everywhere)),
          purposes(seen.purposes == 0 ? all_purposes : seen.purposes) {}

    bool in_force(const Sieve& rule) const {
        return rule.valid_from <= crossing.instant && crossing.instant < rule.valid_to;
    }
    bool permitted(const Sieve& permit) const {
        if ((purposes & ~permit.purposes) != 0 || !in_force(permit)) return false;
        if (permit.anywhere) return true;
        return location_known && operator_known &&
               (!permit.names_location || location.inside(permit.location)) &&
               (!permit.names_operator || operators.inside(permit.operator_law));
    }
    bool limited(const Sieve& limit) const {
        if ((purposes & limit.purposes) == 0 || !in_force(limit) || !from.meets(limit.from))
            return false;
        return limit.anywhere || (limit.names_location && location.meets(limit.location)) ||
               (limit.names_operator && newly.meets(limit.operator_law));
    }
    // The classes a limit binds here: `opaque` answers for all that the source may carry.
    ClassSet bound(const Sieve& limit) const {
        ClassSet data = limit.data;
        const ClassSet carried = crossing.may_carry;
        if (carried.empty() ? !data.empty() : limit.answers_for.meets(carried))
            data.add(ClassTree::opaque);
        return data;
    }
    // The first law under which a limit that matches does so.
    LawIndex law_of(const Sieve& limit) const {
        for (const auto& law : crossing.laws)
            if (law.place.empty() || limit.from.meets(law.place)) return law.law;
        return no_law;
    }

    const Crossing& crossing;
    bool location_known, operator_known;
    Spot location, operators, newly, from;
    PurposeSet purposes;
};

// Trivial, so that the table of them costs only what is judged.
struct Policy::Finding {
    Form form;
    OnRefuse on_refuse;
    RuleIndex rule;
    RuleIndex with;  // the rule whose operator masks
    RuleIndex key;   // the rule whose key seals
    LawIndex law;
    int hides;       // strictness of that operator; negative: none is named
    std::uint64_t refined;  // tables that choose by entity and path

    static constexpr Finding nothing_against() {
        return {Form::clear, OnRefuse::hold, no_rule, no_rule, no_rule, no_law, -1, 0};
    }
    // `rule` decides from now on.
    void decide(const Sieve& by, LawIndex under) {
        form = by.form;
        rule = by.rule;
        law = under;
        with = key = no_rule;
        hides = -1;
        refined = 0;
        join(by);
    }
    // `also` yields the form that stands already: the strictest operator wins, and one key.
    void join(const Sieve& also) {
        refined |= also.refined;
        if (also.refined == 0 && also.hides > hides) {
            hides = also.hides;
            with = also.rule;
        }
        if (also.has_key && key == no_rule) key = also.rule;
    }
    void refuse(LawIndex under, OnRefuse how) {
        *this = nothing_against();
        form = Form::refuse;
        law = under;
        on_refuse = how;
    }
};

// One finding for each class that is judged: one alone, or one at the place of each.
class Policy::Findings {
  public:
    explicit Findings(Finding& only) : first_(&only), step_(0) {}
    explicit Findings(std::array<Finding, ClassTree::capacity>& all) : first_(all.data()), step_(1) {}
    Finding& operator[](ClassId id) const { return first_[step_ * static_cast<unsigned>(id)]; }

  private:
    Finding* first_;
    unsigned step_;
};

bool Policy::home(const View& view, const BindingLaw& law) const {
    if (law.law >= atlas_->laws().size() || law.place.empty()) return false;
    const Places& territory = atlas_->laws()[law.law].territory;
    return view.location_known && view.operator_known && view.location.inside(territory) &&
           view.operators.inside(territory);
}

// What one law grants, merged into what the laws before it left.
void Policy::grant(const View& view, const BindingLaw& law, ClassSet could, const Order& permits,
                   Findings findings) const {
    ClassSet open = could;  // no permit found yet
    ClassSet at;            // found, at the form of the permits being looked at
    const bool may_match = law.law != no_law && !law.place.empty();
    const Spot place(law.place);
    Form form = Form::clear;
    for (const auto position : permits) {
        if (!may_match) break;
        const Sieve& permit = permits_[position];
        if (permit.form != form) {
            form = permit.form;
            at = {};
        }
        if (open.empty() && (at.empty() || form == Form::clear)) break;
        const ClassSet hit = permit.data & (open | at);
        if (hit.empty() || !place.inside(permit.from) || !view.permitted(permit)) continue;
        hit.each([&](ClassId id) {
            auto& finding = findings[id];
            if (form < finding.form || (form == finding.form && finding.rule == no_rule))
                finding.decide(permit, law.law);
            else if (form == finding.form)
                finding.join(permit);
        });
        at |= hit;
        open = open - hit;
    }
    open.each([&](ClassId id) {
        auto& finding = findings[id];
        if (finding.form != Form::refuse) finding.refuse(law.law, view.crossing.on_refuse);
    });
}

void Policy::bind(const View& view, ClassSet could, const Order& limits, Findings findings) const {
    ClassSet open = could;  // no limit found yet
    ClassSet at;            // found, at the form of the limits being looked at
    Form form = Form::refuse;
    for (const auto position : limits) {
        const Sieve& limit = limits_[position];
        if (limit.form != form) {
            form = limit.form;
            at = {};
        }
        if (open.empty() && at.empty()) break;
        const ClassSet hit = view.bound(limit) & (open | at);
        if (hit.empty() || !view.limited(limit)) continue;
        const OnRefuse how = limit.on_refuse.value_or(view.crossing.on_refuse);
        hit.each([&](ClassId id) {
            auto& finding = findings[id];
            // A limit that refuses says more than the absence of a permit.
            if (form < finding.form || (form == Form::refuse && finding.rule == no_rule)) {
                finding.decide(limit, view.law_of(limit));
                finding.on_refuse = how;
            } else if (form == finding.form) {
                finding.join(limit);
                if (how == OnRefuse::hold) finding.on_refuse = how;
            }
        });
        at |= hit;
        open = open - hit;
    }
}

// Fills the findings of all in `could`. True if every law that needs a permit is at home there.
bool Policy::weigh(const View& view, ClassSet could, const Order& permits, const Order& limits,
                   Findings findings) const {
    could.each([&](ClassId id) { findings[id] = Finding::nothing_against(); });
    bool judged = false, at_home = true;
    for (const auto& law : view.crossing.laws) {
        if (law.limits_only || view.crossing.limits_alone) continue;
        judged = true;
        if (!home(view, law)) {
            at_home = false;
            grant(view, law, could, permits, findings);
            continue;
        }
        could.each([&](ClassId id) {
            auto& finding = findings[id];
            if (finding.law == no_law && finding.form == Form::clear) finding.law = law.law;
        });
    }
    if (!judged && !view.crossing.limits_alone)
        could.each([&](ClassId id) { findings[id].refuse(no_law, view.crossing.on_refuse); });
    bind(view, could, limits, findings);
    return judged && at_home;
}

// The operator: the strictest of those named for everything; beside it the tables that choose.
void Policy::mask_of(const Finding& finding, Cell& cell) const {
    cell.refined = finding.refined;
    cell.with_counts = finding.with != no_rule || finding.refined == 0;
    if (finding.with != no_rule) cell.with = *rules_[finding.with].with;
    if (cell.with_counts) return;
    const MaskSpec* strictest = nullptr;
    for (std::size_t i = 0; i < refinements_.size(); ++i) {
        if ((finding.refined >> i & 1) == 0) continue;
        const MaskSpec& with = *rules_[refinements_[i]].with;
        if (strictest == nullptr || strictness(with) > strictness(*strictest)) strictest = &with;
    }
    cell.with = *strictest;
}

Cell Policy::cell_of(const View& view, const Finding& finding, bool at_home) const {
    Cell cell;
    cell.form = finding.form;
    cell.rule = finding.rule;
    cell.law = finding.law;
    cell.at_home = at_home;
    if (finding.form == Form::mask) mask_of(finding, cell);
    if (finding.form == Form::seal) cell.key_rule = finding.key;
    cell.on_refuse = finding.form == Form::refuse ? finding.on_refuse : view.crossing.on_refuse;
    return cell;
}

void Policy::judge(const Crossing& crossing, const Standing& to, ClassSet could, Cells& cells) const {
    if (atlas_ == nullptr) {
        could.each([&](ClassId id) { cells[static_cast<unsigned>(id)] = Cell{}; });
        return;
    }
    const View view(crossing, to, atlas_->everywhere());
    std::array<Finding, ClassTree::capacity> table;
    const Findings findings(table);
    const bool at_home = weigh(view, could, all_permits_, all_limits_, findings);
    could.each([&](ClassId id) {
        cells[static_cast<unsigned>(id)] = cell_of(view, findings[id], at_home);
    });
}

Cell Policy::judge(const Crossing& crossing, const Standing& to, ClassId data) const {
    if (atlas_ == nullptr) return {};
    const View view(crossing, to, atlas_->everywhere());
    const auto index = static_cast<unsigned>(data);
    Finding finding;
    const bool at_home =
        weigh(view, ClassSet{data}, permits_of_[index], limits_of_[index], Findings(finding));
    return cell_of(view, finding, at_home);
}

Cell Policy::judge(const Crossing& crossing, std::span<const Standing* const> to, ClassId data) const {
    if (to.empty()) return {};
    std::optional<Cell> lowest;
    for (const Standing* standing : to) {
        const Cell cell = standing == nullptr ? Cell{} : judge(crossing, *standing, data);
        lowest = lowest ? lower_of(*lowest, cell) : cell;
    }
    return *lowest;
}

Cell lower_of(const Cell& a, const Cell& b) {
    Cell lower = b.form < a.form ? b : a;
    lower.at_home = a.at_home && b.at_home;
    if (a.form != b.form) return lower;
    if (a.form == Form::mask) {
        lower.refined = a.refined | b.refined;
        lower.with_counts = a.with_counts || b.with_counts;
        const bool both = a.with_counts == b.with_counts;
        lower.with = both ? (strictness(b.with) > strictness(a.with) ? b.with : a.with) : (a.with_counts ? a.with : b.with);
    }
    if (a.form == Form::seal && a.key_rule == no_rule) lower.key_rule = b.key_rule;
    if (a.form == Form::refuse && b.on_refuse == OnRefuse::hold) lower.on_refuse = OnRefuse::hold;
    return lower;
}

}  // namespace bordergate
