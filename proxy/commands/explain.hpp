// `bordergate explain`: for a source, its candidates and some classes, what would happen and why.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <string>
#include <vector>

namespace bordergate {

struct ExplainOptions {
    std::filesystem::path config;
    std::string source;
    std::vector<std::string> destinations;  ///< empty: those of `route`, or all
    std::string route;
    std::vector<std::string> classes;       ///< what the message holds; empty: plain
    bool json = false;
};

/// Returns exit_ok if the message would go somewhere, exit_negative if it would be refused.
int explain_command(const ExplainOptions& options, std::ostream& out, std::ostream& errors);

}  // namespace bordergate
