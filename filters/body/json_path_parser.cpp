#include "filters/body/json_path_parser.hpp"

#include <algorithm>

#include "filters/ascii.hpp"
#include "config/utf8.hpp"

namespace bordergate {

namespace {

constexpr std::int64_t most_index = (std::int64_t{1} << 53) - 1;
constexpr std::string_view from_the_front = "count from the front, as in [0] or [1:3], or take all of them with [*]";
constexpr std::string_view grammar = "RFC 9535 has $.name, $['any name'], $[0], $[1:3], $.*, $..name and $[?@.type=='text']";

constexpr bool in_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' || static_cast<unsigned char>(c) >= 0x80; }

}  // namespace

Result<JsonPath> JsonPathParser::parse() {
    JsonPath path;
    path.text_ = text_;
    bool read = false;
    if (const auto broken = find_invalid_utf8(text_); broken != std::string_view::npos) refuse_at(broken, "the path is not UTF-8");
    else if (!take('$')) refuse("a path starts with $");
    else read = segments(path.segments_) && (at_end() || refuse("expected . or ["));
    if (!read) return told(*mistake_);
    if (cannot_stream_) {
        mistake_ = std::move(cannot_stream_);
        return told(*mistake_);
    }
    path.filters_ = std::move(filters_);
    return path;
}

bool JsonPathParser::take(char c) {
    if (at_end() || text_[position_] != c) return false;
    ++position_;
    return true;
}

bool JsonPathParser::take(std::string_view word) {
    if (!text_.substr(position_).starts_with(word)) return false;
    position_ += word.size();
    return true;
}

void JsonPathParser::skip_blanks() {
    while (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r') ++position_;
}

bool JsonPathParser::refuse_at(std::size_t at, std::string why, std::string hint) {
    if (!mistake_) mistake_ = Mistake{at, std::move(why), hint.empty() ? std::string(grammar) : std::move(hint)};
    return false;
}

void JsonPathParser::unstreamable(std::size_t at, std::string why, std::string hint) {
    if (!cannot_stream_) cannot_stream_ = Mistake{at, std::move(why) + " cannot be decided while the document streams", std::move(hint)};
}

Fault JsonPathParser::told(const Mistake& mistake) const {
    const auto before = text_.substr(0, mistake.at);
    const auto column = 1 + std::count_if(before.begin(), before.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; });
    return fault(Code::internal, "JSONPath " + std::string(text_) + ", character " + std::to_string(column) + ": " + mistake.why);
}

/// *(S segment): blanks that no segment follows are left where they stand.
bool JsonPathParser::segments(std::vector<JsonSegment>& into) {
    for (;;) {
        const auto before = position_;
        skip_blanks();
        if (peek() != '.' && peek() != '[') {
            position_ = before;
            return true;
        }
        if (into.size() == JsonPath::most_segments) return refuse("a path has at most " + std::to_string(JsonPath::most_segments) + " segments");
        if (!scope_.in_filter) segment_ = into.size();
        JsonSegment one;
        if (!segment(one)) return false;
        if (scope_.in_filter) scope_.repetitions *= one.choices.size();
        if (scope_.repetitions > most_repetitions) return refuse("the unions of a filter choose the same values too often", "name each value once");
        into.push_back(std::move(one));
    }
}

bool JsonPathParser::segment(JsonSegment& into) {
    const auto start = position_;
    if (!take('.')) return bracketed(into);
    into.descendant = take('.');
    if (into.descendant && scope_.in_filter && scope_.descents > 0)
        unstreamable(start, "a .. in a filter below another .. is looked at again at every level, which", "leave one of them out, or name the way to the value");
    if (into.descendant) ++scope_.descents;
    if (peek() != '[') return dotted(into);
    return into.descendant ? bracketed(into) : refuse("a name or * follows a dot");
}

bool JsonPathParser::dotted(JsonSegment& into) {
    JsonChoice one;
    if (!take('*')) {
        one.kind = JsonChoice::Kind::name;
        if (is_digit(peek())) return refuse("a name does not start with a digit", "write ['0'] for such a name, [0] for an index");
        while (in_name(peek())) one.name += text_[position_++];
        if (one.name.empty()) return refuse("a name or * follows a dot", "write ['any name'] for a name with other characters");
    }
    into.choices.push_back(std::move(one));
    return true;
}

bool JsonPathParser::bracketed(JsonSegment& into) {
    if (!take('[')) return refuse("expected . or [");
    do {
        skip_blanks();
        JsonChoice one;
        if (!choice(one)) return false;
        into.choices.push_back(std::move(one));
        skip_blanks();
    } while (take(','));
    return take(']') || refuse("expected , or ]");
}

bool JsonPathParser::choice(JsonChoice& into) {
    if (take('*')) return true;
    if (peek() == '?') return filter(into);
    if (peek() != '\'' && peek() != '"') return slice(into);
    into.kind = JsonChoice::Kind::name;
    return quoted(into.name);
}

bool JsonPathParser::slice(JsonChoice& into) {
    const auto at = position_;
    into.kind = JsonChoice::Kind::slice;
    std::optional<std::int64_t> start, end, step;
    if (!integer(start)) return false;
    const auto after = position_;
    skip_blanks();
    if (!take(':')) {
        position_ = after;
        if (!start) return refuse("expected a name in quotes, *, an index, a slice or a filter");
        decide_index(*start, at, into);
        return true;
    }
    skip_blanks();
    if (!integer(end)) return false;
    skip_blanks();
    if (take(':')) {
        skip_blanks();
        if (!integer(step)) return false;
    }
    decide_slice(start, end, step.value_or(1), at, into);
    return true;
}

/// int of RFC 9535: no leading zeros, no -0, within +-(2^53 - 1). Left out where none stands.
bool JsonPathParser::integer(std::optional<std::int64_t>& into) {
    const auto start = position_;
    const bool negative = take('-');
    const auto first = position_;
    std::int64_t value = 0;
    while (is_digit(peek())) {
        value = value * 10 + (text_[position_++] - '0');
        if (value > most_index) return refuse_at(start, "the number is too large");
    }
    const auto digits = position_ - first;
    if (digits == 0) return !negative || refuse("digits follow -");
    if (text_[first] == '0' && (digits > 1 || negative)) return refuse_at(start, "a number has no leading zeros, and there is no -0");
    into = negative ? -value : value;
    return true;
}

void JsonPathParser::decide_index(std::int64_t index, std::size_t at, JsonChoice& into) {
    if (index < 0) unstreamable(at, "an index from the end", std::string(from_the_front));
    into.index = true;
    into.from = static_cast<std::size_t>(std::max<std::int64_t>(index, 0));
    into.to = into.from + 1;
}

/// Which indices it selects, if that is the same for arrays of every length. (Their order is of no concern here.)
void JsonPathParser::decide_slice(std::optional<std::int64_t> start, std::optional<std::int64_t> end, std::int64_t step, std::size_t at, JsonChoice& into) {
    const auto between = [&](std::int64_t from, std::int64_t to) {
        into.from = static_cast<std::size_t>(from);
        into.to = static_cast<std::size_t>(to);
    };
    // From the end both, or neither: then one lies before the other, however long the array.
    const bool comparable = start && end && (*start < 0) == (*end < 0);
    const bool nothing = step == 0 || (step > 0 && end == 0) || (comparable && (step > 0 ? *start >= *end : *start <= *end));
    if (nothing) return between(0, 0);
    if (step > 0 && start.value_or(0) >= 0 && end.value_or(0) >= 0) {
        into.from = static_cast<std::size_t>(start.value_or(0));
        if (end) into.to = static_cast<std::size_t>(*end);
        into.every = static_cast<std::size_t>(step);
        return;
    }
    // Backwards: where it begins depends on the length, so that only what takes each one, or one at most, is certain.
    const bool forward_bounds = start.value_or(0) >= 0 && end.value_or(0) >= 0;
    const bool one_at_most = start && *start == end.value_or(-1) + 1;
    if (step < 0 && forward_bounds && (step == -1 || one_at_most)) {
        if (start) into.to = static_cast<std::size_t>(*start) + 1;
        into.from = static_cast<std::size_t>(end.value_or(-1) + 1);
        return;
    }
    unstreamable(at, step < 0 && forward_bounds ? "a slice that goes backwards in steps" : "a slice that counts from the end", std::string(from_the_front));
}

bool JsonPathParser::quoted(std::string& into) {
    const auto start = position_;
    const char quote = text_[position_++];
    while (!at_end()) {
        const char c = text_[position_];
        if (static_cast<unsigned char>(c) < 0x20) return refuse("a control character in quotes must be escaped");
        ++position_;
        if (c == quote) return true;
        if (c != '\\') into += c;
        else if (!escape(quote, into)) return false;
    }
    return refuse_at(start, "what is in quotes does not end");
}

bool JsonPathParser::escape(char quote, std::string& into) {
    static constexpr std::string_view letters = "bfnrt/\\", meanings = "\b\f\n\r\t/\\";
    const auto start = position_ - 1;
    const char c = peek();
    if (c == '\'' || c == '"') {
        if (c != quote) return refuse("this quote needs no backslash here");
        into += c;
        ++position_;
        return true;
    }
    if (const auto simple = letters.find(c); c != '\0' && simple != std::string_view::npos) {
        into += meanings[simple];
        ++position_;
        return true;
    }
    std::uint32_t unit = 0;
    if (!take('u') || !hex4(unit)) return refuse_at(start, "a malformed escape");
    if (unit >= 0xdc00 && unit <= 0xdfff) return refuse_at(start, "a low surrogate without its high one");
    if (unit >= 0xd800 && unit <= 0xdbff) {
        std::uint32_t low = 0;
        if (!take("\\u") || !hex4(low) || low < 0xdc00 || low > 0xdfff) return refuse_at(start, "a high surrogate without its low one");
        unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
    }
    append_utf8(unit, into);
    return true;
}

bool JsonPathParser::hex4(std::uint32_t& into) {
    for (int i = 0; i < 4; ++i) {
        const int value = hex_value(peek());
        if (value < 0) return false;
        into = into << 4 | static_cast<std::uint32_t>(value);
        ++position_;
    }
    return true;
}

}  // namespace bordergate
