// The scanner on arbitrary bytes: matches are ordered, disjoint, inside the text, and no longer than its reach.
#include <cstdlib>

#include "filters/detect/scanner.hpp"

using namespace bordergate;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Scanner scanner = [] {
        std::vector<Recogniser> active;
        for (const auto& one : builtin_recognisers())
            if (one.enabled) active.push_back({one, ClassId{2}});
        return Scanner(std::move(active));
    }();
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    std::vector<Match> matches;
    scanner.scan(text, matches);
    std::size_t done = 0;
    for (const auto& match : matches) {
        if (match.begin < done || match.end <= match.begin || match.end > size || match.end - match.begin > Scanner::reach) std::abort();
        done = match.end;
    }
    return 0;
}
