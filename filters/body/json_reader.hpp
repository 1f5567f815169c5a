// A strict streaming reader of JSON (RFC 8259 and nothing else): it knows grammar and place, and hands every byte
// to its hooks exactly once and in order, so that what a hook does not change goes out as it came.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "filters/body/json_path.hpp"
#include "filters/transform.hpp"

namespace bordergate {

struct JsonBounds {
    std::size_t hold_back = 64 * 1024;  ///< longest string, in raw bytes, that is handed over whole
    std::size_t depth = 128;
};

/// By itself a validator: the default hooks do nothing. After a fault it must not be fed again.
class JsonReader {
  public:
    explicit JsonReader(JsonBounds bounds) : bounds_(bounds) {}
    virtual ~JsonReader() = default;

    /// Fault body_invalid with the byte's position and the reason.
    Status read(std::string_view in);
    Status end();

  protected:
    /// Bytes between values: brackets, commas, colons, white space.
    virtual Status structure(std::string_view) { return {}; }
    /// A value begins; steps() says where.
    virtual Status begin_value() { return {}; }
    /// `{` or `[` begins a container, the opposite ends it; the bracket is not given to structure().
    virtual Status open(char) { return {}; }
    virtual Status close(char) { return {}; }
    /// A whole string (raw, without quotes), or the rest of one whose beginning long_string() took.
    virtual Status string(std::string_view) { return {}; }
    virtual Status key(std::string_view) { return {}; }
    /// A number or literal.
    virtual Status scalar(std::string_view) { return {}; }
    /// A string value has reached hold_back raw bytes: takes some of them off the front of `raw`.
    virtual Status long_string(std::string& raw) {
        raw.clear();
        return {};
    }

    /// Where the current value stands, from the root. Valid until the next hook.
    const std::vector<JsonStep>& steps() const;
    std::size_t depth() const { return frames_.size(); }
    Fault invalid(std::string_view why) const;
    /// How many bytes came before the one that is being read.
    std::uint64_t position() const { return position_; }

  private:
    enum class State : std::uint8_t { value, first_element, first_key, key, colon, after_value, string, scalar, done };
    struct Frame {
        bool array = false;
        std::size_t index = 0;
        std::string name;
    };
    const char* run_of_string(const char* at, const char* end, Status& status);
    Status structural(char c);
    Status start_value(char c);
    Status finish_string();
    Status finish_scalar();
    Status after_value(char c);
    Status pop(char c);
    void value_done() { state_ = frames_.empty() ? State::done : State::after_value; }

    JsonBounds bounds_;
    State state_ = State::value;
    bool in_key_ = false, escaped_ = false, any_ = false;
    std::string token_;
    std::vector<Frame> frames_;
    std::uint64_t position_ = 0;
    mutable std::vector<JsonStep> steps_;
};

}  // namespace bordergate
