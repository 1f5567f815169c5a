#include <catch2/catch.hpp>

#include "config/policy.hpp"

using namespace bordergate;

namespace {

const Atlas& atlas() { return Atlas::builtin(); }
const ClassTree& classes() {
    static const ClassTree tree = builtin_classes();
    return tree;
}

Rule masking(std::string id, bool permit, std::string_view data, std::string_view to, MaskSpec with) {
    Rule rule;
    rule.id = std::move(id);
    rule.permit = permit;
    rule.form = Form::mask;
    rule.data = classes().bound_by(*classes().find(data));
    rule.from = *atlas().find("EEA");
    rule.to.location = rule.to.operator_law = *atlas().find(to);
    rule.with = with;
    return rule;
}

std::size_t count(std::vector<Rule> rules) {
    return conflicts(Policy(atlas(), classes(), std::move(rules))).size();
}

constexpr MaskSpec first_four{MaskSpec::Kind::character_mask, '*', 4, 0};
constexpr MaskSpec last_four{MaskSpec::Kind::character_mask, '*', 0, 4};
constexpr MaskSpec redact{MaskSpec::Kind::redact};

}  // namespace

TEST_CASE("masks of which neither hides more conflict where they can meet", "[conflicts]") {
    const Rule a = masking("a", true, "personal", "US", first_four);
    CHECK(count({a, masking("b", true, "contact", "US", last_four)}) == 1);
    CHECK(count({a, masking("b", false, "contact", "US", last_four)}) == 1);
    CHECK(count({a, masking("b", true, "contact", "US", redact)}) == 0);
    CHECK(count({a, masking("b", true, "contact", "US", first_four)}) == 0);
    CHECK(count({a, masking("b", true, "financial", "US", last_four)}) == 0);
    CHECK(count({a, masking("b", true, "contact", "JP", last_four)}) == 0);
    const auto found = conflicts(Policy(atlas(), classes(), {a, masking("b", true, "contact", "US", last_four)}));
    CHECK(found[0].a == 0);
    CHECK(found[0].b == 1);
    CHECK(found[0].what.find("rules a and b") == 0);
}

TEST_CASE("rules that never apply together do not conflict", "[conflicts]") {
    Rule a = masking("a", false, "contact", "US", first_four);
    Rule b = masking("b", false, "contact", "US", last_four);
    REQUIRE(count({a, b}) == 1);
    b.purposes = bit(Purpose::training);
    a.purposes = bit(Purpose::inference);
    CHECK(count({a, b}) == 0);
    a.purposes = b.purposes;
    a.valid_to = b.valid_from = 100;
    CHECK(count({a, b}) == 0);
    b.valid_from = 99;
    CHECK(count({a, b}) == 1);
    b.from = *atlas().find("JP");
    CHECK(count({a, b}) == 0);
}

TEST_CASE("two limits on two axes meet where both are true", "[conflicts]") {
    Rule a = masking("a", false, "contact", "US", first_four);
    Rule b = masking("b", false, "contact", "JP", last_four);
    a.to.names_operator = b.to.names_operator = false;
    CHECK(count({a, b}) == 0);
    b.to.names_location = false;
    b.to.names_operator = true;
    CHECK(count({a, b}) == 1);
}

TEST_CASE("two keys conflict", "[conflicts]") {
    Rule a = masking("a", true, "health", "US", redact);
    Rule b = masking("b", false, "health", "US", redact);
    a.form = b.form = Form::seal;
    CHECK(count({a, b}) == 0);
    a.key = b.key = "DE";
    CHECK(count({a, b}) == 0);
    b.key = "FR";
    CHECK(count({a, b}) == 1);
}
