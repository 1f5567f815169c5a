#include "filters/body/json_path.hpp"

#include <algorithm>
#include <charconv>

#include "filters/body/json_string.hpp"
#include "filters/utf8.hpp"

namespace bordergate {

bool JsonPath::Choice::selects(const JsonStep& step) const {
    switch (kind) {
        case Kind::wildcard: return true;
        case Kind::name: return !step.in_array && step.name == name;
        case Kind::slice: return step.in_array && step.index >= from && step.index < to;
    }
    return false;
}

bool JsonPath::Segment::selects(const JsonStep& step) const {
    return std::any_of(choices.begin(), choices.end(), [&](const Choice& choice) { return choice.selects(step); });
}

JsonPath::State JsonPath::advance(State parent, const JsonStep& step) const {
    State here = 0;
    for (std::size_t i = 0; i < segments_.size(); ++i) {
        if ((parent >> i & 1) == 0) continue;
        if (segments_[i].descendant) here |= State{1} << i;
        if (segments_[i].selects(step)) here |= State{1} << (i + 1);
    }
    return here;
}

bool JsonPath::matches(std::span<const JsonStep> steps) const {
    State state = root;
    for (const auto& step : steps) state = advance(state, step);
    return selects(state);
}

std::size_t JsonPath::selected_depth(std::span<const JsonStep> steps) const {
    State state = root;
    std::size_t innermost = selects(state) ? 1 : 0;
    for (std::size_t i = 0; i < steps.size() && state != 0; ++i) {
        state = advance(state, steps[i]);
        if (selects(state)) innermost = i + 2;
    }
    return innermost;
}

bool JsonPath::Choice::may_meet(const Choice& other) const {
    if (kind == Kind::wildcard || other.kind == Kind::wildcard) return true;
    if (kind != other.kind) return false;
    return kind == Kind::name ? name == other.name : from < other.to && other.from < to;
}

bool JsonPath::Segment::may_meet(const Segment& other) const {
    return std::any_of(choices.begin(), choices.end(), [&](const Choice& one) {
        return std::any_of(other.choices.begin(), other.choices.end(), [&](const Choice& their) { return one.may_meet(their); });
    });
}

bool JsonPath::Segment::singular() const {
    if (descendant || choices.size() != 1) return false;
    const Choice& only = choices.front();
    return only.kind == Choice::Kind::name || (only.kind == Choice::Kind::slice && only.to == only.from + 1);
}

bool JsonPath::may_meet(const JsonPath& other) const {
    const auto &a = segments_, &b = other.segments_;
    const auto leaps = [](const Segment& one) { return one.descendant; };
    const bool fixed_a = std::none_of(a.begin(), a.end(), leaps), fixed_b = std::none_of(b.begin(), b.end(), leaps);
    // A path leads over as many steps as it has segments, or more where it has a `..`.
    if ((fixed_a && a.size() < b.size()) || (fixed_b && b.size() < a.size())) return false;
    const auto both = std::min(a.size(), b.size());
    // From either end the steps are the same ones until there is a `..`.
    for (std::size_t i = 0; i < both && !a[i].descendant && !b[i].descendant; ++i)
        if (!a[i].may_meet(b[i])) return false;
    for (std::size_t i = 1; i <= both; ++i) {
        const Segment &x = a[a.size() - i], &y = b[b.size() - i];
        if (!x.may_meet(y)) return false;
        if (x.descendant || y.descendant) break;
    }
    return true;
}

std::size_t JsonPath::record_depth(std::size_t depth) const {
    for (auto segment = segments_.rbegin(); segment != segments_.rend(); ++segment, --depth) {
        if (segment->singular()) continue;
        const bool by_name = segment->descendant && std::all_of(segment->choices.begin(), segment->choices.end(), [](const Choice& one) { return one.kind == Choice::Kind::name; });
        return by_name ? depth - 1 : depth;
    }
    return 0;
}

std::vector<std::string_view> JsonPath::names_under_root() const {
    std::vector<std::string_view> names;
    if (segments_.size() != 1) return names;
    for (const auto& one : segments_.front().choices)
        if (one.kind == Choice::Kind::name) names.push_back(one.name);
    return names;
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
            skip_blanks();
            const Status parsed = parse_segment(segment);
            if (parsed.has_error()) return parsed.error();
            path.segments_.push_back(std::move(segment));
            if (path.segments_.size() > JsonPath::most_segments) return refuse("a path has at most " + std::to_string(JsonPath::most_segments) + " segments");
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
        if (position_ >= text_.size() || text_[position_] != c) return false;
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
            if (peek() >= '0' && peek() <= '9') return refuse("a name does not start with a digit; write ['0'] for such a name");
            while (in_name(peek())) choice.name += text_[position_++];
            if (choice.name.empty()) return refuse("a name or * follows a dot");
            if (find_invalid_utf8(choice.name) != std::string_view::npos) return refuse("the name is not UTF-8");
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
        // As in JSON, save that either quote may enclose and must then be escaped inside.
        std::string raw;
        for (;; ++position_) {
            if (position_ >= text_.size()) return refuse("the quoted name does not end");
            const char c = text_[position_];
            if (c == quote) break;
            if (static_cast<unsigned char>(c) < 0x20) return refuse("a control character in a name must be escaped");
            if (c == '\\' && position_ + 1 < text_.size()) {
                const char next = text_[++position_];
                if ((next == '\'' || next == '"') && next != quote) return refuse("this quote needs no backslash here");
                if (next != '\'') raw += '\\';
                raw += next;
                continue;
            }
            raw += c;
        }
        if (unescape_json(raw, true, choice.name) != raw.size()) return refuse("a malformed escape");
        if (find_invalid_utf8(raw) != std::string_view::npos) return refuse("the name is not UTF-8");
        ++position_;
        return {};
    }

    Status parse_slice(Choice& choice) {
        choice.kind = Choice::Kind::slice;
        bool started = false, bounded = false;
        Status number = parse_number(choice.from, started);
        if (number.has_error()) return number;
        skip_blanks();
        if (!take(':')) {
            if (!started) return refuse("expected a name in quotes, *, an index or a slice");
            choice.to = choice.from + 1;
            return {};
        }
        skip_blanks();
        number = parse_number(choice.to, bounded);
        if (number.has_error()) return number;
        skip_blanks();
        if (!take(':')) return {};
        skip_blanks();
        std::size_t step = 1;
        number = parse_number(step, bounded);
        if (number.has_error()) return number;
        if (step != 1) return refuse("slices with steps cannot be used here");
        return {};
    }

    /// int of RFC 9535: no leading zeros, at most 2^53 - 1. `found` stays false where no number stands.
    Status parse_number(std::size_t& number, bool& found) {
        if (peek() == '-') return refuse("negative indices cannot be decided while the document streams");
        const auto* begin = text_.data() + position_;
        const auto [stop, error] = std::from_chars(begin, text_.data() + text_.size(), number);
        if (error == std::errc::invalid_argument) return {};
        if (error != std::errc{} || number > (std::size_t{1} << 53) - 1) return refuse("the index is too large");
        if (*begin == '0' && stop - begin > 1) return refuse("an index has no leading zeros");
        position_ += static_cast<std::size_t>(stop - begin);
        found = true;
        return {};
    }

    std::string_view text_;
    std::size_t position_ = 0;
};

Result<JsonPath> JsonPath::compile(std::string_view text) { return JsonPathParser(text).parse(); }

}  // namespace bordergate
