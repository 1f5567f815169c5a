#include "filters/detect/overlaps.hpp"

#include <algorithm>
#include <span>

namespace bordergate {

namespace {

constexpr auto earlier = [](const Finding& a, const Finding& b) { return a.begin < b.begin; };

/// What overlapping findings make, and how long the one is that names it.
struct Joined {
    Finding whole;
    std::size_t named = 0;
};

/// Adds `one`, which begins no earlier than what was added before, to the last from `first` on if it overlaps that.
void unite(std::vector<Joined>& joined, std::size_t first, const Finding& one) {
    const std::size_t length = one.end - one.begin;
    if (joined.size() == first || joined.back().whole.end <= one.begin) {
        joined.push_back({one, length});
        return;
    }
    auto& [whole, named] = joined.back();
    whole.end = std::max(whole.end, one.end);
    whole.data |= one.data;
    if (one.score < whole.score || (one.score == whole.score && length <= named)) return;
    whole.entity = one.entity;
    whole.score = one.score;
    named = length;
}

/// What findings make of which each overlaps another, in order.
void join_cluster(std::span<const Finding> cluster, ClassSet harmless, std::vector<Joined>& joined) {
    const auto first = joined.size();
    const bool all_alike = std::all_of(cluster.begin(), cluster.end(), [&](const Finding& one) { return harmless.covers(one.data); });
    for (const auto& one : cluster)
        if (all_alike || !harmless.covers(one.data)) unite(joined, first, one);
    if (all_alike) return;
    const auto last = joined.size();
    for (const auto& one : cluster) {
        if (!harmless.covers(one.data)) continue;
        const auto from = joined.begin() + static_cast<std::ptrdiff_t>(first), to = joined.begin() + static_cast<std::ptrdiff_t>(last);
        auto met = std::partition_point(from, to, [&](const Joined& there) { return there.whole.end <= one.begin; });
        const bool alone = met == to || met->whole.begin >= one.end;
        for (; met != to && met->whole.begin < one.end; ++met) met->whole.data |= one.data;
        if (alone) unite(joined, last, one);
    }
    std::sort(joined.begin() + static_cast<std::ptrdiff_t>(first), joined.end(), [](const Joined& a, const Joined& b) { return earlier(a.whole, b.whole); });
}

}  // namespace

void join_overlaps(std::vector<Finding>& findings, std::size_t first, ClassSet harmless) {
    const auto begin = findings.begin() + static_cast<std::ptrdiff_t>(first);
    if (!std::is_sorted(begin, findings.end(), earlier)) std::stable_sort(begin, findings.end(), earlier);
    if (std::adjacent_find(begin, findings.end(), [](const Finding& a, const Finding& b) { return b.begin < a.end; }) == findings.end()) return;
    std::vector<Joined> joined;
    for (std::size_t i = first; i < findings.size();) {
        std::size_t next = i + 1, end = findings[i].end;
        for (; next < findings.size() && findings[next].begin < end; ++next) end = std::max(end, findings[next].end);
        if (next - i == 1) joined.push_back({findings[i], 0});
        else join_cluster(std::span(findings).subspan(i, next - i), harmless, joined);
        i = next;
    }
    findings.resize(first);
    for (const auto& one : joined) findings.push_back(one.whole);
}

void keep_best(std::vector<Finding>& findings, std::size_t first) {
    std::vector<Finding> all(findings.begin() + static_cast<std::ptrdiff_t>(first), findings.end());
    std::stable_sort(all.begin(), all.end(), earlier);
    findings.resize(first);
    for (const auto& one : all) settle(findings, first, one);
}

}  // namespace bordergate
