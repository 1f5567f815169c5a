// What Vectorscan does with the same texts: the patterns of our own recognisers, and for those that are code an expression
// that says as much as expressions can. It only finds; checksums, words near a match, decoding and rewriting are not in it.
// So it stands beside `the scanner alone` of bench_filters.
#include <hs/hs.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "bench/texts.hpp"
#include "config/recogniser_spec.hpp"

namespace {

using namespace bordergate;

/// For recognisers that are code.
constexpr const char* coded[] = {
    R"([A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){1,8})",
    R"(\b[A-Z]{2}\d{2}( ?[A-Z0-9]{4}){2,7}( ?[A-Z0-9]{1,4})?\b)",
    R"(\b\d{4}[ -]?\d{4}[ -]?\d{4}[ -]?\d{1,7}\b)",
    R"(\b\d{1,3}(\.\d{1,3}){3}\b)",
    R"(\b([0-9a-fA-F]{1,4}:){2,7}[0-9a-fA-F]{1,4}\b)",
    R"(\b([0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}\b)",
    R"(\+\d{1,3}[ ./()-]{0,2}\d{1,5}([ ./()-]{0,2}\d{1,5}){1,5})",
    R"(\b(19|20)\d\d-[01]\d-[0-3]\d\b|\b[0-3]?\d\.[01]?\d\.(19|20)?\d\d\b)",
    R"(https?://[A-Za-z0-9.-]{3,253}[^\s"<>]{0,200})",
};

std::vector<std::string> expressions() {
    std::vector<std::string> all(std::begin(coded), std::end(coded));
    for (const auto& one : builtin_recognisers())
        if (one.enabled)
            for (const auto& pattern : one.patterns) all.push_back("\\b(?:" + pattern + ")\\b");
    return all;
}

int count(unsigned, unsigned long long, unsigned long long, unsigned, void* context) {
    ++*static_cast<std::size_t*>(context);
    return 0;
}

}  // namespace

int main() {
    const auto patterns = expressions();
    std::vector<const char*> texts;
    std::vector<unsigned> flags, ids;
    hs_database_t* database = nullptr;
    hs_compile_error_t* error = nullptr;
    std::size_t without_start = 0, left_out = 0;
    // Of some expressions it cannot tell where a match starts, and some are too large for it.
    const auto compiles = [&](const std::string& text, unsigned flag) {
        const bool good = hs_compile(text.c_str(), flag, HS_MODE_BLOCK, nullptr, &database, &error) == HS_SUCCESS;
        if (good) hs_free_database(database);
        else hs_free_compile_error(error);
        return good;
    };
    for (const auto& one : patterns) {
        const bool starts = compiles(one, HS_FLAG_SOM_LEFTMOST);
        if (!starts && !compiles(one, 0)) {
            ++left_out;
            continue;
        }
        without_start += starts ? 0 : 1;
        texts.push_back(one.c_str());
        flags.push_back(starts ? HS_FLAG_SOM_LEFTMOST : 0);
        ids.push_back(static_cast<unsigned>(ids.size()));
    }
    if (hs_compile_multi(texts.data(), flags.data(), ids.data(), static_cast<unsigned>(texts.size()), HS_MODE_BLOCK, nullptr, &database, &error) != HS_SUCCESS) {
        std::fprintf(stderr, "bench_vectorscan: %s (expression %d)\n", error->message, error->expression);
        return EXIT_FAILURE;
    }
    hs_scratch_t* scratch = nullptr;
    if (hs_alloc_scratch(database, &scratch) != HS_SUCCESS) return EXIT_FAILURE;
    constexpr std::size_t size = 32 << 20, chunk = 65536;
    std::printf("Vectorscan %s: %zu expressions with the start of each match but for %zu, %zu left out as too large, in 64 KiB blocks, one core\n", hs_version(), texts.size(),
                without_start, left_out);
    const auto measure = [&](const char* what, const std::string& text) {
        std::size_t matches = 0;
        const double speed = bench::rate(text.size(), [&] {
            matches = 0;
            for (std::size_t i = 0; i < text.size(); i += chunk)
                hs_scan(database, text.data() + i, static_cast<unsigned>(std::min(chunk, text.size() - i)), 0, scratch, count, &matches);
        });
        std::printf("  %-46s %8.0f MB/s  %9zu matches\n", what, speed, matches);
    };
    measure("chat JSON", bench::chats(size, 20, " "));
    measure("log lines", bench::log_lines(size));
    measure("a table (CSV)", bench::table(size));
    hs_free_scratch(scratch);
    hs_free_database(database);
}
