// The part of the grammar that filters are made of (RFC 9535, 2.3.5 and 2.4).
#include <algorithm>

#include "filters/ascii.hpp"
#include "filters/body/json_path_parser.hpp"
#include "filters/body/json_reader.hpp"

namespace bordergate {

namespace {

constexpr std::string_view whole_document = "compare with the element itself (@), with what stands in it, or with a literal";

/// The members and elements of the value itself by which queries of `test` begin.
void gather(const std::vector<JsonSegment>& query, std::vector<JsonChoice>& operands) {
    if (query.empty() || query.front().descendant || query.front().choices.size() != 1) return;
    const JsonChoice& first = query.front().choices.front();
    const auto same = [&](const JsonChoice& one) { return one.kind == first.kind && one.name == first.name && one.from == first.from; };
    const bool one_value = first.kind == JsonChoice::Kind::name || first.index;
    if (one_value && std::none_of(operands.begin(), operands.end(), same)) operands.push_back(first);
}

void gather(const JsonOperand& operand, std::vector<JsonChoice>& operands) {
    gather(operand.query, operands);
    for (const auto& argument : operand.argument) gather(argument, operands);
}

void gather(const JsonTest& test, std::vector<JsonChoice>& operands) {
    gather(test.left, operands);
    gather(test.right, operands);
    for (const auto& part : test.parts) gather(part, operands);
}

constexpr bool is_literal(const JsonOperand& one) {
    return one.kind == JsonOperand::Kind::string || one.kind == JsonOperand::Kind::number || one.kind == JsonOperand::Kind::literal;
}

}  // namespace

bool JsonPathParser::nested() { return ++scope_.nesting <= most_nesting || refuse("nested deeper than " + std::to_string(most_nesting) + " levels"); }

/// `?` S logical-expr
bool JsonPathParser::filter(JsonChoice& into) {
    const auto start = position_++;
    const Scope outside = scope_;
    scope_.in_filter = true;
    auto made = std::make_shared<JsonFilter>();
    skip_blanks();
    if (!nested() || !any_of(made->test)) return false;
    scope_ = outside;
    gather(made->test, made->operands);
    if (made->operands.size() > JsonFilter::most_operands) return refuse_at(start, "a filter looks at " + std::to_string(JsonFilter::most_operands) + " members at most");
    into.kind = JsonChoice::Kind::filter;
    into.filter = std::move(made);
    if (outside.in_filter) return true;
    if (filters_.size() == JsonPath::most_filters) return refuse_at(start, "a path has at most " + std::to_string(JsonPath::most_filters) + " filters");
    into.number = static_cast<unsigned>(filters_.size());
    filters_.push_back({segment_, into.filter});
    return true;
}

bool JsonPathParser::any_of(JsonTest& into) {
    into.kind = JsonTest::Kind::any;
    for (;;) {
        JsonTest one;
        if (!all_of(one)) return false;
        into.parts.push_back(std::move(one));
        const auto before = position_;
        skip_blanks();
        if (!take("||")) {
            position_ = before;
            return true;
        }
        skip_blanks();
    }
}

bool JsonPathParser::all_of(JsonTest& into) {
    into.kind = JsonTest::Kind::all;
    for (;;) {
        JsonTest one;
        if (!basic(one)) return false;
        into.parts.push_back(std::move(one));
        const auto before = position_;
        skip_blanks();
        if (!take("&&")) {
            position_ = before;
            return true;
        }
        skip_blanks();
    }
}

bool JsonPathParser::basic(JsonTest& into) {
    const Scope outside = scope_;
    const bool negated = take('!');
    if (negated) skip_blanks();
    JsonTest one;
    if (take('(')) {
        skip_blanks();
        if (!nested() || !any_of(one)) return false;
        skip_blanks();
        if (!take(')')) return refuse("expected && or || or )");
    } else if (!comparison_or_test(one, negated)) {
        return false;
    }
    scope_ = outside;
    if (!negated) {
        into = std::move(one);
        return true;
    }
    into.kind = JsonTest::Kind::none;
    into.parts.push_back(std::move(one));
    return true;
}

bool JsonPathParser::comparison_or_test(JsonTest& into, bool negated) {
    const auto start = position_;
    JsonTest searched;
    searched.kind = JsonTest::Kind::any;
    if (!operand(into.left, &searched)) return false;
    const bool is_search = searched.kind != JsonTest::Kind::any;
    const auto after = position_;
    skip_blanks();
    const char c = peek(), next = peek(1);
    if (((c == '=' || c == '!') && next == '=') || c == '<' || c == '>') {
        if (negated) return refuse("a comparison after ! stands in parentheses");
        if (is_search) return refuse("match() and search() are true or false by themselves, and compared with nothing");
        return comparable(into.left, start) && comparison(into);
    }
    position_ = after;
    if (!is_search) return test_of(into);
    into = std::move(searched);
    return true;
}

bool JsonPathParser::comparison(JsonTest& into) {
    static constexpr std::pair<std::string_view, JsonTest::Kind> signs[] = {
        {"==", JsonTest::Kind::equal},    {"!=", JsonTest::Kind::unequal}, {"<=", JsonTest::Kind::at_most},
        {">=", JsonTest::Kind::at_least}, {"<", JsonTest::Kind::less},     {">", JsonTest::Kind::more},
    };
    for (const auto& [sign, kind] : signs) {
        if (!take(sign)) continue;
        into.kind = kind;
        break;
    }
    skip_blanks();
    const auto start = position_;
    return operand(into.right, nullptr) && comparable(into.right, start);
}

/// An operand that no comparison follows.
bool JsonPathParser::test_of(JsonTest& into) {
    if (is_literal(into.left)) return refuse("a comparison follows a literal");
    if (into.left.kind != JsonOperand::Kind::query) return refuse("a comparison follows length(), count() and value()");
    into.kind = JsonTest::Kind::exists;
    return true;
}

bool JsonPathParser::comparable(const JsonOperand& one, std::size_t at) {
    if (one.kind != JsonOperand::Kind::query) return true;
    const bool singular = std::all_of(one.query.begin(), one.query.end(), [](const JsonSegment& segment) { return segment.singular_as_written(); });
    return singular || refuse_at(at, "what is compared is one value: names and indices only", "value() or count() make one value of several");
}

/// A literal, a query or a function. `pattern`: match() and search() may stand here, and fill it.
bool JsonPathParser::operand(JsonOperand& into, JsonTest* pattern) {
    const char c = peek();
    if (c == '@' || c == '$') return query(into);
    if (c == '\'' || c == '"') {
        into.kind = JsonOperand::Kind::string;
        return quoted(into.text);
    }
    if (c == '-' || is_digit(c)) return number(into);
    if (c >= 'a' && c <= 'z') return word(into, pattern);
    return refuse("expected @, a literal, a function, ! or (");
}

bool JsonPathParser::query(JsonOperand& into) {
    const auto start = position_;
    into.kind = JsonOperand::Kind::query;
    if (take('$')) unstreamable(start, "what stands elsewhere in the document ($)", std::string(whole_document));
    else take('@');
    const Scope outside = scope_;
    if (!segments(into.query)) return false;
    scope_ = outside;
    return true;
}

/// number of RFC 9535 is that of JSON.
bool JsonPathParser::number(JsonOperand& into) {
    const auto start = position_;
    while (is_digit(peek()) || peek() == '-' || peek() == '+' || peek() == '.' || peek() == 'e' || peek() == 'E') ++position_;
    into.kind = JsonOperand::Kind::number;
    into.text = text_.substr(start, position_ - start);
    return is_json_value(into.text, {into.text.size() + 1, 1}) || refuse_at(start, "a malformed number");
}

bool JsonPathParser::word(JsonOperand& into, JsonTest* pattern) {
    const auto start = position_;
    while ((peek() >= 'a' && peek() <= 'z') || is_digit(peek()) || peek() == '_') ++position_;
    const auto name = text_.substr(start, position_ - start);
    if (peek() == '(') return function(name, start, into, pattern);
    into.kind = JsonOperand::Kind::literal;
    into.text = name;
    return name == "true" || name == "false" || name == "null" || refuse_at(start, "neither true, false, null nor a function");
}

bool JsonPathParser::function(std::string_view name, std::size_t at, JsonOperand& into, JsonTest* pattern) {
    const Scope outside = scope_;
    ++position_;
    skip_blanks();
    bool read = nested();
    if (name == "length") {
        into.kind = JsonOperand::Kind::length;
        read = read && value_argument(into.argument.emplace_back());
    } else if (name == "count" || name == "value") {
        into.kind = name == "count" ? JsonOperand::Kind::count : JsonOperand::Kind::value;
        read = read && nodes_argument(into);
    } else if (name == "match" || name == "search") {
        if (!pattern) return refuse_at(at, "match() and search() are true or false by themselves, and compared with nothing");
        pattern->kind = name == "match" ? JsonTest::Kind::match : JsonTest::Kind::search;
        read = read && value_argument(pattern->left) && pattern_argument(*pattern);
    } else {
        return refuse_at(at, "no such function", "RFC 9535 has length, count, value, match and search");
    }
    if (!read) return false;
    scope_ = outside;
    skip_blanks();
    return take(')') || refuse("expected )");
}

bool JsonPathParser::value_argument(JsonOperand& into) {
    const auto start = position_;
    return operand(into, nullptr) && comparable(into, start);
}

bool JsonPathParser::nodes_argument(JsonOperand& into) {
    JsonOperand nodes;
    if (peek() != '@' && peek() != '$') return refuse("count() and value() take a query (@…)");
    if (!query(nodes)) return false;
    into.query = std::move(nodes.query);
    return true;
}

bool JsonPathParser::pattern_argument(JsonTest& into) {
    skip_blanks();
    if (!take(',')) return refuse("expected , and a regular expression");
    skip_blanks();
    const auto start = position_;
    JsonOperand pattern;
    if (!value_argument(pattern)) return false;
    if (!is_literal(pattern)) {
        unstreamable(start, "a regular expression that the document itself brings", "write the regular expression in quotes");
        return true;
    }
    if (pattern.kind != JsonOperand::Kind::string) return true;
    auto compiled = JsonRegexp::compile(pattern.text);
    if (compiled.has_error()) return refuse_at(start, compiled.error().detail, "RFC 9485 says what they are made of");
    into.pattern = std::move(*compiled);
    return true;
}

}  // namespace bordergate
