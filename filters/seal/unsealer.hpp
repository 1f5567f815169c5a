// Opening what comes home sealed, or as a deterministic token. Each opening is a crossing to the reader, judged by what the seal binds (design,
// section 3, law 5).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "config/policy.hpp"
#include "filters/mask/tokens.hpp"
#include "filters/seal/key_ring.hpp"
#include "filters/treatment.hpp"

namespace bordergate {

/// Who would read, and where. All pointers outlive the unsealer.
struct Reader {
    const Standing* standing = nullptr;
    const Standing* node = nullptr;  ///< where the plaintext comes to be
    std::string_view tenant;
    std::string_view source, destination;  ///< ids, of the exchange
    PurposeSet purposes = all_purposes;
    std::int64_t instant = 0;        ///< UTC seconds
};

class ExchangeUnsealer final : public Unsealer, public TokenOpener {
  public:
    ExchangeUnsealer(const Policy& policy, const Atlas& atlas, const KeyRings& rings, Reader reader)
        : policy_(policy), atlas_(atlas), rings_(rings), reader_(reader) {}

    /// Opens only for the tenant it was sealed for, a reader and a node that stand inside the key's jurisdiction, and
    /// if every class it was sealed for may reach both in clear.
    Result<bool> open(std::string_view token, std::string& out, std::string& content_type) override;

    /// Opens only what was made for this tenant, source and destination, for a reader and a node that stand inside the
    /// key's jurisdiction, and if every class of the value may reach both in clear.
    std::optional<std::string> open_token(std::string_view token) override;

  private:
    bool lawful(std::string_view jurisdiction, std::string_view classes) const;

    const Policy& policy_;
    const Atlas& atlas_;
    const KeyRings& rings_;
    Reader reader_;
    std::map<std::string, DerivedKey, std::less<>> token_keys_;  // by jurisdiction; made when first needed
};

}  // namespace bordergate
