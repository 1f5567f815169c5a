#include "filters/detect/deep_scan.hpp"

#include <algorithm>

#include "filters/detect/encoded.hpp"
#include "filters/detect/private_key.hpp"

namespace bordergate {

namespace {

/// Where the bytes of a reading stood in the reading before it; null: there is none.
using Origin = const std::vector<std::size_t>*;

/// What is looked for, who is asked, and what becomes of what overlaps.
struct Search {
    const Scanner& scanner;
    bool joined = true;  ///< false: only the best of it counts
    ClassSet harmless;   ///< of what is joined
    Analyses* analyses = nullptr;
};

void scan_level(const Search& search, std::string_view text, std::string_view name, unsigned depth, std::vector<Finding>& findings, Origin origin = nullptr);

void scan_escapes(const Search& search, std::string_view text, std::string_view name, unsigned depth, std::vector<Finding>& findings) {
    Unescaped plain;
    if (!resolve_escapes(text, plain)) return;
    if (depth == deepest_encoding) {
        // A backslash that stands for itself may stand in any number.
        const bool encoded = text.find('%') != std::string_view::npos || text.find("\\u") != std::string_view::npos;
        if (encoded) findings.push_back({0, text.size(), encoded_entity, ClassSet{ClassTree::opaque}, 0});
        return;
    }
    const auto first = findings.size();
    scan_level(search, plain.text, name, depth + 1, findings, &plain.origin);
    for (auto i = first; i < findings.size(); ++i) {
        findings[i].begin = plain.origin[findings[i].begin];
        findings[i].end = plain.origin[findings[i].end];
    }
}

/// Whether the run, and what it ends at on either side, stood in the reading before just so: there it was looked at, and deeper.
bool stood_before(const EncodedRun& run, Origin origin) {
    if (!origin) return false;
    const std::size_t from = run.begin - std::min<std::size_t>(run.begin, 1), to = std::min(run.end + 1, origin->size() - 1);
    return (*origin)[to] - (*origin)[from] == to - from;
}

void scan_runs(const Search& search, std::string_view text, std::string_view name, unsigned depth, std::vector<Finding>& findings, Origin origin) {
    std::vector<EncodedRun> runs;
    find_encoded_runs(text, runs);
    std::vector<Finding> inside;
    for (const auto& run : runs) {
        if (stood_before(run, origin)) continue;
        Finding whole{run.begin, run.end, encoded_entity, {}, 0};
        if (run.opaque || depth == deepest_encoding) whole.data.add(ClassTree::opaque);
        if (!run.text.empty() && depth < deepest_encoding) {
            inside.clear();
            scan_level(search, run.text, name, depth + 1, inside);
            for (const auto& one : inside) whole.data |= one.data;
            if (!inside.empty()) whole.entity = inside.front().entity;
            for (const auto& one : inside) whole.score = std::max(whole.score, one.score);
        }
        if (!whole.data.empty()) findings.push_back(whole);
    }
}

void scan_level(const Search& search, std::string_view text, std::string_view name, unsigned depth, std::vector<Finding>& findings, Origin origin) {
    const auto first = findings.size();
    const Scanner& scanner = search.scanner;
    std::vector<Match> matches;
    search.joined ? scanner.look(text, matches, name) : scanner.scan(text, matches, name);
    for (const auto& match : matches) findings.push_back({match.begin, match.end, scanner.entity(match.entity), ClassSet{match.data}, match.score});
    const auto raw = findings.size();
    if (search.analyses) search.analyses->find(text, findings);
    if (const auto* const keys = scanner.private_keys())
        for (auto key = find_private_key(text, 0); key; key = find_private_key(text, key->second)) findings.push_back({key->first, key->second, keys->spec.entity, ClassSet{keys->data}, 1});
    scan_escapes(search, text, name, depth, findings);
    scan_runs(search, text, name, depth, findings, origin);
    if (search.joined) join_overlaps(findings, first, search.harmless);
    else if (findings.size() > raw) keep_best(findings, first);
}

}  // namespace

void deep_scan(const Scanner& scanner, std::string_view text, std::vector<Finding>& findings, std::string_view name, ClassSet harmless, Analyses* analyses) {
    scan_level({scanner, true, harmless, analyses}, text, name, 0, findings);
}

void deep_matches(const Scanner& scanner, std::string_view text, std::vector<Finding>& findings, std::string_view name) {
    scan_level({scanner, false, {}, nullptr}, text, name, 0, findings);
}

}  // namespace bordergate
