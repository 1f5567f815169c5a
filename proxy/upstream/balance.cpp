#include "proxy/upstream/balance.hpp"

#include <vector>

namespace bordergate {

double fraction(Chance& chance) {
    return static_cast<double>(chance() - Chance::min()) / (static_cast<double>(Chance::max() - Chance::min()) + 1);
}

namespace {

std::size_t below(std::size_t bound, Chance& chance) {
    return static_cast<std::size_t>(fraction(chance) * static_cast<double>(bound));
}

}  // namespace

std::size_t choose(std::span<const Choice> choices, Balance balance, Chance& chance) {
    if (balance == Balance::in_order || choices.size() == 1) return 0;
    std::vector<std::size_t> taking_part;
    taking_part.reserve(choices.size());
    for (std::size_t i = 0; i < choices.size(); ++i)
        if (choices[i].weight >= 1 || fraction(chance) < choices[i].weight) taking_part.push_back(i);
    if (taking_part.empty())
        for (std::size_t i = 0; i < choices.size(); ++i) taking_part.push_back(i);
    if (taking_part.size() == 1) return taking_part.front();
    const std::size_t first = below(taking_part.size(), chance);
    std::size_t second = below(taking_part.size() - 1, chance);
    if (second >= first) ++second;
    const std::size_t one = taking_part[first], other = taking_part[second];
    return choices[other].in_flight < choices[one].in_flight ? other : one;
}

}  // namespace bordergate
