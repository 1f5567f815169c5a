// What is wrong with a configuration file: where, what, and the nearest valid word.
#pragma once

#include <string>
#include <vector>

namespace bordergate {

struct Diagnostic {
    enum class Severity { error, warning };
    std::string file;
    int line = 0;    ///< from 1; 0 if the whole file is meant
    int column = 0;  ///< from 1
    Severity severity = Severity::error;
    std::string what;        ///< one sentence
    std::string suggestion;  ///< e.g. `did you mean "destinations"?`; may be empty
    bool of_file = false;    ///< a file that cannot be used, rather than what the configuration says
};

using Diagnostics = std::vector<Diagnostic>;

/// `file:line:column: error: what (suggestion)`, one line each.
std::string format(const Diagnostics& diagnostics);
bool has_errors(const Diagnostics& diagnostics);
/// True if there are errors and each is about a file that cannot be used.
bool only_file_errors(const Diagnostics& diagnostics);

/// The candidate nearest to `word` by edit distance, or empty if none is near enough to be meant.
std::string_view nearest_word(std::string_view word, const std::vector<std::string_view>& candidates);

}  // namespace bordergate
