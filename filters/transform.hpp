// A streaming rewrite of a body: bytes in, bytes out, no I/O. The proxy pulls chunks from a link and feeds
// them through; not feeding is back-pressure.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "filters/fault.hpp"

namespace bordergate {

/// The contract every transform keeps (and its tests check):
///  * chunk-invariant: the concatenated output depends on the concatenated input only (but for hurry());
///  * bounded: holds back at most what its constructor was told;
///  * fail closed: after a fault nothing more is appended, and what was appended before the fault was
///    itself judged. A transform that faulted is not fed again.
class Transform {
  public:
    virtual ~Transform() = default;
    /// Consumes all of `in`, appends to `out`. `in` need not outlive the call.
    virtual Status feed(std::string_view in, std::string& out) = 0;
    /// The input has ended (cleanly). Appends what was held back.
    virtual Status finish(std::string& out) = 0;
    /// Bytes held back, of transforms that hold whole messages, events or bodies; 0 of those that hold but a value.
    virtual std::size_t held() const { return 0; }
    /// True while whole messages wait for what follows them, in a dialogue: nothing may follow before they are read.
    virtual bool waits() const { return false; }
    /// Enough time has passed: appends what waits. What comes then is as if it had not waited.
    virtual Status hurry(std::string&) { return {}; }
};

using TransformPtr = std::unique_ptr<Transform>;

/// Feeds `in`, and ends the input if it is the `last` of it.
inline Status pass_through(Transform& transform, std::string_view in, bool last, std::string& out) {
    const Status fed = transform.feed(in, out);
    return fed.has_error() || !last ? fed : transform.finish(out);
}

}  // namespace bordergate
