// Loops over other hosts: a request that we send to a gateway, which sends it back to us, perhaps by way of others.
// Destinations that are gateways themselves are told a mark in CDN-Loop (RFC 8586), which they hand on; one that comes back
// is recognised. To whoever has not the key a mark is a random number: not even two of the same process can be told to be
// of one. Immutable; shared by all workers of a process.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "filters/fault.hpp"
#include "filters/message.hpp"

namespace bordergate {

class LoopMarks {
  public:
    /// A request that passed this many gateways goes round in a loop that nobody recognises.
    static constexpr std::size_t most_hops = 16;

    /// With a key that lives as long as the process. Fault internal without randomness.
    static Result<std::shared_ptr<const LoopMarks>> make();
    ~LoopMarks();
    LoopMarks(const LoopMarks&) = delete;
    LoopMarks& operator=(const LoopMarks&) = delete;

    /// A new mark: a token of 32 hex digits. Fault internal without randomness.
    Result<std::string> issue() const;
    /// The marks that gateways before us left in a request's fields, as a list in their order. Whatever else stands in
    /// CDN-Loop is left out: it could be anything, and nobody reads it. Fault forwarding_loop if one is of this process,
    /// or if there are most_hops.
    Result<std::string> read(const Fields& fields) const;
    /// Tells a destination: the marks that read() gave, and one of ours. Fault internal without randomness.
    Status add(std::string_view before, Fields& fields) const;

  private:
    LoopMarks() = default;
    bool is_own(std::string_view mark) const;
    std::string proof_of(std::string_view nonce) const;
    std::array<std::uint8_t, 32> key_{};
};

}  // namespace bordergate
