// The loader on arbitrary text: it never crashes, says of every file either a snapshot or an error with a place in the
// text, and says the same when asked again.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "config/loader.hpp"

using namespace bordergate;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    // A folder that does not exist: nothing on this machine changes what the file means.
    const auto loaded = load_text(text, "fuzz.yaml", "/nowhere");
    if ((loaded.snapshot == nullptr) != has_errors(loaded.diagnostics)) std::abort();
    const auto lines = 1 + std::count(text.begin(), text.end(), '\n') + std::count(text.begin(), text.end(), '\r');
    for (const auto& one : loaded.diagnostics)
        if (one.line < 0 || one.line > lines + 1 || one.what.empty()) std::abort();
    if (format(load_text(text, "fuzz.yaml", "/nowhere").diagnostics) != format(loaded.diagnostics)) std::abort();
    return 0;
}
