// The HTTP/1.1 decoder on arbitrary bytes: it never crashes, and what it makes of a body does not depend on
// how reads split it.
#include <cstdlib>
#include <string>

#include "proxy/http/h1_decoder.hpp"
#include "proxy/http/target.hpp"

using namespace bordergate;

namespace {

std::string decode(std::string_view bytes, std::size_t head_size, std::size_t step_size) {
    auto decoder = H1Decoder::for_requests();
    RequestHead head;
    std::string target;
    if (decoder.request(bytes.substr(0, head_size), head, target).has_error()) return "refused";
    bool absolute = false;
    if (set_target(head, target, absolute).has_error()) return "refused";
    std::string out = head.method + head.authority + head.path, pending;
    auto rest = bytes.substr(head_size);
    while (!decoder.done() && (!rest.empty() || !pending.empty())) {
        const auto take = std::min(step_size, rest.size());
        pending.append(rest.substr(0, take));
        rest.remove_prefix(take);
        for (;;) {
            if (pending.empty() || decoder.done()) break;
            const auto step = decoder.body(pending);
            if (step.has_error()) return "not whole";
            out.append(step->bytes);
            pending.erase(0, step->consumed);
            if (step->consumed == 0) break;
        }
        if (take == 0) break;
    }
    // A mistake that one split shows at once may wait for more bytes at another: both are not whole.
    return decoder.done() ? out : "not whole";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const auto end = head_end(bytes, 0);
    if (end == std::string_view::npos) return 0;
    if (decode(bytes, end, 1) != decode(bytes, end, bytes.size() + 1)) std::abort();
    auto decoder = H1Decoder::for_responses();
    ResponseHead head;
    (void)decoder.response(bytes.substr(0, end), head, false);
    return 0;
}
