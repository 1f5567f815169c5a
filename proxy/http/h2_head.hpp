// Heads as HTTP/2 carries them (RFC 9113, 8.3), and the gate between them and ours: what could be read in two ways by
// an HTTP/1.1 upstream is refused here, as the framing gate does for HTTP/1.1.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "filters/fault.hpp"
#include "filters/message.hpp"
#include "proxy/http/body.hpp"

namespace bordergate {

/// A header block as it came.
struct H2Head {
    std::string method, scheme, authority, path, protocol;
    unsigned status = 0;
    Fields fields;
    std::size_t bytes = 0;  ///< as RFC 9113, 6.5.2 counts them
    void clear();
    /// Adds one line, pseudo or not; false for a pseudo field that nobody knows or that came twice.
    bool add(std::string_view name, std::string_view value);
};

/// What of a request's head is about its transport.
struct H2RequestFraming {
    bool expects_continue = false;
    BodyLength length;
};

/// Gates and canonicalises a request. `ended`: it has no body. Takes the fields out of `block`. Faults framing_invalid.
Result<H2RequestFraming> gate_h2_request(H2Head& block, bool secure, bool ended, RequestHead& head);

/// Gates a final response. Takes the fields out of `block`. Faults upstream_invalid.
Result<BodyLength> gate_h2_response(H2Head& block, bool ended, ResponseHead& head);

}  // namespace bordergate
