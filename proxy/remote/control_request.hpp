// Control traffic over https, by libcurl: keys of token issuers, tokens for destinations. It carries no request's data, so no
// intent is written for it. Blocks its thread, which is none of the workers'.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>

#include "filters/fault.hpp"

namespace bordergate {

struct ControlRequest {
    std::string url;                          ///< https
    std::optional<std::filesystem::path> ca;  ///< of its host; none: the system's store
    std::chrono::milliseconds timeout{5'000};  ///< of all of it
    std::size_t longest = 64 * 1024;          ///< of the answer's body, in bytes
    std::optional<std::string> form;          ///< posted (application/x-www-form-urlencoded); none: GET
    std::string user, password;               ///< shown by HTTP Basic; an empty user: nothing is
};

struct ControlAnswer {
    unsigned status = 0;
    std::string body;
};

/// The answer, whatever its status. `stop` ends the wait early. The server's certificate is always verified; redirects and
/// proxies of the environment are not followed. Faults key_unavailable with why in words, which hold nothing of what was sent.
Result<ControlAnswer> send_control(const ControlRequest& request, const std::stop_token& stop);

}  // namespace bordergate
