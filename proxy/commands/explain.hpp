// `bordergate explain`: for a source, its candidates and some classes, what would happen and why. It asks the checkpoint
// that serves requests, and so can say nothing else than what would be done.
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
    std::vector<std::string> classes;       ///< what is found in the message; empty: plain
    std::string purpose;                    ///< what the request says it is for; empty: any of the source's
    bool json = false;
};

/// Returns exit_ok if the message would go somewhere, exit_negative if it would be refused.
int explain_command(const ExplainOptions& options, std::ostream& out, std::ostream& errors);

}  // namespace bordergate
