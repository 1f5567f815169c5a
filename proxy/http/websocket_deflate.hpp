// The compression of WebSocket messages (RFC 7692, 7.2): one inflater and one deflater for each connection, without
// I/O. What is inflated is bounded while it grows, so that a small message cannot become a large one.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace bordergate {

/// Decompresses the messages of one peer.
class MessageInflater {
  public:
    enum class Outcome { good, damaged, too_long };

    /// `keeps_context`: a message may refer to the ones before it. The window is always the largest: with a smaller one zlib
    /// accepts or refuses a reference beyond it depending on how the message was split.
    explicit MessageInflater(bool keeps_context);
    ~MessageInflater();

    /// Appends what `in`, the next piece of a message, stands for. too_long: `out` would pass `most` bytes.
    Outcome feed(std::string_view in, std::size_t most, std::string& out);
    /// The message has ended. damaged: not at the end of a block.
    Outcome finish(std::size_t most, std::string& out);

  private:
    struct State;
    Outcome run(std::string_view in, std::size_t most, std::string& out);
    std::unique_ptr<State> state_;
};

/// Compresses messages for one peer.
class MessageDeflater {
  public:
    /// `window_bits`: the most that our side may use, 9 to 15 (zlib cannot use 8); less is used to save memory.
    MessageDeflater(unsigned window_bits, bool keeps_context);
    ~MessageDeflater();

    /// Appends the compressed `message`, without the tail that RFC 7692 (7.2.1) leaves out. False if zlib failed.
    bool deflate_message(std::string_view message, std::string& out);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace bordergate
