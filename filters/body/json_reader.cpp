#include "filters/body/json_reader.hpp"

#include "filters/body/json_string.hpp"
#include "filters/byte_runs.hpp"
#include "filters/utf8.hpp"

namespace bordergate {

namespace {

constexpr bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool in_scalar(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || c == '-' || c == '+' || c == '.' || c == 'E'; }

/// number = [ minus ] int [ frac ] [ exp ] (RFC 8259, section 6)
bool is_number(std::string_view text) {
    std::size_t i = 0;
    const auto digits = [&] {
        const auto start = i;
        while (i < text.size() && is_digit(text[i])) ++i;
        return i - start;
    };
    if (i < text.size() && text[i] == '-') ++i;
    const bool zero = i < text.size() && text[i] == '0';
    const auto whole = digits();
    if (whole == 0 || (zero && whole > 1)) return false;
    if (i < text.size() && text[i] == '.') {
        ++i;
        if (digits() == 0) return false;
    }
    if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
        ++i;
        if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
        if (digits() == 0) return false;
    }
    return i == text.size();
}

}  // namespace

Fault JsonReader::invalid(std::string_view why) const {
    return fault(Code::body_invalid, "the body is not valid JSON at byte " + std::to_string(position()) + ": " + std::string(why));
}

const std::vector<JsonStep>& JsonReader::steps() const {
    steps_.clear();
    for (std::size_t i = 0; i < depth_; ++i) steps_.push_back({frames_[i].name, frames_[i].index, frames_[i].array});
    return steps_;
}

JsonStep JsonReader::step() const {
    const auto& frame = frames_[depth_ - 1];
    return {frame.name, frame.index, frame.array};
}

Status JsonReader::long_string(std::string& raw) {
    std::string text;
    const auto used = unescape_json_front(raw, text);
    if (used == std::string_view::npos) return invalid("a string is not UTF-8, or has a malformed escape");
    raw.erase(0, used);
    return {};
}

Status JsonReader::copy_until(const char* to) {
    if (to <= uncopied_) return {};
    const std::string_view run(uncopied_, static_cast<std::size_t>(to - uncopied_));
    uncopied_ = to;
    return copy(run);
}

/// Keeps what this read brought of a token that is not complete, from `from` to here.
Status JsonReader::hold(const char* from) {
    const Status copied = copy_until(from);
    token_.append(from, at_);
    uncopied_ = at_;
    return copied;
}

Status JsonReader::replace(std::string_view bytes) {
    replaced_ = true;
    if (token_.empty()) {
        const Status copied = copy_until(token_at_);
        if (copied.has_error()) return copied;
        uncopied_ = at_;
    }
    return copy(bytes);
}

Status JsonReader::read(std::string_view in) {
    begin_ = at_ = uncopied_ = token_at_ = in.data();
    end_ = begin_ + in.size();
    const Status status = advance();
    // At a fault, what precedes the token goes out all the same, as it would have if it had come alone.
    const Status copied = copy_until(status.has_error() ? token_at_ : at_);
    before_ += in.size();
    begin_ = at_;
    return status.has_error() ? status : copied;
}

Status JsonReader::advance() {
    while (at_ < end_) {
        Status status;
        token_at_ = at_;
        if (state_ == State::string)
            status = read_string();
        else if (state_ == State::scalar)
            status = read_scalar();
        else if (!is_space(*at_))
            status = structural(*at_);
        else
            do ++at_;
            while (at_ < end_ && is_space(*at_));
        if (status.has_error()) return status;
    }
    token_at_ = at_;
    return {};
}

/// The token ends here: given to `finish` where it lies, unless an earlier read brought its beginning.
template <class Finish>
Status JsonReader::finish_token(const char* from, Finish finish) {
    replaced_ = false;
    if (token_.empty()) return (this->*finish)({from, static_cast<std::size_t>(at_ - from)});
    Status done = hold(from);
    if (done.has_value()) done = (this->*finish)(token_);
    if (done.has_value() && !replaced_) done = copy(token_);
    token_.clear();
    return done;
}

/// Takes string bytes up to the closing quote, the end of the input, or the bound.
Status JsonReader::read_string() {
    const char* const start = at_;
    const std::size_t room = bounds_.hold_back - token_.size();
    const char* const bound = static_cast<std::size_t>(end_ - start) > room ? start + room : end_;
    if (escape_pending_) {
        escape_pending_ = false;
        ++at_;
    }
    while (at_ < bound) {
        at_ = find_string_stop(at_, bound, any_non_ascii_);
        if (at_ == bound) break;
        if (*at_ == '"') {
            const Status done = finish_token(start, &JsonReader::finish_string);
            if (done.has_value()) ++at_;
            return done;
        }
        if (*at_ != '\\') return invalid("a control character in a string must be escaped");
        any_escape_ = true;
        escape_pending_ = bound - at_ < 2;
        at_ += escape_pending_ ? 1 : 2;
    }
    const Status held = hold(start);
    if (held.has_error() || token_.size() < bounds_.hold_back) return held;
    return read_long_string();
}

Status JsonReader::read_long_string() {
    token_at_ = at_;
    if (in_key_) return fault(Code::body_too_large, "a key is longer than hold_back");
    windowed_ = true;
    const auto before = token_.size();
    const Status taken = long_string(token_);
    if (taken.has_value() && token_.size() >= before) return invalid("a long string is not well formed");
    return taken;
}

Status JsonReader::read_scalar() {
    const char* const start = at_;
    while (at_ < end_ && in_scalar(*at_)) ++at_;
    if (token_.size() + static_cast<std::size_t>(at_ - start) > bounds_.hold_back) return fault(Code::body_too_large, "a number is longer than hold_back");
    if (at_ < end_) return finish_token(start, &JsonReader::finish_scalar);
    return hold(start);
}

Status JsonReader::finish_string(std::string_view raw) {
    if (any_non_ascii_ && find_invalid_utf8(raw) != std::string_view::npos) return invalid("a string is not UTF-8");
    if (in_key_) {
        in_key_ = false;
        state_ = State::colon;
        auto& name = frames_[depth_ - 1].name;
        name.clear();
        if (!any_escape_) name = raw;
        else if (unescape_json(raw, true, name) != raw.size()) return invalid("a malformed escape");
        return key(raw);
    }
    if (any_escape_ && !well_escaped(raw)) return invalid("a malformed escape");
    value_done();
    return string(raw);
}

Status JsonReader::finish_scalar(std::string_view token) {
    value_done();
    const char first = token.front();
    const bool valid = first == '-' || is_digit(first) ? is_number(token) : token == "true" || token == "false" || token == "null";
    if (!valid) return invalid("neither a number nor true, false or null");
    return scalar(token);
}

Status JsonReader::structural(char c) {
    switch (state_) {
        case State::first_element:
            if (c == ']') return pop(c);
            [[fallthrough]];
        case State::value: return start_value(c);
        case State::first_key:
            if (c == '}') return pop(c);
            [[fallthrough]];
        case State::key:
            if (c != '"') return invalid("expected a key in quotes");
            return start_string(true);
        case State::colon:
            if (c != ':') return invalid("expected a colon");
            state_ = State::value;
            ++at_;
            return {};
        case State::after_value: return after_value(c);
        default: return invalid("something follows the end of the document");
    }
}

Status JsonReader::start_string(bool key) {
    in_key_ = key;
    any_escape_ = any_non_ascii_ = windowed_ = false;
    state_ = State::string;
    ++at_;
    return {};
}

Status JsonReader::start_value(char c) {
    if (c != '"' && c != '{' && c != '[' && !in_scalar(c)) return invalid("expected a value");
    any_ = true;
    const Status begun = begin_value();
    if (begun.has_error()) return begun;
    if (c == '"') return start_string(false);
    if (c != '{' && c != '[') {
        state_ = State::scalar;
        return {};
    }
    if (depth_ >= bounds_.depth) return invalid("nested deeper than " + std::to_string(bounds_.depth) + " levels");
    const Status opened = open(c);
    if (depth_ == frames_.size()) frames_.emplace_back();
    auto& frame = frames_[depth_++];
    frame.array = c == '[';
    frame.index = 0;
    frame.name.clear();
    state_ = frame.array ? State::first_element : State::first_key;
    if (opened.has_value()) ++at_;
    return opened;
}

Status JsonReader::after_value(char c) {
    auto& frame = frames_[depth_ - 1];
    if (c == ',') {
        ++frame.index;
        state_ = frame.array ? State::value : State::key;
        ++at_;
        return {};
    }
    if (c == (frame.array ? ']' : '}')) return pop(c);
    return invalid(frame.array ? "expected a comma or ]" : "expected a comma or }");
}

Status JsonReader::pop(char c) {
    --depth_;
    value_done();
    const Status closed = close(c);
    if (closed.has_value()) ++at_;
    return closed;
}

Status JsonReader::end() {
    begin_ = end_ = at_ = uncopied_ = token_at_ = nullptr;
    if (state_ == State::scalar) {
        const Status done = finish_token(at_, &JsonReader::finish_scalar);
        if (done.has_error()) return done;
    }
    if (!any_) return invalid("the body is empty");
    if (state_ != State::done) return invalid("the body ends too early");
    return {};
}

}  // namespace bordergate
