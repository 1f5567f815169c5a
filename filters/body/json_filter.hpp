// Filters of JSONPath (RFC 9535, 2.3.5): what they ask of a value, and the answer from what is known of the value so far.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "filters/body/json_path.hpp"
#include "filters/body/json_regexp.hpp"
#include "filters/body/json_tree.hpp"

namespace bordergate {

/// What stands on a side of a comparison, or in a function.
struct JsonOperand {
    enum class Kind : std::uint8_t { string, number, literal, query, length, count, value };
    Kind kind = Kind::literal;
    std::string text;                   ///< of a string, number or literal
    std::vector<JsonSegment> query;     ///< from the value itself (`@`): of query, count and value
    std::vector<JsonOperand> argument;  ///< of length: one
};

struct JsonTest {
    enum class Kind : std::uint8_t { any, all, none, exists, equal, unequal, less, at_most, more, at_least, match, search };
    Kind kind = Kind::any;
    std::vector<JsonTest> parts;         ///< of any, all and none (`!`)
    JsonOperand left, right;             ///< of comparisons; the left one also of exists (a query), match and search
    std::optional<JsonRegexp> pattern;   ///< of match and search; left out: it was no string, and nothing matches
};

struct JsonFilter {
    static constexpr std::size_t most_operands = 64;
    JsonTest test;
    /// Names and indices of members that decide it: whenever one of them begins or ends it may be decided.
    std::vector<JsonChoice> operands;
};

/// What is known of a filter while its value may still go on.
enum class Truth : std::uint8_t { no, yes, unknown };

/// One look at a tree. Its answer for a value that has ended is never unknown. Costs what the value has of nodes, times
/// the length of the filter: the parser refuses filters that could cost more.
class JsonQuestion {
  public:
    explicit JsonQuestion(const JsonTree& tree) : tree_(tree) {}
    Truth ask(const JsonFilter& filter, JsonTree::Node value) { return test(filter.test, value); }
    /// An object that was looked into repeats a key on which the answer depends: it is then not certain.
    bool repeated() const { return repeated_; }

  private:
    using Node = JsonTree::Node;
    /// A side of a comparison as it is for this value.
    struct Side {
        enum class What : std::uint8_t { nothing, not_known, node, made } what = What::nothing;
        JsonTree::Kind kind = JsonTree::Kind::literal;
        Node node = JsonTree::none;
        std::string_view text;
        std::string own;     ///< holds `text` where it was made here
        bool open = false;   ///< its kind is known, but not all of it
        std::string_view said() const { return own.empty() ? text : std::string_view(own); }
    };

    Truth test(const JsonTest& test, Node value);
    Truth compare(const JsonTest& test, Node value);
    Truth exists(const std::vector<JsonSegment>& query, Node value);
    Side side(const JsonOperand& operand, Node value);
    Side of_node(Node node) const;
    Side length(const Side& of) const;
    Truth equal(const Side& a, const Side& b);
    Truth less(const Side& a, const Side& b) const;
    Truth same(Node a, Node b);

    /// Appends what `query`, from its segment `at` on, selects below `from`. False: there may come more.
    bool collect(const std::vector<JsonSegment>& query, std::size_t at, Node from, std::vector<Node>& found);
    bool choose(const std::vector<JsonSegment>& query, std::size_t at, Node from, std::vector<Node>& found);
    bool choose_name(const JsonChoice& choice, Node from, Node& found);
    bool choose_all(const JsonChoice& choice, Node from, std::vector<Node>& found);
    /// The values of an object by name; notes repeated ones.
    std::vector<Node> by_name(Node object);

    const JsonTree& tree_;
    bool repeated_ = false;
};

}  // namespace bordergate
