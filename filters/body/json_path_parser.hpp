// The grammar of RFC 9535: from the text of a path to what it selects, or to the column and reason of a mistake.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "filters/body/json_filter.hpp"
#include "filters/body/json_path.hpp"

namespace bordergate {

/// A recursive descent, for one path. What the grammar does not allow is told before what cannot stream.
class JsonPathParser {
  public:
    /// `text` is borrowed.
    explicit JsonPathParser(std::string_view text) : text_(text) {}
    /// See JsonPath::compile.
    Result<JsonPath> parse();
    /// What to write in place of what was refused.
    std::string hint() const { return mistake_ ? mistake_->hint : std::string(); }

  private:
    static constexpr std::size_t most_nesting = 32;      ///< of parentheses, filters and functions
    static constexpr std::size_t most_repetitions = 16;  ///< how often the unions of a filter may choose one value
    struct Mistake {
        std::size_t at;
        std::string why, hint;
    };
    /// How filters nest, and what the queries around this place could cost.
    struct Scope {
        std::size_t nesting = 0, descents = 0, repetitions = 1;
        bool in_filter = false;
    };

    // Paths; true: read.
    bool segments(std::vector<JsonSegment>& into);
    bool segment(JsonSegment& into);
    bool dotted(JsonSegment& into);
    bool bracketed(JsonSegment& into);
    bool choice(JsonChoice& into);
    bool slice(JsonChoice& into);
    bool integer(std::optional<std::int64_t>& into);
    void decide_index(std::int64_t index, std::size_t at, JsonChoice& into);
    void decide_slice(std::optional<std::int64_t> start, std::optional<std::int64_t> end, std::int64_t step, std::size_t at, JsonChoice& into);
    bool quoted(std::string& into);
    bool escape(char quote, std::string& into);
    bool hex4(std::uint32_t& into);

    // Filters (json_filter_parser.cpp).
    bool filter(JsonChoice& into);
    bool any_of(JsonTest& into);
    bool all_of(JsonTest& into);
    bool basic(JsonTest& into);
    bool comparison_or_test(JsonTest& into, bool negated);
    bool comparison(JsonTest& into);
    bool test_of(JsonTest& into);
    bool operand(JsonOperand& into, JsonTest* pattern);
    bool query(JsonOperand& into);
    bool number(JsonOperand& into);
    bool word(JsonOperand& into, JsonTest* pattern);
    bool function(std::string_view name, std::size_t at, JsonOperand& into, JsonTest* pattern);
    bool value_argument(JsonOperand& into);
    bool nodes_argument(JsonOperand& into);
    bool pattern_argument(JsonTest& into);
    bool comparable(const JsonOperand& one, std::size_t at);
    bool nested();

    char peek(std::size_t ahead = 0) const { return position_ + ahead < text_.size() ? text_[position_ + ahead] : '\0'; }
    bool at_end() const { return position_ >= text_.size(); }
    bool take(char c);
    bool take(std::string_view word);
    void skip_blanks();
    /// Always false.
    bool refuse(std::string why, std::string hint = {}) { return refuse_at(position_, std::move(why), std::move(hint)); }
    bool refuse_at(std::size_t at, std::string why, std::string hint = {});
    /// The grammar allows it, but not a document that streams. Told if there is no mistake further on.
    void unstreamable(std::size_t at, std::string why, std::string hint);
    Fault told(const Mistake& mistake) const;

    std::string_view text_;
    std::size_t position_ = 0;
    Scope scope_;
    std::optional<Mistake> mistake_, cannot_stream_;
    std::vector<JsonPath::Filter> filters_;
    std::size_t segment_ = 0;  ///< of the path itself: the one that is being read
};

}  // namespace bordergate
