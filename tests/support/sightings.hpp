// What the built-in recognisers see in a text, as tests read it: the text with every match replaced by `<ENTITY>`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "filters/detect/deep_scan.hpp"
#include "filters/detect/scanner.hpp"

namespace bordergate::testing {

/// Of all recognisers; those that are off by default too, if `off_too`.
inline Scanner scanner_of_all(bool off_too) {
    std::vector<Recogniser> active;
    for (const auto& one : builtin_recognisers())
        if (one.enabled || off_too) active.push_back({one, ClassId{2}});
    return Scanner(std::move(active));
}

/// What those of `scanner` see.
inline std::string sighted_by(const Scanner& scanner, std::string_view text, std::string_view name = {}) {
    std::vector<Match> matches;
    scanner.scan(text, matches, name);
    std::string out;
    std::size_t done = 0;
    for (const auto& match : matches) {
        out.append(text.substr(done, match.begin - done)).append("<").append(scanner.entity(match.entity)).append(">");
        done = match.end;
    }
    return out.append(text.substr(done));
}

/// What those that are on by default see.
inline std::string sighted(std::string_view text, std::string_view name = {}, bool off_too = false) {
    static const Scanner some = scanner_of_all(false);
    static const Scanner all = scanner_of_all(true);
    return sighted_by(off_too ? all : some, text, name);
}

/// The same of what stands encoded too.
inline std::string deeply_sighted(std::string_view text) {
    static const Scanner scanner = scanner_of_all(false);
    std::vector<Finding> findings;
    deep_scan(scanner, text, findings);
    std::string out;
    std::size_t done = 0;
    for (const auto& one : findings) {
        out.append(text.substr(done, one.begin - done)).append("<").append(one.entity).append(">");
        done = one.end;
    }
    return out.append(text.substr(done));
}

}  // namespace bordergate::testing
