// PROXY protocol headers from arbitrary bytes: nothing crashes, what is read does not depend on how it is split, a
// header is never longer than its bound, and what is written of a client that was read is read as the same.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "proxy/net/proxy_protocol.hpp"

using namespace bordergate;

namespace {

struct Outcome {
    bool invalid = false, done = false;
    std::size_t taken = 0;
    std::optional<ProxyHeaderReader::Endpoint> client;
};

Outcome read(std::string_view bytes, std::size_t size) {
    ProxyHeaderReader reader(true, true);
    Outcome outcome;
    while (!bytes.empty() && !reader.done()) {
        const auto taken = reader.feed(bytes.substr(0, size));
        if (taken.has_error()) {
            outcome.invalid = true;
            return outcome;
        }
        if (!reader.done() && *taken != std::min(size, bytes.size())) std::abort();
        outcome.taken += *taken;
        bytes.remove_prefix(*taken);
    }
    outcome.done = reader.done();
    outcome.client = reader.client();
    return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const auto whole = read(bytes, std::max<std::size_t>(1, size)), pieces = read(bytes, 1);
    if (whole.invalid != pieces.invalid) std::abort();
    if (whole.invalid) return 0;
    if (whole.done != pieces.done || whole.taken != pieces.taken || whole.client != pieces.client) std::abort();
    if (whole.taken > ProxyHeaderReader::longest) std::abort();
    if (!whole.client) return 0;
    for (const auto version : {ProxyProtocol::v1, ProxyProtocol::v2})
        if (read(proxy_header(version, *whole.client, *whole.client), 4096).client != whole.client) std::abort();
    return 0;
}
