// A path and a document, both arbitrary: what the path selects does not depend on how the document is split,
// whether much or little may be held.
#include <cstdint>
#include <cstdlib>

#include "tests/support/selected.hpp"

using namespace bordergate;
using bordergate::testing::selected;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view all(reinterpret_cast<const char*>(data), size);
    const auto end = all.find('\0');
    if (end == std::string_view::npos) return 0;
    const auto path = JsonPath::compile(all.substr(0, end));
    if (path.has_error()) return 0;
    const auto document = all.substr(end + 1);
    for (const std::size_t hold_back : {40, 4096}) {
        const auto whole = selected(*path, document, document.size() + 1, {hold_back, 32});
        for (const std::size_t step : {1, 2, 5})
            if (selected(*path, document, step, {hold_back, 32}) != whole) std::abort();
    }
    return 0;
}
