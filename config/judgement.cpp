#include "config/judgement.hpp"

namespace bordergate {

namespace {

// True if of two cells of one form `b` is the one that a field of both classes must follow.
bool binds_more(const Cell& b, const Cell& a) {
    if (a.form != b.form) return b.form < a.form;
    switch (a.form) {
        case Form::mask: return strictness(b.with) > strictness(a.with);
        case Form::seal: return a.key_rule == no_rule && b.key_rule != no_rule;
        case Form::refuse: return b.on_refuse == OnRefuse::hold && a.on_refuse == OnRefuse::cut;
        case Form::clear: return false;
    }
    return false;
}

}  // namespace

constinit const Policy::Cells unjudged{};

const Cell& Judgement::lowest(ClassSet classes) const {
    static const Cell nothing_known;
    const Cell* lowest = nullptr;
    classes.each([&](ClassId id) {
        const Cell& cell = cells[static_cast<unsigned>(id)];
        if (lowest == nullptr || binds_more(cell, *lowest)) lowest = &cell;
    });
    return lowest == nullptr ? nothing_known : *lowest;
}

void Judgement::sort(ClassSet classes) {
    clear = masked = sealed = refused = {};
    classes.each([&](ClassId id) {
        switch (cells[static_cast<unsigned>(id)].form) {
            case Form::clear: clear.add(id); break;
            case Form::mask: masked.add(id); break;
            case Form::seal: sealed.add(id); break;
            case Form::refuse: refused.add(id); break;
        }
    });
}

bool restores_arguments(const Policy& policy, const Judgement& judgement) {
    bool all = !judgement.masked.empty();
    judgement.masked.each([&](ClassId id) {
        const auto rule = judgement.cells[static_cast<unsigned>(id)].rule;
        all = all && rule != no_rule && policy.rule(rule).restore_arguments;
    });
    return all;
}

Judgement judge_all(const Policy& policy, const Crossing& crossing, const Candidate& candidate,
                    ClassSet could) {
    Judgement judgement;
    if (candidate.to == nullptr) {
        judgement.refused = could;
        return judgement;
    }
    policy.judge(crossing, *candidate.to, could, judgement.cells);
    could.each([&](ClassId id) {
        Cell& cell = judgement.cells[static_cast<unsigned>(id)];
        if (cell.form != Form::refuse && (candidate.accepts & bit(cell.form)) == 0) {
            cell.form = Form::refuse;
            cell.not_accepted = true;
        }
    });
    judgement.sort(could);
    return judgement;
}

Plan plan_for(const Judgement& judgement, ClassSet could, bool moves) {
    if (moves || could.empty()) return Plan::hold;
    if (judgement.clear.covers(could)) return Plan::pass;
    const ClassSet refused = could - judgement.clear - judgement.masked - judgement.sealed;
    bool hold = false;
    refused.each([&](ClassId id) {
        hold |= judgement.cells[static_cast<unsigned>(id)].on_refuse == OnRefuse::hold;
    });
    return hold ? Plan::hold : Plan::rewrite;
}

std::optional<std::size_t> first_lawful(const Policy& policy, const Crossing& crossing,
                                        std::span<const Candidate> candidates, ClassSet certain) {
    for (std::size_t i = 0; i < candidates.size(); ++i)
        if (candidates[i].to != nullptr &&
            judge_all(policy, crossing, candidates[i], certain).refused.empty())
            return i;
    return std::nullopt;
}

}  // namespace bordergate
