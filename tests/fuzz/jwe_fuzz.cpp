// Opening arbitrary tokens: nothing crashes, nothing opens that was not sealed with the key, and what is refused
// appends nothing. The input is a token; or, after a first byte 1, a header and parts that are encoded for it, so that
// the fuzzer gets past base64url; or, after a 2, a plaintext to seal and one change to make in its token.
#include <cstdint>
#include <cstdlib>

#include "filters/seal/base64url.hpp"
#include "filters/seal/jwe.hpp"

using namespace bordergate;

namespace {

const SealContext context{"DE", "ward", "health", "", "digest", {}};

const KeyRing& ring() {
    static const KeyRing made = [] {
        std::vector<SealKey> keys(2);
        keys[0].kid = "DE/ec/1";
        keys[0].algorithm = SealKey::Algorithm::ecdh_es_a256kw;
        // Bob's key of RFC 7518, appendix C.
        keys[0].public_point = {4};
        for (auto half :
             {"weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ", "e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck"}) {
            const auto number = decode_base64url(half).value();
            keys[0].public_point.insert(keys[0].public_point.end(), number.begin(), number.end());
        }
        keys[0].secret = SecretBytes(decode_base64url("VEmDZpDXXK8p8N0Cndsxs924q6nS1RXFASRl6BfUqdw").value());
        keys[1].kid = "DE/seal/1";
        keys[1].secret = SecretBytes(std::array<std::uint8_t, 32>{7});
        return KeyRing("DE", std::move(keys), std::nullopt);
    }();
    return made;
}

void refuses(std::string_view token) {
    (void)looks_sealed(token);
    std::string out = "-";
    // Both the context that the token claims for itself, and ours.
    if (const auto claims = claims_of(token); claims.has_value())
        if (open_jwe(ring(), claims->context, token, out).has_value()) std::abort();
    if (open_jwe(ring(), context, token, out).has_value() || out != "-") std::abort();
}

/// The pieces of `text` between line feeds, each encoded, joined by dots.
std::string assembled(std::string_view text) {
    std::string token;
    for (;;) {
        const auto end = text.find('\n');
        append_base64url(bytes_of(text.substr(0, end)), token);
        if (end == std::string_view::npos) return token;
        text.remove_prefix(end + 1);
        token += '.';
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view all(reinterpret_cast<const char*>(data), size);
    if (size > 4 && data[0] == 2) {
        const auto plain = all.substr(4);
        std::string token, out;
        if (seal_jwe(ring(), context, plain, token).has_error()) std::abort();
        if (open_jwe(ring(), context, token, out).has_error() || out != plain) std::abort();
        const auto at = (std::size_t{data[1]} << 8 | data[2]) % token.size();
        const char was = token[at];
        token[at] = static_cast<char>(data[3]);
        if (token[at] != was) refuses(token);
    } else if (size > 1 && data[0] == 1) {
        refuses(assembled(all.substr(1)));
    } else {
        refuses(all);
    }
    return 0;
}
