// A body is a source that is asked for its next chunk. Not asking is back-pressure.
#pragma once

#include <optional>
#include <string_view>

#include "filters/fault.hpp"
#include "filters/message.hpp"
#include "proxy/task.hpp"

namespace bordergate {

/// Bytes borrowed until the next call of next(); `last` may come with bytes or without.
struct Chunk {
    std::string_view bytes;
    bool last = false;
};

/// What a head says of the length of its body.
struct BodyLength {
    enum class Kind : std::uint8_t { none, exact, streamed };
    Kind kind = Kind::none;
    std::uint64_t bytes = 0;  ///< when exact

    static BodyLength none() { return {}; }
    static BodyLength exact(std::uint64_t bytes) { return {bytes ? Kind::exact : Kind::none, bytes}; }
    static BodyLength streamed() { return {Kind::streamed, 0}; }
    bool present() const { return kind != Kind::none; }
};

class Body {
  public:
    virtual ~Body() = default;
    /// The next chunk; after one with `last` (or a fault) not to be called again.
    virtual Task<Result<Chunk>> next() = 0;
    /// A chunk that is already here, without waiting; used to join it with the head in one write.
    virtual std::optional<Result<Chunk>> ready() { return std::nullopt; }
    /// Trailer fields, complete once `last` was seen.
    virtual const Fields& trailers() const = 0;
};

}  // namespace bordergate
