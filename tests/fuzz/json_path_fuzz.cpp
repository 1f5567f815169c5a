// JSONPath on arbitrary bytes: a path that compiles is the same path when compiled again, and answers for every
// place without fail.
#include <cstdint>
#include <cstdlib>

#include "filters/body/json_path.hpp"

using namespace bordergate;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto path = JsonPath::compile(text);
    if (path.has_error()) {
        if (path.error().code != Code::internal || path.error().detail.empty()) std::abort();
        return 0;
    }
    if (path->text() != text) std::abort();
    const auto again = JsonPath::compile(path->text());
    if (again.has_error()) std::abort();
    // Places whose names and indices come from the input, so that some are selected.
    std::vector<JsonStep> steps;
    for (std::size_t i = 0; i <= size && steps.size() < 24; ++i) {
        if (path->matches(steps) != again->matches(steps)) std::abort();
        if (i == size) break;
        if (data[i] < 0x40)
            steps.push_back({{}, data[i] & 7U, true});
        else
            steps.push_back({text.substr(i, 1U + data[i] % 5U), 0, false});
    }
    return 0;
}
