// AWS Signature Version 4, as a caller of AWS makes it ("Create a signed AWS API request", IAM User Guide): over a request's
// method, path, query, fields and the hash of its body. A body or head that was rewritten needs another signature than the
// client's. Pure computation; whoever sends the request must send exactly what was signed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "filters/fault.hpp"
#include "filters/message.hpp"

namespace bordergate {

/// Who signs.
struct Sigv4Keys {
    std::string access_key, secret_key;
    std::string session_token;  ///< of temporary keys; empty: they are lasting
};

/// What a signature holds for, beside its day.
struct Sigv4Scope {
    std::string region, service;
};

/// Seconds since the epoch as `20150830T123600Z`.
std::string sigv4_time(std::int64_t seconds);

/// The request in the one form that both sides hash. `names`: the fields that are signed, in lower case and in order;
/// `host` stands for the authority. `body_hash`: SHA-256 in hex. Path segments are encoded once more than they are in
/// `head`, as every service but S3 expects it.
std::string sigv4_canonical_request(const RequestHead& head, const std::vector<std::string>& names, std::string_view body_hash);

std::string sigv4_string_to_sign(std::string_view time, const Sigv4Scope& scope, std::string_view canonical_request);

/// The value of `authorization`. Fault internal if OpenSSL refuses the computation.
Result<std::string> sigv4_authorization(const RequestHead& head, const std::vector<std::string>& names, std::string_view body_hash, std::string_view time,
                                        const Sigv4Keys& keys, const Sigv4Scope& scope);

/// Signs `head` as it will be sent with `body`: sets authorization, x-amz-date, x-amz-content-sha256, and
/// x-amz-security-token if the keys have one; the host, the content type and every field `x-amz…` are signed. Again for the
/// same head, it takes the place of the earlier signature. Fault internal as above.
Status sigv4_sign(RequestHead& head, std::string_view body, const Sigv4Keys& keys, const Sigv4Scope& scope, std::int64_t seconds);

/// Takes the signature of a client out of `head`, whether it stands in fields or in the query (a presigned URL).
void strip_sigv4(RequestHead& head);

}  // namespace bordergate
