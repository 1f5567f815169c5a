// Where the frames of a WebSocket connection end (RFC 6455, 5.2), for bytes that pass unread: between two frames a close
// may be said, in the middle of one it would be taken for payload.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace bordergate {

class WebSocketFrames {
  public:
    /// The bytes that come next.
    void pass(std::string_view bytes) {
        while (!bytes.empty()) {
            if (payload_ > 0) {
                const auto taken = std::min<std::uint64_t>(payload_, bytes.size());
                payload_ -= taken;
                bytes.remove_prefix(static_cast<std::size_t>(taken));
                continue;
            }
            header(static_cast<unsigned char>(bytes.front()));
            bytes.remove_prefix(1);
        }
    }
    /// Nothing of a frame is missing.
    bool between() const { return read_ == 0 && payload_ == 0; }

  private:
    void header(unsigned char byte) {
        constexpr unsigned masked = 0x80, two_bytes = 126, eight_bytes = 127;
        ++read_;
        if (read_ == 2) {
            const unsigned length = byte & 0x7fU;
            extended_ = length == two_bytes ? 2 : length == eight_bytes ? 8 : 0;
            length_ = extended_ == 0 ? length : 0;
            header_ = 2 + extended_ + ((byte & masked) != 0 ? 4 : 0);
        } else if (read_ > 2 && read_ <= 2 + extended_) {
            length_ = length_ << 8 | byte;
        }
        if (read_ < 2 || read_ < header_) return;
        payload_ = length_;
        read_ = 0;
    }

    std::uint64_t payload_ = 0, length_ = 0;
    unsigned read_ = 0;               ///< bytes of a header
    unsigned header_ = 0, extended_ = 0;
};

}  // namespace bordergate
