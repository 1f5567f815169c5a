// Opening what comes home sealed. Each opening is a crossing to the reader, judged by what the seal binds (design,
// section 3, law 5).
#pragma once

#include <string>
#include <string_view>

#include "config/policy.hpp"
#include "filters/seal/key_ring.hpp"
#include "filters/treatment.hpp"

namespace bordergate {

/// Who would read, and where. All pointers outlive the unsealer.
struct Reader {
    const Standing* standing = nullptr;
    const Standing* node = nullptr;  ///< where the plaintext comes to be
    std::string_view tenant;
    PurposeSet purposes = all_purposes;
    std::int64_t instant = 0;        ///< UTC seconds
};

class ExchangeUnsealer final : public Unsealer {
  public:
    ExchangeUnsealer(const Policy& policy, const Atlas& atlas, const KeyRings& rings, Reader reader)
        : policy_(policy), atlas_(atlas), rings_(rings), reader_(reader) {}

    /// Opens only for the tenant it was sealed for, a reader and a node that stand inside the key's jurisdiction, and
    /// if every class it was sealed for may reach both in clear.
    Result<bool> open(std::string_view token, std::string& out, std::string& content_type) override;

  private:
    bool lawful(const SealContext& context) const;

    const Policy& policy_;
    const Atlas& atlas_;
    const KeyRings& rings_;
    Reader reader_;
};

}  // namespace bordergate
