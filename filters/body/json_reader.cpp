#include "filters/body/json_reader.hpp"

#include "filters/body/json_string.hpp"

namespace bordergate {

namespace {

constexpr bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
constexpr bool in_scalar(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-' || c == '+' || c == '.' || c == 'E'; }

/// number = [ minus ] int [ frac ] [ exp ] (RFC 8259, section 6)
bool is_number(std::string_view text) {
    std::size_t i = 0;
    const auto digits = [&] {
        const auto start = i;
        while (i < text.size() && text[i] >= '0' && text[i] <= '9') ++i;
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
    return fault(Code::body_invalid, "the body is not valid JSON at byte " + std::to_string(position_) + ": " + std::string(why));
}

const std::vector<JsonStep>& JsonReader::steps() const {
    steps_.clear();
    for (const auto& frame : frames_) steps_.push_back({frame.name, frame.index, frame.array});
    return steps_;
}

Status JsonReader::read(std::string_view in) {
    const char* at = in.data();
    const char* const end = at + in.size();
    while (at < end) {
        Status status;
        if (state_ == State::string) {
            at = run_of_string(at, end, status);
        } else if (state_ == State::scalar) {
            const char* stop = at;
            while (stop < end && in_scalar(*stop)) ++stop;
            token_.append(at, stop);
            position_ += static_cast<std::uint64_t>(stop - at);
            at = stop;
            if (token_.size() > bounds_.hold_back) return fault(Code::body_too_large, "a number is longer than hold_back");
            if (at < end) status = finish_scalar();
        } else if (is_space(*at)) {
            const char* stop = at;
            while (stop < end && is_space(*stop)) ++stop;
            status = structure({at, static_cast<std::size_t>(stop - at)});
            position_ += static_cast<std::uint64_t>(stop - at);
            at = stop;
        } else {
            status = structural(*at);
            ++position_;
            ++at;
        }
        if (status.has_error()) return status;
    }
    return {};
}

/// Takes string bytes up to the closing quote, the end of the input, or the bound.
const char* JsonReader::run_of_string(const char* at, const char* end, Status& status) {
    const char* const start = at;
    const std::size_t room = bounds_.hold_back - token_.size();
    const char* const bound = static_cast<std::size_t>(end - at) > room ? at + room : end;
    bool closed = false;
    for (; at < bound; ++at) {
        const char c = *at;
        if (escaped_) {
            escaped_ = false;
        } else if (c == '\\') {
            escaped_ = true;
        } else if (c == '"') {
            closed = true;
            break;
        } else if (static_cast<unsigned char>(c) < 0x20) {
            position_ += static_cast<std::uint64_t>(at - start);
            status = invalid("a control character in a string must be escaped");
            return at;
        }
    }
    token_.append(start, at);
    position_ += static_cast<std::uint64_t>(at - start);
    if (closed) {
        status = finish_string();
        ++position_;
        return at + 1;
    }
    if (token_.size() >= bounds_.hold_back) {
        if (in_key_) {
            status = fault(Code::body_too_large, "a key is longer than hold_back");
            return at;
        }
        const auto before = token_.size();
        status = long_string(token_);
        if (status.has_value() && token_.size() >= before) status = fault(Code::internal, "a long string was not shortened");
    }
    return at;
}

Status JsonReader::finish_string() {
    if (in_key_) {
        in_key_ = false;
        state_ = State::colon;
        auto& name = frames_.back().name;
        name.clear();
        if (unescape_json(token_, true, name) != token_.size()) return invalid("a malformed escape");
        const Status done = key(token_);
        token_.clear();
        return done;
    }
    value_done();
    const Status done = string(token_);
    token_.clear();
    return done;
}

Status JsonReader::finish_scalar() {
    value_done();
    if (token_ != "true" && token_ != "false" && token_ != "null" && !is_number(token_)) return invalid("neither a number nor true, false or null");
    const Status done = scalar(token_);
    token_.clear();
    return done;
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
            in_key_ = true;
            state_ = State::string;
            return {};
        case State::colon:
            if (c != ':') return invalid("expected a colon");
            state_ = State::value;
            return structure(":");
        case State::after_value: return after_value(c);
        default: return invalid("something follows the end of the document");
    }
}

Status JsonReader::start_value(char c) {
    any_ = true;
    const Status begun = begin_value();
    if (begun.has_error()) return begun;
    if (c == '{' || c == '[') {
        if (frames_.size() >= bounds_.depth) return invalid("nested deeper than " + std::to_string(bounds_.depth) + " levels");
        const Status opened = open(c);
        frames_.push_back({c == '[', 0, {}});
        state_ = c == '[' ? State::first_element : State::first_key;
        return opened;
    }
    if (c == '"') {
        state_ = State::string;
        return {};
    }
    if (!in_scalar(c)) return invalid("expected a value");
    state_ = State::scalar;
    token_.assign(1, c);
    return {};
}

Status JsonReader::after_value(char c) {
    auto& frame = frames_.back();
    if (c == ',') {
        ++frame.index;
        state_ = frame.array ? State::value : State::key;
        return structure(",");
    }
    if (c == (frame.array ? ']' : '}')) return pop(c);
    return invalid(frame.array ? "expected a comma or ]" : "expected a comma or }");
}

Status JsonReader::pop(char c) {
    frames_.pop_back();
    value_done();
    return close(c);
}

Status JsonReader::end() {
    if (state_ == State::scalar) {
        const Status done = finish_scalar();
        if (done.has_error()) return done;
    }
    if (!any_) return invalid("the body is empty");
    if (state_ != State::done) return invalid("the body ends too early");
    return {};
}

}  // namespace bordergate
