#include "config/pattern_check.hpp"

#include <re2/re2.h>

#include <algorithm>

namespace bordergate {

namespace {

constexpr std::size_t unbounded = static_cast<std::size_t>(-1);
constexpr std::size_t widest_character = 4;  // bytes, in UTF-8

std::size_t sum(std::size_t a, std::size_t b) { return a == unbounded || b == unbounded || a > unbounded / 2 || b > unbounded / 2 ? unbounded : a + b; }

/// Reads a sound regular expression for nothing but its greatest length. Where it is not certain, it says too much.
class Measure {
  public:
    explicit Measure(std::string_view pattern) : rest_(pattern) {}

    /// What it holds that no recogniser can keep, of what was read so far; empty: nothing.
    std::string_view anchor() const { return anchor_; }
    bool single_bytes() const { return single_bytes_; }

    std::size_t alternatives(unsigned depth = 0) {
        std::size_t most = sequence(depth);
        while (taken('|')) most = std::max(most, sequence(depth));
        return most;
    }

  private:
    bool taken(char c) {
        if (rest_.empty() || rest_.front() != c) return false;
        rest_.remove_prefix(1);
        return true;
    }

    std::size_t sequence(unsigned depth) {
        std::size_t most = 0;
        while (!rest_.empty() && rest_.front() != '|' && rest_.front() != ')') most = sum(most, repeated(atom(depth)));
        return most;
    }

    std::size_t atom(unsigned depth) {
        const char c = rest_.front();
        rest_.remove_prefix(1);
        if (c == '(') return group(depth);
        if (c == '[') return brackets();
        if (c == '\\') return escape();
        if (c == '^' || c == '$') return anchored(c == '^' ? "^" : "$");
        return c == '.' ? widest_character : letter(c);
    }

    /// Without regard to case a letter of ASCII may stand for a longer one.
    std::size_t letter(char c) const {
        const bool alone = static_cast<unsigned char>(c) < 0x80;
        return alone && folds_ && ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) ? 3 : 1;
    }

    std::size_t group(unsigned depth) {
        constexpr unsigned deepest = 100;
        if (depth == deepest) return unbounded;
        if (taken('?')) {
            const auto end = rest_.find_first_of(":>)");
            if (end == std::string_view::npos) return unbounded;
            folds_ = folds_ || (rest_.front() != 'P' && rest_.substr(0, end).find('i') != std::string_view::npos);
            const bool flags = rest_[end] == ')';
            rest_.remove_prefix(end + 1);
            if (flags) return 0;
        }
        const auto most = alternatives(depth + 1);
        return taken(')') ? most : unbounded;
    }

    std::size_t brackets() {
        // Whether a class holds more than ASCII is not worth knowing: what is written in ASCII without `^` and escapes does not.
        bool wide = folds_ || (!rest_.empty() && rest_.front() == '^');
        if (!rest_.empty() && rest_.front() == '^') rest_.remove_prefix(1);
        for (bool first = true; !rest_.empty() && (first || rest_.front() != ']'); first = false) {
            const char c = rest_.front();
            if (c == '[' && rest_.size() > 1 && rest_[1] == ':') {
                const auto end = std::min(rest_.find(":]"), rest_.size() - 2);
                wide = wide || (rest_.size() > 2 && rest_[2] == '^');
                rest_.remove_prefix(end + 2);
                continue;
            }
            rest_.remove_prefix(1);
            if (c == '\\' && !rest_.empty()) {
                wide = wide || std::string_view("dwsntr").find(rest_.front()) == std::string_view::npos;
                const bool punctuation = !(rest_.front() >= 'a' && rest_.front() <= 'z') && !(rest_.front() >= 'A' && rest_.front() <= 'Z') && !(rest_.front() >= '0' && rest_.front() <= '9');
                if (punctuation) wide = wide && folds_;
                rest_.remove_prefix(1);
            } else if (static_cast<unsigned char>(c) >= 0x80) {
                wide = true;
            }
        }
        if (!rest_.empty()) rest_.remove_prefix(1);
        return wide ? widest_character : 1;
    }

    std::size_t escape() {
        if (rest_.empty()) return unbounded;
        const char c = rest_.front();
        rest_.remove_prefix(1);
        if (c == 'A' || c == 'z') return anchored(c == 'A' ? "\\A" : "\\z");
        if (c == 'b' || c == 'B' || c == 'E') return 0;
        if (c == 'Q') return quoted();
        single_bytes_ = single_bytes_ || c == 'C';
        if (std::string_view("dws").find(c) != std::string_view::npos) return 1;
        if (c == 'p' || c == 'P' || c == 'x') {
            if (taken('{')) {
                const auto end = std::min(rest_.find('}'), rest_.size() - 1);
                rest_.remove_prefix(rest_.empty() ? 0 : end + 1);
            } else if (c != 'x' && !rest_.empty()) {
                rest_.remove_prefix(1);  // a class of one letter
            }
            return widest_character;
        }
        const bool other = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        return other ? widest_character : 1;
    }

    std::size_t anchored(std::string_view by) {
        anchor_ = by;
        return 0;
    }

    std::size_t quoted() {
        const auto end = rest_.find("\\E");
        const auto size = end == std::string_view::npos ? rest_.size() : end;
        rest_.remove_prefix(end == std::string_view::npos ? size : size + 2);
        return sum(size, size * 2);
    }

    std::size_t repeated(std::size_t one) {
        while (!rest_.empty()) {
            if (taken('*') || taken('+')) {
                one = one == 0 ? 0 : unbounded;
            } else if (taken('?')) {
                // once at most, or a lazy repeat
            } else if (rest_.front() == '{') {
                const auto end = rest_.find('}');
                const auto bounds = rest_.substr(1, end == std::string_view::npos ? 0 : end - 1);
                if (bounds.empty() || bounds.front() == ',' || bounds.find_first_not_of("0123456789,") != std::string_view::npos) return one;  // a brace of its own
                rest_.remove_prefix(end + 1);
                const auto comma = bounds.find(',');
                const auto last = comma == std::string_view::npos ? bounds : bounds.substr(comma + 1);
                std::size_t times = last.empty() || last.size() > 5 ? unbounded : 0;
                for (const char digit : last) times = times == unbounded ? times : times * 10 + static_cast<std::size_t>(digit - '0');
                one = times == unbounded || one == unbounded || (times > 0 && one > 1'000'000 / times) ? unbounded : one * times;
            } else {
                break;
            }
        }
        return one;
    }

    std::string_view rest_;
    std::string_view anchor_;
    bool folds_ = false, single_bytes_ = false;
};

}  // namespace

std::optional<std::size_t> longest_match(std::string_view pattern) {
    const auto most = Measure(pattern).alternatives();
    return most == unbounded ? std::nullopt : std::optional(most);
}

std::optional<std::string> pattern_mistake(const std::string& pattern) {
    RE2::Options options;
    options.set_log_errors(false);
    const RE2 expression(pattern, options);
    if (!expression.ok()) return "no regular expression: " + expression.error();
    if (RE2::FullMatch("", expression)) return "it matches where nothing stands";
    Measure measure(pattern);
    const auto most = measure.alternatives();
    if (const auto anchor = measure.anchor(); !anchor.empty())
        return std::string(anchor) + " would mean an end of what is looked at in one go, which may be anywhere in a field: leave it out (a match is a whole word anyway; \\b is where a word begins or ends)";
    if (measure.single_bytes()) return "\\C takes part of a character (write . or [^\\n])";
    if (most == unbounded || most > longest_pattern_match)
        return "its matches may be longer than " + std::to_string(longest_pattern_match) + " bytes (write {1,64} instead of + or *)";
    return std::nullopt;
}

}  // namespace bordergate
