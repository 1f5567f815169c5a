// What requests to a destination are signed with: keys, or the source of its tokens.
#pragma once

#include <memory>
#include <vector>

#include "config/settings.hpp"
#include "filters/sign/sigv4.hpp"
#include "proxy/remote/token_source.hpp"

namespace bordergate {

/// Of a destination with `sign`, one of the two; else none.
struct Signer {
    Sigv4Keys keys;
    std::shared_ptr<TokenSource> tokens;
};

/// Reads the secrets that `destination` names. `others`: signers that are there already; a source that gets the same
/// tokens is shared. Faults with what is missing and where.
Result<Signer> make_signer(const Destination& destination, const std::vector<const Signer*>& others);

}  // namespace bordergate
