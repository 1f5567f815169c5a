#include "filters/body/json_reader.hpp"

#include <utility>

#include "filters/ascii.hpp"
#include "filters/body/json_string.hpp"
#include "filters/byte_runs.hpp"
#include "config/utf8.hpp"

namespace bordergate {

namespace {

constexpr bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
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

bool JsonReader::invalid(std::string_view why) {
    return fail(fault(Code::body_invalid, "the body is not valid JSON at byte " + std::to_string(position()) + ": " + std::string(why)));
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

bool JsonReader::long_string(std::string& raw) {
    std::string text;
    const auto used = unescape_json_front(raw, text);
    if (used == std::string_view::npos) return invalid("a string is not UTF-8, or has a malformed escape");
    raw.erase(0, used);
    return true;
}

bool JsonReader::copy_until(const char* to) {
    if (to <= uncopied_) return true;
    const std::string_view run(uncopied_, static_cast<std::size_t>(to - uncopied_));
    uncopied_ = to;
    return give(run);
}

/// copy(), but for quotes that wait for their string, or have gone with it.
bool JsonReader::give(std::string_view bytes) {
    if (bytes.empty()) return true;
    if (opening_quote_due_) {
        opening_quote_due_ = false;
        if (!copy("\"")) return false;
    }
    if (closing_quote_gone_) {
        closing_quote_gone_ = false;
        bytes.remove_prefix(1);
    }
    return bytes.empty() || copy(bytes);
}

/// Keeps what this read brought of a token that is not complete, from `from` to here.
bool JsonReader::hold(const char* from) {
    const bool copied = copy_until(from);
    token_.append(from, at_);
    uncopied_ = at_;
    return copied;
}

bool JsonReader::replace(std::string_view bytes) {
    replaced_ = true;
    if (token_.empty()) {
        if (!copy_until(token_at_)) return false;
        uncopied_ = at_;
    }
    return give(bytes);
}

bool JsonReader::replace_value(std::string_view value) {
    replaced_ = true;
    if (token_.empty()) uncopied_ = at_;
    opening_quote_due_ = false;
    if (!copy(value)) return false;
    closing_quote_gone_ = true;
    return true;
}

Status JsonReader::read(std::string_view in) {
    begin_ = at_ = uncopied_ = token_at_ = in.data();
    end_ = begin_ + in.size();
    const bool read = advance();
    Fault why = read ? Fault{} : std::move(failure_);
    if (!read) failed_at_ = position();
    // At a fault, what precedes the token goes out all the same, as it would have if it had come alone.
    const bool copied = copy_until(read ? at_ : token_at_);
    before_ += in.size();
    begin_ = at_;
    if (!read) return Status(std::move(why));
    return copied ? Status{} : Status(std::move(failure_));
}

bool JsonReader::advance() {
    while (at_ < end_) {
        token_at_ = at_;
        bool went_on = true;
        if (state_ == State::string)
            went_on = read_string();
        else if (state_ == State::scalar)
            went_on = read_scalar();
        else if (!is_space(*at_))
            went_on = structural(*at_);
        else
            do ++at_;
            while (at_ < end_ && is_space(*at_));
        if (!went_on) return false;
    }
    token_at_ = at_;
    return true;
}

/// The token ends here: given to `finish` where it lies, unless an earlier read brought its beginning.
template <class Finish>
bool JsonReader::finish_token(const char* from, Finish finish) {
    replaced_ = false;
    if (token_.empty()) return (this->*finish)({from, static_cast<std::size_t>(at_ - from)});
    bool done = hold(from);
    if (done) done = (this->*finish)(token_);
    if (done && !replaced_) done = give(token_);
    token_.clear();
    return done;
}

/// Takes string bytes up to the closing quote, the end of the input, or the bound.
bool JsonReader::read_string() {
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
            if (!finish_token(start, &JsonReader::finish_string)) return false;
            ++at_;
            return true;
        }
        if (*at_ != '\\') return invalid("a control character in a string must be escaped");
        any_escape_ = true;
        escape_pending_ = bound - at_ < 2;
        at_ += escape_pending_ ? 1 : 2;
    }
    if (!hold(start)) return false;
    return token_.size() < bounds_.hold_back || read_long_string();
}

bool JsonReader::read_long_string() {
    token_at_ = at_;
    if (in_key_) return fail(fault(Code::body_too_large, "a key is longer than hold_back"));
    windowed_ = true;
    if (std::exchange(opening_quote_due_, false) && !copy("\"")) return false;
    const auto before = token_.size();
    if (!long_string(token_)) return false;
    return token_.size() < before || invalid("a long string is not well formed");
}

bool JsonReader::read_scalar() {
    const char* const start = at_;
    while (at_ < end_ && in_scalar(*at_)) ++at_;
    if (token_.size() + static_cast<std::size_t>(at_ - start) > bounds_.hold_back) return fail(fault(Code::body_too_large, "a number is longer than hold_back"));
    if (at_ < end_) return finish_token(start, &JsonReader::finish_scalar);
    return hold(start);
}

bool JsonReader::finish_string(std::string_view raw) {
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

bool JsonReader::finish_scalar(std::string_view token) {
    value_done();
    const char first = token.front();
    const bool valid = first == '-' || is_digit(first) ? is_number(token) : token == "true" || token == "false" || token == "null";
    if (!valid) return invalid("neither a number nor true, false or null");
    return scalar(token);
}

bool JsonReader::structural(char c) {
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
            return true;
        case State::after_value: return after_value(c);
        default: return invalid("something follows the end of the document");
    }
}

bool JsonReader::start_string(bool key) {
    in_key_ = key;
    any_escape_ = any_non_ascii_ = windowed_ = false;
    state_ = State::string;
    if (quotes_give_way_ && !key) {
        if (!copy_until(at_)) return false;
        opening_quote_due_ = true;
        uncopied_ = at_ + 1;
    }
    ++at_;
    return true;
}

bool JsonReader::start_value(char c) {
    if (c != '"' && c != '{' && c != '[' && !in_scalar(c)) return invalid("expected a value");
    any_ = true;
    if (!begin_value()) return false;
    if (c == '"') return start_string(false);
    if (c != '{' && c != '[') {
        state_ = State::scalar;
        return true;
    }
    if (depth_ >= bounds_.depth) return invalid("nested deeper than " + std::to_string(bounds_.depth) + " levels");
    if (!open(c)) return false;
    if (depth_ == frames_.size()) frames_.emplace_back();
    auto& frame = frames_[depth_++];
    frame.array = c == '[';
    frame.index = 0;
    frame.name.clear();
    state_ = frame.array ? State::first_element : State::first_key;
    ++at_;
    return true;
}

bool JsonReader::after_value(char c) {
    auto& frame = frames_[depth_ - 1];
    if (c == ',') {
        ++frame.index;
        state_ = frame.array ? State::value : State::key;
        ++at_;
        return true;
    }
    if (c == (frame.array ? ']' : '}')) return pop(c);
    return invalid(frame.array ? "expected a comma or ]" : "expected a comma or }");
}

bool JsonReader::pop(char c) {
    --depth_;
    value_done();
    if (!close(c)) return false;
    ++at_;
    return true;
}

Status JsonReader::end() {
    begin_ = end_ = at_ = uncopied_ = token_at_ = nullptr;
    bool ended = true;
    if (state_ == State::scalar) ended = finish_token(at_, &JsonReader::finish_scalar);
    if (ended && !any_) ended = invalid("the body is empty");
    if (ended && state_ != State::done) ended = invalid("the body ends too early");
    failed_at_ = before_;
    return ended ? Status{} : Status(std::move(failure_));
}

bool is_json_value(std::string_view text, JsonBounds bounds) {
    JsonReader validator(bounds);
    return validator.read(text).has_value() && validator.end().has_value();
}

bool is_json_container(std::string_view text, JsonBounds bounds) {
    const auto first = text.find_first_not_of(" \t\r\n");
    return first != std::string_view::npos && (text[first] == '{' || text[first] == '[') && is_json_value(text, bounds);
}

}  // namespace bordergate
