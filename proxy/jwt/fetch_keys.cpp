#include "proxy/jwt/fetch_keys.hpp"

#include "proxy/remote/control_request.hpp"

namespace bordergate {

Result<std::string> fetch_keys(const JwtKeys& keys, std::size_t longest, const std::stop_token& stop) {
    ControlRequest request;
    request.url = keys.url;
    request.ca = keys.ca;
    request.timeout = keys.timeout;
    request.longest = longest;
    auto answer = send_control(request, stop);
    const auto failed = [&keys](const std::string& why) { return fault(Code::key_unavailable, "cannot fetch " + keys.url + ": " + why); };
    if (answer.has_error()) return failed(answer.error().detail);
    if (answer->status != 200) return failed("status " + std::to_string(answer->status));
    return std::move(answer->body);
}

}  // namespace bordergate
