// Frames of `application/vnd.amazon.eventstream`, in which Bedrock streams its answers: a prelude with its checksum, typed
// headers, a payload, and a checksum over all of it. Bytes in, whole frames out, and frames with another payload; no I/O.
// What a frame says is checked before anything of it is handed out, so that nobody downstream reads it in another way.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "filters/fault.hpp"

namespace bordergate {

/// Types of header values, by their number on the wire.
enum class AwsHeaderType : std::uint8_t { yes, no, int8, int16, int32, int64, bytes, text, time, uuid };

/// The protocol's own bounds of a frame and of its headers, in bytes.
inline constexpr std::size_t longest_aws_frame = 16 << 20, longest_aws_headers = 128 << 10;

/// One header of a frame. Numbers and times (milliseconds since the epoch) are big-endian, as they stand in the frame.
struct AwsHeader {
    std::string_view name;
    AwsHeaderType type = AwsHeaderType::yes;
    std::string_view value;
};

/// A frame that is whole and sound. Borrows its bytes from whoever read it.
class AwsFrame {
  public:
    AwsFrame() = default;
    AwsFrame(std::string_view bytes, std::size_t headers) : bytes_(bytes), headers_(headers) {}

    /// All of it, as it came.
    std::string_view bytes() const { return bytes_; }
    /// Its headers as they stand on the wire.
    std::string_view headers() const;
    std::string_view payload() const;
    /// The header of that name; nothing if it has none. A frame never has two of one name.
    std::optional<AwsHeader> header(std::string_view name) const;
    /// The value of a text header; empty if there is none, or if it is not text.
    std::string_view text(std::string_view name) const;
    /// `event`, `exception` or `error`.
    std::string_view message_type() const { return text(":message-type"); }
    /// What the payload of an event is, such as `contentBlockDelta` or `chunk`.
    std::string_view event_type() const { return text(":event-type"); }

  private:
    std::string_view bytes_;
    std::size_t headers_ = 0;  ///< bytes of them
};

/// Takes a stream of frames apart, however it is split.
class AwsFrameReader {
  public:
    /// `longest`: of one frame, in bytes; never more than the protocol allows. That much is held back at most.
    explicit AwsFrameReader(std::size_t longest);
    /// Takes bytes off the front of `in` up to the end of a frame, and gives that frame; it is valid until the next call, and
    /// as long as what `in` pointed to. Null: `in` is used up, and the rest of the frame is still to come. Fault
    /// upstream_invalid for a checksum that does not fit, lengths that contradict each other, a frame that is too long, and
    /// headers that are malformed, of an unknown type, or twice of one name. A reader that faulted is not used again.
    Result<const AwsFrame*> next(std::string_view& in);
    /// The stream has ended. Fault upstream_invalid if it did so inside a frame.
    Status finish() const;
    /// Bytes held back.
    std::size_t held() const { return given_ ? 0 : held_.size(); }

  private:
    Status take(std::string_view bytes);
    std::size_t longest_;
    std::string held_;    ///< of the frame that is coming; or all of the one that was given
    bool given_ = false;  ///< held_ was handed out, and goes with the next call
    AwsFrame frame_;
};

/// Appends a header whose value is text. Name and value fit the protocol's bounds: 255 and 32767 bytes.
void append_aws_header(std::string_view name, std::string_view text, std::string& headers);
/// Appends a frame of `headers` as they stand on the wire and `payload`, with both checksums. Fault upstream_too_large beyond
/// the protocol's bounds; then nothing is appended.
Status append_aws_frame(std::string_view headers, std::string_view payload, std::string& out);
/// Appends `frame` with `payload` in place of its own; its headers are as they were.
inline Status append_with_payload(const AwsFrame& frame, std::string_view payload, std::string& out) { return append_aws_frame(frame.headers(), payload, out); }
/// Appends the frame by which a client in the middle of a stream learns of a failure: `type` is the exception's, such as
/// `validationException`; `json` its body.
Status append_aws_exception(std::string_view type, std::string_view json, std::string& out);

}  // namespace bordergate
