#include "config/diagnostic.hpp"

#include <algorithm>
#include <numeric>

namespace bordergate {

namespace {

char fold(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c == '-' ? '_' : c; }

/// Edits (insert, delete, replace, swap neighbours) from `a` to `b`, without regard to case and `-`/`_`.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before(b.size() + 1), row(b.size() + 1), previous;
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        before = previous;
        previous = row;
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const bool same = fold(a[i - 1]) == fold(b[j - 1]);
            row[j] = std::min({previous[j] + 1, row[j - 1] + 1, previous[j - 1] + (same ? 0U : 1U)});
            if (i > 1 && j > 1 && fold(a[i - 1]) == fold(b[j - 2]) && fold(a[i - 2]) == fold(b[j - 1]))
                row[j] = std::min(row[j], before[j - 2] + 1);
        }
    }
    return row[b.size()];
}

}  // namespace

std::string_view nearest_word(std::string_view word, const std::vector<std::string_view>& candidates) {
    std::string_view best;
    std::size_t best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
    for (auto candidate : candidates) {
        const auto edits = distance(word, candidate);
        if (edits < best_distance) {
            best = candidate;
            best_distance = edits;
        }
    }
    return best;
}

std::string format(const Diagnostics& diagnostics) {
    std::string out;
    for (const auto& one : diagnostics) {
        out += one.file;
        if (one.line > 0) out += ':' + std::to_string(one.line) + ':' + std::to_string(one.column);
        out += one.severity == Diagnostic::Severity::error ? ": error: " : ": warning: ";
        out += one.what;
        if (!one.suggestion.empty()) out += " (" + one.suggestion + ')';
        out += '\n';
    }
    return out;
}

bool has_errors(const Diagnostics& diagnostics) {
    return std::any_of(diagnostics.begin(), diagnostics.end(),
                       [](const auto& one) { return one.severity == Diagnostic::Severity::error; });
}

bool only_file_errors(const Diagnostics& diagnostics) {
    return has_errors(diagnostics) && std::all_of(diagnostics.begin(), diagnostics.end(), [](const auto& one) {
               return one.of_file || one.severity != Diagnostic::Severity::error;
           });
}

}  // namespace bordergate
