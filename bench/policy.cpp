// What a policy decision costs: one class to one destination, and a whole crossing (30 classes, 10
// candidates), with 100 rules. Prints nanoseconds per decision and microseconds per crossing.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "config/binding.hpp"
#include "config/judgement.hpp"

namespace {

using namespace bordergate;

struct World {
    const Atlas& atlas = Atlas::builtin();
    ClassTree classes = builtin_classes();
    std::vector<ClassId> ids;
    std::vector<Standing> standings;
    std::vector<Candidate> candidates;
    Policy policy;
    Standing source;
    std::vector<BindingLaw> laws;
    Crossing crossing;

    World() {
        while (classes.size() < 30)
            classes.add("own" + std::to_string(classes.size()), std::nullopt, false);
        classes.all().each([&](ClassId id) { ids.push_back(id); });
        for (const auto* code : {"US", "GB", "JP", "CH", "CA", "BR", "IN", "SG", "FR", "DE"})
            standings.push_back(standing(code, code));
        for (auto& to : standings) candidates.push_back({&to});
        policy = Policy(atlas, classes, rules());
        source = standing("DE", "hospital");
        laws = binding_laws(atlas, source);
        crossing.laws = laws;
        crossing.from = &source;
        crossing.may_carry = classes.all();
        crossing.instant = atlas.as_of();
    }

    Standing standing(std::string_view code, std::string name) const {
        const Places places = atlas.find(code)->sure;
        return {places, true, {{std::move(name), places}}, true};
    }

    // 60 permits and 40 limits on personal data and its children, from and to places that meet often.
    std::vector<Rule> rules() const {
        const std::array from{"EEA", "EU", "DE", "EEA"};
        const std::array to{"US", "GB", "JP", "EU-ADEQUATE", "IN", "SG", "BR", "CA"};
        std::vector<Rule> rules;
        for (unsigned i = 0; i < 100; ++i) {
            Rule rule;
            rule.id = "rule-" + std::to_string(i);
            rule.permit = i % 5 < 3;
            rule.form = static_cast<Form>(1 + i % 3);
            const ClassId data = ids[(i * 7) % ids.size()];
            rule.data = rule.permit ? classes.reached_by(data) : classes.bound_by(data);
            rule.from = *atlas.find(from[i % from.size()]);
            const Region target = *atlas.find(to[i % to.size()]);
            rule.to.location = rule.to.operator_law = rule.permit ? target : atlas.complement(target);
            rules.push_back(rule);
        }
        return rules;
    }
};

/// Median nanoseconds of one call of `work`, over 9 runs of `calls` calls.
template <class Work>
double nanoseconds(int calls, Work&& work) {
    std::array<double, 9> runs{};
    for (auto& run : runs) {
        const auto start = std::chrono::steady_clock::now();
        for (int i = 0; i < calls; ++i) work(static_cast<std::size_t>(i));
        run = std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - start).count() / calls;
    }
    std::sort(runs.begin(), runs.end());
    return runs[runs.size() / 2];
}

}  // namespace

int main() {
    World world;
    std::uint64_t sum = 0;  // keeps the compiler from dropping the work

    const double decision = nanoseconds(300'000, [&](std::size_t i) {
        const auto& to = world.standings[i % world.standings.size()];
        sum += static_cast<unsigned>(world.policy.judge(world.crossing, to, world.ids[i % 30]).form);
    });
    const double whole = nanoseconds(10'000, [&](std::size_t) {
        for (const auto& candidate : world.candidates)
            sum += judge_all(world.policy, world.crossing, candidate, world.classes.all()).clear.bits();
    });
    const double first = nanoseconds(10'000, [&](std::size_t) {
        sum += first_lawful(world.policy, world.crossing, world.candidates, world.classes.all()).value_or(0);
    });
    std::printf("policy: %zu rules, checksum %llu\n", world.policy.rules().size(),
                static_cast<unsigned long long>(sum));
    std::printf("  one class to one destination      %8.0f ns   bar 1000, aim 200\n", decision);
    std::printf("  crossing, 30 classes x 10 judged  %8.2f us   bar 20, aim 5\n", whole / 1000);
    std::printf("  the same, first lawful candidate  %8.2f us\n", first / 1000);
}
