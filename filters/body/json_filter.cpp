#include "filters/body/json_filter.hpp"

#include <algorithm>

#include "filters/body/json_decimal.hpp"

namespace bordergate {

namespace {

using Kind = JsonTree::Kind;

constexpr Truth truth(bool known) { return known ? Truth::yes : Truth::no; }
constexpr Truth opposite(Truth of) { return of == Truth::unknown ? of : truth(of == Truth::no); }

std::size_t characters(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

}  // namespace

Truth JsonQuestion::test(const JsonTest& test, Node value) {
    switch (test.kind) {
        case JsonTest::Kind::none: return opposite(this->test(test.parts.front(), value));
        case JsonTest::Kind::exists: return exists(test.left.query, value);
        case JsonTest::Kind::any:
        case JsonTest::Kind::all: {
            const Truth decisive = truth(test.kind == JsonTest::Kind::any);
            Truth so_far = opposite(decisive);
            for (const auto& part : test.parts) {
                const Truth one = this->test(part, value);
                if (one == decisive) return one;
                if (one == Truth::unknown) so_far = one;
            }
            return so_far;
        }
        case JsonTest::Kind::match:
        case JsonTest::Kind::search: {
            const Side text = side(test.left, value);
            if (text.what == Side::What::not_known) return Truth::unknown;
            if (!test.pattern || text.what == Side::What::nothing || text.kind != Kind::string) return Truth::no;
            if (text.open) return Truth::unknown;
            return truth(test.kind == JsonTest::Kind::match ? test.pattern->matches(text.said()) : test.pattern->finds(text.said()));
        }
        default: return compare(test, value);
    }
}

Truth JsonQuestion::compare(const JsonTest& test, Node value) {
    const Side left = side(test.left, value), right = side(test.right, value);
    if (left.what == Side::What::not_known || right.what == Side::What::not_known) return Truth::unknown;
    const auto either = [](Truth a, Truth b) { return a == Truth::yes || b == Truth::no ? a : b; };
    switch (test.kind) {
        case JsonTest::Kind::equal: return equal(left, right);
        case JsonTest::Kind::unequal: return opposite(equal(left, right));
        case JsonTest::Kind::less: return less(left, right);
        case JsonTest::Kind::more: return less(right, left);
        case JsonTest::Kind::at_most: return either(less(left, right), equal(left, right));
        default: return either(less(right, left), equal(left, right));
    }
}

Truth JsonQuestion::exists(const std::vector<JsonSegment>& query, Node value) {
    std::vector<Node> found;
    const bool whole = collect(query, 0, value, found);
    return !found.empty() ? Truth::yes : whole ? Truth::no : Truth::unknown;
}

JsonQuestion::Side JsonQuestion::of_node(Node node) const {
    Side made;
    made.what = Side::What::node;
    made.kind = tree_.kind(node);
    made.node = node;
    made.text = tree_.text(node);
    made.open = tree_.open(node);
    return made;
}

JsonQuestion::Side JsonQuestion::side(const JsonOperand& operand, Node value) {
    Side made;
    switch (operand.kind) {
        case JsonOperand::Kind::string:
        case JsonOperand::Kind::number:
        case JsonOperand::Kind::literal:
            made.what = Side::What::made;
            made.kind = operand.kind == JsonOperand::Kind::string ? Kind::string : operand.kind == JsonOperand::Kind::number ? Kind::number : Kind::literal;
            made.text = operand.text;
            return made;
        case JsonOperand::Kind::length: return length(side(operand.argument.front(), value));
        default: break;
    }
    std::vector<Node> found;
    const bool whole = collect(operand.query, 0, value, found);
    if (!whole) {
        made.what = Side::What::not_known;
    } else if (operand.kind == JsonOperand::Kind::count) {
        made.what = Side::What::made;
        made.kind = Kind::number;
        made.own = std::to_string(found.size());
    } else if (found.size() == 1) {
        return of_node(found.front());  // value() of more than one is nothing, too
    }
    return made;
}

JsonQuestion::Side JsonQuestion::length(const Side& of) const {
    Side made;
    if (of.what == Side::What::nothing || of.what == Side::What::not_known) {
        made.what = of.what;
        return made;
    }
    if (of.kind != Kind::string && of.kind != Kind::array && of.kind != Kind::object) return made;
    if (of.open) {
        made.what = Side::What::not_known;
        return made;
    }
    made.what = Side::What::made;
    made.kind = Kind::number;
    made.own = std::to_string(of.kind == Kind::string ? characters(of.said()) : tree_.size(of.node));
    return made;
}

Truth JsonQuestion::equal(const Side& a, const Side& b) {
    if (a.what == Side::What::nothing || b.what == Side::What::nothing) return truth(a.what == b.what);
    if (a.kind != b.kind) return Truth::no;
    if (a.what == Side::What::node && a.node == b.node) return Truth::yes;
    if (a.open || b.open) return Truth::unknown;
    if (a.kind == Kind::array || a.kind == Kind::object) return same(a.node, b.node);
    return truth(a.kind == Kind::number ? compare_numbers(a.said(), b.said()) == 0 : a.said() == b.said());
}

Truth JsonQuestion::less(const Side& a, const Side& b) const {
    if (a.what == Side::What::nothing || b.what == Side::What::nothing || a.kind != b.kind) return Truth::no;
    if (a.kind != Kind::number && a.kind != Kind::string) return Truth::no;
    if (a.open || b.open) return Truth::unknown;
    // By code points, as the bytes of UTF-8 are ordered.
    return truth(a.kind == Kind::number ? compare_numbers(a.said(), b.said()) < 0 : a.said() < b.said());
}

std::vector<JsonTree::Node> JsonQuestion::by_name(Node object) {
    std::vector<Node> all;
    all.reserve(tree_.size(object));
    for (Node one = tree_.first(object); one != JsonTree::none; one = tree_.next(one)) all.push_back(one);
    std::stable_sort(all.begin(), all.end(), [&](Node a, Node b) { return tree_.name(a) < tree_.name(b); });
    const auto twice = std::adjacent_find(all.begin(), all.end(), [&](Node a, Node b) { return tree_.name(a) == tree_.name(b); });
    if (twice != all.end()) repeated_ = true;
    return all;
}

/// Of two values that have ended.
Truth JsonQuestion::same(Node a, Node b) {
    if (tree_.kind(a) != tree_.kind(b)) return Truth::no;
    if (tree_.kind(a) == Kind::object) {
        const auto left = by_name(a), right = by_name(b);
        const auto alike = [&](Node x, Node y) { return tree_.name(x) == tree_.name(y) && same(x, y) == Truth::yes; };
        return truth(left.size() == right.size() && std::equal(left.begin(), left.end(), right.begin(), alike));
    }
    if (tree_.kind(a) != Kind::array) return equal(of_node(a), of_node(b));
    if (tree_.size(a) != tree_.size(b)) return Truth::no;
    for (Node x = tree_.first(a), y = tree_.first(b); x != JsonTree::none; x = tree_.next(x), y = tree_.next(y))
        if (same(x, y) == Truth::no) return Truth::no;
    return Truth::yes;
}

bool JsonQuestion::collect(const std::vector<JsonSegment>& query, std::size_t at, Node from, std::vector<Node>& found) {
    if (at == query.size()) {
        found.push_back(from);
        return true;
    }
    bool whole = choose(query, at, from, found);
    if (!query[at].descendant || !tree_.container(from)) return whole;
    whole = whole && !tree_.open(from);
    for (Node one = tree_.first(from); one != JsonTree::none; one = tree_.next(one)) whole = collect(query, at, one, found) && whole;
    return whole;
}

/// What the choices of one segment select of the values in `from`, and what the rest of the query selects below.
bool JsonQuestion::choose(const std::vector<JsonSegment>& query, std::size_t at, Node from, std::vector<Node>& found) {
    if (!tree_.container(from)) return true;
    bool whole = true;
    std::vector<Node> chosen;
    for (const auto& choice : query[at].choices) {
        chosen.clear();
        if (choice.kind == JsonChoice::Kind::name) {
            Node named = JsonTree::none;
            whole = choose_name(choice, from, named) && whole;
            if (named != JsonTree::none) chosen.push_back(named);
        } else {
            whole = choose_all(choice, from, chosen) && whole;
        }
        for (const Node one : chosen) whole = collect(query, at + 1, one, found) && whole;
    }
    return whole;
}

bool JsonQuestion::choose_name(const JsonChoice& choice, Node from, Node& found) {
    if (tree_.kind(from) != Kind::object) return true;
    for (Node one = tree_.first(from); one != JsonTree::none; one = tree_.next(one)) {
        if (tree_.name(one) != choice.name) continue;
        if (found != JsonTree::none) repeated_ = true;
        found = one;
    }
    return found != JsonTree::none || !tree_.open(from);
}

/// The same of wildcards, slices and filters.
bool JsonQuestion::choose_all(const JsonChoice& choice, Node from, std::vector<Node>& found) {
    const bool slice = choice.kind == JsonChoice::Kind::slice;
    if (slice && tree_.kind(from) != Kind::array) return true;
    if (tree_.kind(from) == Kind::object) (void)by_name(from);
    bool whole = !tree_.open(from) || (slice && tree_.size(from) >= choice.to);
    JsonStep step{{}, 0, true};
    for (Node one = tree_.first(from); one != JsonTree::none; one = tree_.next(one), ++step.index) {
        std::uint64_t answers = 0;
        if (choice.kind == JsonChoice::Kind::filter) {
            const Truth asked = ask(*choice.filter, one);
            if (asked == Truth::unknown) whole = false;
            if (asked == Truth::yes) answers = JsonPath::unasked;
        }
        if (choice.selects(step, answers)) found.push_back(one);
        if (slice && step.index >= choice.to) break;
    }
    return whole;
}

}  // namespace bordergate
