// Chunked bodies (RFC 9112, 7.1) taken apart by Beast's parser, without I/O. Chunk extensions carry nothing that may cross
// a border: they are dropped here, always. Trailer fields stay apart from the head.
#pragma once

#include <memory>
#include <string_view>

#include "filters/fault.hpp"
#include "filters/message.hpp"

namespace bordergate {

/// A step of a body: `consumed` bytes of the input were used, `bytes` (a view into it) are body.
struct BodyStep {
    std::size_t consumed = 0;
    std::string_view bytes;
    bool done = false;
};

/// One body. Not thread-safe.
class ChunkDecoder {
  public:
    /// `broken`: the code of the fault for a body that is not chunked as it should be.
    explicit ChunkDecoder(Code broken);
    ~ChunkDecoder();

    /// Decodes some of `bytes` (not empty). `consumed` 0 without `done` asks for more bytes.
    Result<BodyStep> next(std::string_view bytes);
    bool done() const;
    /// Complete once done.
    const Fields& trailers() const;

  private:
    class Parser;
    const std::unique_ptr<Parser> parser_;
    const Code broken_;
};

}  // namespace bordergate
