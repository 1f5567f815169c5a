// The scanner with all recognisers on arbitrary bytes: matches are ordered, inside the text, and no longer than its reach; of
// those that overlap one is left.
#include <cstdlib>

#include "filters/detect/scanner.hpp"

using namespace bordergate;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Scanner scanner = [] {
        std::vector<Recogniser> active;
        for (const auto& one : builtin_recognisers()) active.push_back({one, ClassId{2}});
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
    matches.clear();
    scanner.look(text, matches);
    std::size_t begun = 0;
    for (const auto& match : matches) {
        if (match.begin < begun || match.end <= match.begin || match.end > size || match.end - match.begin > Scanner::reach) std::abort();
        begun = match.begin;
    }
    return 0;
}
