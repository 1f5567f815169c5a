#include "filters/body/json_path.hpp"

#include <charconv>

namespace bordergate {

bool JsonPath::Choice::selects(const JsonStep& step) const {
    switch (kind) {
        case Kind::wildcard: return true;
        case Kind::name: return !step.in_array && step.name == name;
        case Kind::slice: return step.in_array && step.index >= from && step.index < to;
    }
    return false;
}

bool JsonPath::matches(std::span<const JsonStep> steps, std::size_t segment) const {
    if (segment == segments_.size()) return steps.empty();
    if (steps.empty()) return false;
    const auto& here = segments_[segment];
    for (const auto& choice : here.choices)
        if (choice.selects(steps.front()) && matches(steps.subspan(1), segment + 1)) return true;
    return here.descendant && matches(steps.subspan(1), segment);
}

/// A recursive descent over the text of a path.
class JsonPathParser {
  public:
    explicit JsonPathParser(std::string_view text) : text_(text) {}

    Result<JsonPath> parse() {
        JsonPath path;
        path.text_ = text_;
        if (!take('$')) return refuse("a path starts with $");
        while (position_ < text_.size()) {
            JsonPath::Segment segment;
            const Status parsed = parse_segment(segment);
            if (parsed.has_error()) return parsed.error();
            path.segments_.push_back(std::move(segment));
        }
        return path;
    }

  private:
    using Choice = JsonPath::Choice;

    Fault refuse(std::string_view why) const {
        return fault(Code::internal, "JSONPath " + std::string(text_) + ", character " + std::to_string(position_ + 1) + ": " + std::string(why));
    }
    char peek() const { return position_ < text_.size() ? text_[position_] : '\0'; }
    bool take(char c) {
        if (peek() != c) return false;
        ++position_;
        return true;
    }
    void skip_blanks() {
        while (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r') ++position_;
    }
    static bool in_name(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
    }

    Status parse_segment(JsonPath::Segment& segment) {
        if (take('.')) {
            segment.descendant = take('.');
            if (peek() != '[') return parse_dotted(segment);
            if (!segment.descendant) return refuse("a name or * follows a dot");
        }
        if (!take('[')) return refuse("expected . or [");
        do {
            skip_blanks();
            Choice choice;
            const Status parsed = parse_choice(choice);
            if (parsed.has_error()) return parsed;
            segment.choices.push_back(std::move(choice));
            skip_blanks();
        } while (take(','));
        if (!take(']')) return refuse("expected ]");
        return {};
    }

    Status parse_dotted(JsonPath::Segment& segment) {
        Choice choice;
        if (!take('*')) {
            choice.kind = Choice::Kind::name;
            if (peek() >= '0' && peek() <= '9') return refuse("a name does not start with a digit");
            while (in_name(peek())) choice.name += text_[position_++];
            if (choice.name.empty()) return refuse("a name or * follows a dot");
        }
        segment.choices.push_back(std::move(choice));
        return {};
    }

    Status parse_choice(Choice& choice) {
        const char c = peek();
        if (take('*')) return {};
        if (c == '\'' || c == '"') return parse_quoted(choice);
        if (c == '?') return refuse("filters cannot be decided while the document streams");
        return parse_slice(choice);
    }

    Status parse_quoted(Choice& choice) {
        const char quote = text_[position_++];
        choice.kind = Choice::Kind::name;
        while (peek() != quote) {
            if (position_ >= text_.size()) return refuse("the quoted name does not end");
            if (take('\\') && peek() != quote && peek() != '\\') return refuse("only the quote and the backslash can be escaped here");
            choice.name += text_[position_++];
        }
        ++position_;
        return {};
    }

    Status parse_slice(Choice& choice) {
        choice.kind = Choice::Kind::slice;
        const bool started = parse_number(choice.from);
        skip_blanks();
        if (!take(':')) {
            if (!started) return refuse("expected a name in quotes, *, an index or a slice; negative indices cannot be decided while the document streams");
            choice.to = choice.from + 1;
            return {};
        }
        skip_blanks();
        parse_number(choice.to);
        skip_blanks();
        if (peek() == ':' || peek() == '-') return refuse("slices with steps or negative bounds cannot be decided while the document streams");
        return {};
    }

    bool parse_number(std::size_t& number) {
        const auto* begin = text_.data() + position_;
        const auto [stop, error] = std::from_chars(begin, text_.data() + text_.size(), number);
        if (error != std::errc{}) return false;
        position_ += static_cast<std::size_t>(stop - begin);
        return true;
    }

    std::string_view text_;
    std::size_t position_ = 0;
};

Result<JsonPath> JsonPath::compile(std::string_view text) { return JsonPathParser(text).parse(); }

}  // namespace bordergate
