// Who sends: finds the source of a request from its credential, its address and its certificate. Unknown
// sources are refused.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "config/settings.hpp"
#include "filters/fault.hpp"
#include "filters/message.hpp"
#include "proxy/http/link.hpp"

namespace bordergate {

/// A client's credential as it was presented; for the one destination that may see it.
struct PresentedCredential {
    std::string field;  ///< empty: none was presented
    std::string value;
};

class SourceIndex {
  public:
    /// Reads the hashes that `sources` refer to. Faults (internal) with the file or variable at fault.
    static Result<SourceIndex> make(const std::vector<Source>& sources);

    /// Finds the source and takes every credential out of `head`. `forward`: the credential stands in
    /// Proxy-Authorization. Null if no source matches. The first source in the file whose criteria all
    /// hold is taken. Keys are compared by their SHA-256, so the comparison tells nothing of the key.
    const Source* identify(const Peer& peer, RequestHead& head, bool forward, PresentedCredential& presented) const;

  private:
    using Digest = std::array<std::uint8_t, 32>;
    struct Entry {
        const Source* source;
        bool needs_key = false;
        Digest key{};
    };
    bool matches(const Entry& entry, const Peer& peer, const Digest* key) const;
    std::vector<Entry> entries_;
};

}  // namespace bordergate
