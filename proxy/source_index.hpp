// Who sends: finds the source of a request from its credential, its token, its address and its certificate. Unknown
// sources are refused.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "filters/fault.hpp"
#include "filters/message.hpp"
#include "proxy/http/link.hpp"
#include "proxy/jwt/key_source.hpp"
#include "proxy/jwt/verified_tokens.hpp"

namespace bordergate {

/// A client's credential as it was presented; for the one destination that may see it.
struct PresentedCredential {
    std::string field;  ///< empty: none was presented
    std::string value;
};

class SourceIndex {
  public:
    /// Reads the hashes that `sources` refer to, and the keys of their issuers. Faults (internal) with the file or
    /// variable at fault; keys that cannot be read now may be later, and until then their tokens are refused. `before`,
    /// if any: the index this one takes the place of. Keys that are read there in the very same way go on being used, so
    /// that nobody waits for an issuer that is away, nor loses its keys.
    static Result<SourceIndex> make(const std::vector<Source>& sources, const SourceIndex* before = nullptr);

    /// Finds the source and takes every credential out of `head`. `forward`: the credential stands in
    /// Proxy-Authorization. The first source in the file whose criteria all hold is taken; never null. Keys are
    /// compared by their SHA-256, so the comparison tells nothing of the key. A token is verified once and then known
    /// by `tokens`, which are the worker's; it is never in `presented` of the source it named. Faults source_unknown,
    /// or key_unavailable if a token could be verified by keys that are not there now.
    Result<const Source*> identify(const Peer& peer, RequestHead& head, bool forward, PresentedCredential& presented,
                                   VerifiedTokens& tokens) const;

  private:
    using Digest = std::array<std::uint8_t, 32>;
    struct Entry {
        const Source* source;
        bool needs_key = false;
        Digest key{};
        std::shared_ptr<KeySource> issuer;  ///< of the token it must show; null: none
    };
    struct Token;
    bool matches(const Entry& entry, const Peer& peer, const Digest* key) const;
    bool shows_token(const Entry& entry, Token& token, VerifiedTokens& tokens) const;
    Status verify(const Entry& entry, Token& token, VerifiedTokens& tokens) const;
    std::vector<Entry> entries_;
    std::uint64_t number_ = 0;  ///< differs from every other index of this process
};

}  // namespace bordergate
