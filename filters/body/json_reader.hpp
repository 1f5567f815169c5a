// A strict streaming reader of JSON (RFC 8259 and nothing else): it knows grammar and place, hands what stands in the
// document to its hooks, and lets every byte that no hook replaces go out as it came.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "filters/body/json_path.hpp"
#include "filters/transform.hpp"

namespace bordergate {

struct JsonBounds {
    std::size_t hold_back = 64 * 1024;  ///< a string of so many raw bytes is no longer handed over whole
    std::size_t depth = 128;
};

/// By itself a validator: the default hooks do nothing. After a fault it must not be fed again.
/// Of what RFC 8259 leaves to the reader: a number may be of any size and precision, and stays as it is spelt; an escaped
/// surrogate without its other half is allowed (its text is U+FFFD); a byte order mark, and any encoding but well-formed
/// UTF-8, is refused; so is what is nested deeper, or has a longer key or number, than the bounds say. Keys may repeat
/// here: JsonKeys refuses where that matters.
class JsonReader {
  public:
    /// `quotes_give_way`: a string value may be replaced with its quotes; each is then copied only when its string is known.
    explicit JsonReader(JsonBounds bounds, bool quotes_give_way = false) : bounds_(bounds), quotes_give_way_(quotes_give_way) {}
    virtual ~JsonReader() = default;

    /// Fault body_invalid with the byte's position and the reason; body_too_large for a key or number beyond
    /// hold_back. What precedes the token at fault has been copied.
    Status read(std::string_view in);
    Status end();

  protected:
    // Hooks say whether to go on; one that does not has said why by fail(). (A Status for each comma costs more than
    // reading it.)

    /// Bytes that leave as they came, in order; also what replace() gave.
    virtual bool copy(std::string_view) { return true; }
    /// A value begins; steps() says where.
    virtual bool begin_value() { return true; }
    /// `{` or `[` begins a container, the opposite ends it.
    virtual bool open(char) { return true; }
    virtual bool close(char) { return true; }
    /// A whole string (raw, without quotes), or the rest of one whose beginning long_string() took.
    virtual bool string(std::string_view) { return true; }
    virtual bool key(std::string_view) { return true; }
    /// A number or literal.
    virtual bool scalar(std::string_view) { return true; }
    /// A string value has reached hold_back raw bytes: takes some of them off the front of `raw` and copies what
    /// shall stand for them. Here alone the bytes have not been checked to be UTF-8 and well escaped.
    virtual bool long_string(std::string& raw);

    /// In the hook of a string, key or scalar: `bytes` stand in its place (between the quotes, if it has them).
    bool replace(std::string_view bytes);
    /// In string(), where quotes give way and not windowed(): `value` stands in the place of the string and its quotes.
    bool replace_value(std::string_view value);
    /// In open() and close(): copies everything that precedes the bracket, and `also` bytes from there.
    bool settle(std::size_t also) { return copy_until(at_ + also); }

    /// Where the current value stands, from the root. Valid until the next hook.
    const std::vector<JsonStep>& steps() const;
    /// The last of steps(); there is none at the root.
    JsonStep step() const;
    std::size_t depth() const { return depth_; }
    /// Whether the current string has an escape; if not, its raw bytes are its text.
    bool escaped() const { return any_escape_; }
    /// Whether long_string() has taken a part of the current string.
    bool windowed() const { return windowed_; }
    /// Ends the reading with this fault. Always false.
    bool fail(Fault why) {
        failure_ = std::move(why);
        return false;
    }
    /// The same for what is not JSON: body_invalid, with the position.
    bool invalid(std::string_view why);
    /// How many bytes came before the one that is being read.
    std::uint64_t position() const { return before_ + static_cast<std::uint64_t>(at_ - begin_); }
    /// The same of the byte at which read() failed.
    std::uint64_t failed_at() const { return failed_at_; }
    /// In begin_value(): the first byte of the value.
    char next_byte() const { return *at_; }

  private:
    enum class State : std::uint8_t { value, first_element, first_key, key, colon, after_value, string, scalar, done };
    struct Frame {
        bool array = false;
        std::size_t index = 0;
        std::string name;
    };
    bool advance();
    bool read_string();
    bool read_long_string();
    bool read_scalar();
    bool structural(char c);
    bool start_value(char c);
    bool start_string(bool key);
    bool finish_string(std::string_view raw);
    bool finish_scalar(std::string_view token);
    bool after_value(char c);
    bool pop(char c);
    bool copy_until(const char* to);
    bool give(std::string_view bytes);
    bool hold(const char* from);
    template <class Finish>
    bool finish_token(const char* from, Finish finish);
    void value_done() { state_ = depth_ == 0 ? State::done : State::after_value; }

    JsonBounds bounds_;
    const bool quotes_give_way_;
    bool opening_quote_due_ = false;    ///< of the current string; not copied yet
    bool closing_quote_gone_ = false;   ///< the next byte is the quote of a string that was replaced with its quotes
    State state_ = State::value;
    bool in_key_ = false;
    bool escape_pending_ = false;  ///< the last byte was a backslash
    bool any_escape_ = false, any_non_ascii_ = false;
    bool windowed_ = false;
    bool any_ = false;
    bool replaced_ = false;
    std::string token_;            ///< what earlier reads brought of the token that is being read
    std::vector<Frame> frames_;    ///< the first depth_ count; the others are kept for their memory
    std::size_t depth_ = 0;
    std::uint64_t before_ = 0;     ///< bytes of earlier reads
    std::uint64_t failed_at_ = 0;
    // Of this read: its bytes, the first that was not yet copied or held, where the token begins, and here.
    const char *begin_ = nullptr, *end_ = nullptr, *uncopied_ = nullptr, *token_at_ = nullptr, *at_ = nullptr;
    Fault failure_;
    mutable std::vector<JsonStep> steps_;
};

/// Whether `text` is one JSON value of any kind, within `bounds`.
bool is_json_value(std::string_view text, JsonBounds bounds);
/// Whether it is one object or array.
bool is_json_container(std::string_view text, JsonBounds bounds);

}  // namespace bordergate
