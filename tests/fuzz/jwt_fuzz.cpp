// Tokens and key sets from arbitrary bytes: nothing crashes, and nothing that was not signed with the key is signed by it.
// The input is a token or a key set; or, after a first byte 1, a header, claims and a signature between line feeds, which
// are encoded for it so that the fuzzer gets past base64url.
#include <cstdint>
#include <cstdlib>

#include "filters/seal/base64url.hpp"
#include "proxy/jwt/jwt.hpp"

using namespace bordergate;

namespace {

/// Keys of RFC 7515, A.3, and RFC 8037, A.2, whose private halves no fuzzer uses.
const KeySet& keys() {
    static const KeySet known =
        KeySet::parse(R"({"keys":[{"kty":"EC","crv":"P-256","kid":"a","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"},)"
                      R"({"kty":"OKP","crv":"Ed25519","kid":"b","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]})")
            .value();
    return known;
}

void judge(std::string_view token) {
    const auto jwt = Jwt::parse(token);
    if (jwt.has_error()) return;
    JwtMatch demands;
    demands.issuer = "joe";
    demands.audience = "gate";
    demands.algorithms = {jwt->algorithm};
    demands.claims = {{"scope", {"use"}}};
    if (jwt->check(demands, 1'000'000).has_value() && jwt->expiry() + demands.leeway.count() <= 1'000'000) std::abort();
    // The one token that the corpus holds with its true signature.
    constexpr std::string_view signed_by_rfc = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    for (const auto* key : keys().find(jwt->kid, jwt->algorithm))
        if (jwt->is_signed_by(*key) && jwt->signed_part != signed_by_rfc) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view all(reinterpret_cast<const char*>(data), size);
    if (size == 0 || data[0] != 1) {
        judge(all);
        (void)KeySet::parse(all);
        return 0;
    }
    std::string token;
    for (std::string_view rest = all.substr(1);;) {
        const auto end = rest.find('\n');
        append_base64url(bytes_of(rest.substr(0, end)), token);
        if (end == std::string_view::npos) break;
        rest.remove_prefix(end + 1);
        token += '.';
    }
    judge(token);
    return 0;
}
