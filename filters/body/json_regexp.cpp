#include "filters/body/json_regexp.hpp"

#include <re2/re2.h>

#include <algorithm>

#include "filters/ascii.hpp"

namespace bordergate {

namespace {

constexpr std::string_view no_line_end = "[^\\n\\r]";  ///< what a dot is in RFC 9485
constexpr std::size_t longest = 4096;

/// Rewrites an I-Regexp for RE2, which has all that it has and more: the more is refused here, the rest by RE2.
class Translation {
  public:
    explicit Translation(std::string_view pattern) : pattern_(pattern) {}

    /// False: `why` says why.
    bool run() {
        while (at_ < pattern_.size()) {
            const char c = pattern_[at_];
            if (c == '\\') {
                if (!escape()) return false;
            } else if (c == '[') {
                if (!character_class()) return false;
            } else if (c == '{') {
                if (!count()) return false;
            } else if (c == '.') {
                made += no_line_end;
                ++at_;
            } else {
                if (!plain(c)) return false;
                made += c;
                ++at_;
            }
        }
        return true;
    }

    std::string made;
    std::string_view why;

  private:
    bool refuse(std::string_view reason) {
        why = reason;
        return false;
    }

    bool plain(char c) {
        const char next = at_ + 1 < pattern_.size() ? pattern_[at_ + 1] : '\0';
        if (c == ']' || c == '}') return refuse("] and } need a backslash");
        if (c == '(' && next == '?') return refuse("a group has no flags or names");
        const bool quantifier = c == '*' || c == '+' || c == '?';
        if (quantifier && (next == '*' || next == '+' || next == '?' || next == '{')) return refuse("a quantifier cannot follow another");
        return true;
    }

    /// {n}, {n,} or {n,m}: anything else would be plain text for RE2.
    bool count() {
        const auto end = pattern_.find('}', at_);
        if (end == std::string_view::npos) return refuse("{ needs } or a backslash");
        const auto inside = pattern_.substr(at_ + 1, end - at_ - 1);
        const auto comma = inside.find(',');
        const auto digits = [](std::string_view text) { return std::all_of(text.begin(), text.end(), is_digit); };
        const auto first = inside.substr(0, comma);
        const auto second = comma == std::string_view::npos ? std::string_view() : inside.substr(comma + 1);
        if (first.empty() || !digits(first) || !digits(second)) return refuse("{ } holds one number, or two with a comma between them");
        const auto next = end + 1 < pattern_.size() ? pattern_[end + 1] : '\0';
        if (next == '?' || next == '*' || next == '+' || next == '{') return refuse("a quantifier cannot follow another");
        made += pattern_.substr(at_, end + 1 - at_);
        at_ = end + 1;
        return true;
    }

    /// SingleCharEsc or charClassEsc of RFC 9485.
    bool escape() {
        static constexpr std::string_view single = "()*+-.?[\\]^nrt{|}$";
        const char next = at_ + 1 < pattern_.size() ? pattern_[at_ + 1] : '\0';
        if (next == 'p' || next == 'P') {
            const auto end = pattern_.find('}', at_);
            if (at_ + 2 >= pattern_.size() || pattern_[at_ + 2] != '{' || end == std::string_view::npos) return refuse("a category is written \\p{Lu}");
            made += pattern_.substr(at_, end + 1 - at_);
            at_ = end + 1;
            return true;
        }
        if (next == '\0' || single.find(next) == std::string_view::npos) return refuse("RFC 9485 has no such escape");
        made += pattern_.substr(at_, 2);
        at_ += 2;
        return true;
    }

    bool character_class() {
        made += pattern_[at_++];
        if (at_ < pattern_.size() && pattern_[at_] == '^') made += pattern_[at_++];
        for (bool first = true;; first = false) {
            if (at_ >= pattern_.size()) return refuse("[ needs ] or a backslash");
            const char c = pattern_[at_];
            if (c == ']' && first) return refuse("a class is not empty");
            if (c == '[') return refuse("[ in a class needs a backslash");
            if (c == '\\') {
                if (!escape()) return false;
                continue;
            }
            made += c;
            ++at_;
            if (c == ']') return true;
        }
    }

    std::string_view pattern_;
    std::size_t at_ = 0;
};

RE2::Options options() {
    RE2::Options made;
    made.set_log_errors(false);
    return made;
}

}  // namespace

struct JsonRegexp::Compiled {
    explicit Compiled(const std::string& pattern) : expression(pattern, options()) {}
    RE2 expression;
};

Result<JsonRegexp> JsonRegexp::compile(std::string_view pattern) {
    if (pattern.size() > longest) return fault(Code::internal, "the regular expression is longer than " + std::to_string(longest) + " bytes");
    Translation translation(pattern);
    if (!translation.run()) return fault(Code::internal, "no regular expression of RFC 9485: " + std::string(translation.why));
    JsonRegexp made;
    auto compiled = std::make_shared<const Compiled>(translation.made);
    if (!compiled->expression.ok()) return fault(Code::internal, "no regular expression of RFC 9485: " + compiled->expression.error());
    made.compiled_ = std::move(compiled);
    return made;
}

bool JsonRegexp::matches(std::string_view text) const { return RE2::FullMatch(re2::StringPiece(text.data(), text.size()), compiled_->expression); }
bool JsonRegexp::finds(std::string_view text) const { return RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), compiled_->expression); }

}  // namespace bordergate
