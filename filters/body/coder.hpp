// One content coding at a time, both ways, without I/O. The libraries that know them stand behind this.
#pragma once

#include <functional>
#include <memory>

#include "filters/body/content_coding.hpp"

namespace bordergate {

/// Turns bytes into other bytes: decodes or encodes.
class Coder {
  public:
    /// Takes a piece of what comes out; a fault ends the work.
    using Sink = std::function<Status(std::string_view)>;
    virtual ~Coder() = default;
    virtual Status feed(std::string_view in, const Sink& sink) = 0;
    /// The input has ended. Fault body_invalid if it ends in the middle.
    virtual Status finish(const Sink& sink) = 0;
};

/// Throws std::bad_alloc if there is no memory for one.
std::unique_ptr<Coder> make_decoder(ContentCoding coding);
std::unique_ptr<Coder> make_encoder(ContentCoding coding);

}  // namespace bordergate
