// A small world for filter tests: a policy in which contact is masked, account refused, health sealed, the rest clear;
// and a treater whose work is easy to read.
#pragma once

#include "config/policy.hpp"
#include "filters/treatment.hpp"
#include "filters/transform.hpp"

namespace bordergate::testing {

/// Masks to `<ENTITY>` and seals to `{classes}`; counts what it did.
class PlainTreater final : public Treater {
  public:
    Status mask(const Masking& how, std::string_view, std::string& out) override {
        out.append("<").append(how.entity).append(">");
        return {};
    }
    Status seal(const Cell&, const Sealing& sealing, std::string_view, std::string& out) override {
        out.append("{").append(sealing.classes).append("}");
        return {};
    }
};

struct World {
    World() : classes(builtin_classes()), policy(Atlas::builtin(), classes, {}), scanner(recognisers(classes)) {
        for (std::size_t i = 0; i < classes.size(); ++i) judgement.cells[i].form = Form::clear;
        cell("contact").form = Form::mask;
        cell("account").form = Form::refuse;
        cell("health").form = Form::seal;
        cell("opaque").form = Form::refuse;
        judgement.sort(classes.all());
        treatment.judgement = &judgement;
        treatment.scanner = &scanner;
        treatment.treater = &treater;
        treatment.findings = &findings;
        treatment.policy = &policy;
    }
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    Cell& cell(std::string_view name) { return judgement.cells[static_cast<unsigned>(*classes.find(name))]; }
    static std::vector<Recogniser> recognisers(const ClassTree& classes) {
        std::vector<Recogniser> active;
        for (const auto& one : builtin_recognisers())
            if (one.enabled) active.push_back({one, *classes.find(one.data)});
        return active;
    }

    ClassTree classes;
    Policy policy;
    Scanner scanner;
    Judgement judgement;
    PlainTreater treater;
    Findings findings;
    Treatment treatment;
};

/// What a transform makes of `in` when it is fed in pieces of `size` bytes; `!code` if it faults.
inline std::string transformed(Transform& transform, std::string_view in, std::size_t size) {
    std::string out;
    while (!in.empty()) {
        const auto piece = in.substr(0, size);
        in.remove_prefix(piece.size());
        const Status fed = transform.feed(piece, out);
        if (fed.has_error()) return "!" + std::string(info(fed.error().code).name);
    }
    const Status finished = transform.finish(out);
    return finished.has_error() ? "!" + std::string(info(finished.error().code).name) : out;
}

}  // namespace bordergate::testing
