#include "config/standing.hpp"

#include <catch2/catch.hpp>

#include "config/binding.hpp"

using namespace bordergate;

namespace {

const Atlas& atlas() { return Atlas::builtin(); }
Places at(std::string_view code) { return atlas().find(code)->sure; }

Vote location(Places value, bool veto_only = false) {
    return {"declaration", StandingAxis::location, value, "test", veto_only};
}
Vote operated(Places value) { return {"declaration", StandingAxis::operator_, value, "test"}; }

}  // namespace

TEST_CASE("an axis nobody votes on is unknown", "[standing]") {
    CHECK(merge({}, atlas()) == Standing::unknown(atlas()));
    const Standing standing = merge({location(at("DE"))}, atlas());
    CHECK(standing.knows_location());
    CHECK(standing.location == at("DE"));
    CHECK_FALSE(standing.knows_operator());
    CHECK(standing.operator_law(atlas()) == atlas().everywhere());
}

TEST_CASE("votes narrow, and a contradiction makes the axis unknown", "[standing]") {
    CHECK(merge({location(at("EEA")), location(at("DE") | at("US"))}, atlas()).location == at("DE"));
    CHECK(merge({location(at("EEA")), location(at("DE") | at("US"))}, atlas()) ==
          merge({location(at("DE") | at("US")), location(at("EEA"))}, atlas()));
    const Standing split = merge({location(at("DE")), location(at("US")), operated(at("US"))}, atlas());
    CHECK_FALSE(split.knows_location());
    CHECK(split.location == atlas().everywhere());
    CHECK(split.knows_operator());
    CHECK(split.operator_law(atlas()) == at("US"));
    CHECK_FALSE(merge({location(Places{})}, atlas()).knows_location());
}

TEST_CASE("an address lookup may veto, never permit", "[standing]") {
    CHECK_FALSE(merge({location(at("DE"), true)}, atlas()).knows_location());
    CHECK_FALSE(merge({location(at("DE")), location(at("US"), true)}, atlas()).knows_location());
    const Standing agreed = merge({location(at("EEA")), location(at("DE"), true)}, atlas());
    CHECK(agreed.knows_location());
    CHECK(agreed.location == at("EEA"));  // not narrowed to what the lookup says
}

TEST_CASE("what says nothing is not known", "[standing]") {
    Standing standing{at("DE"), true, {{"Klinikum", at("DE")}}, true};
    CHECK(standing.knows_location());
    CHECK(standing.knows_operator());
    standing.operators.push_back({"somebody", {}});
    CHECK_FALSE(standing.knows_operator());
    standing.operators.clear();
    CHECK_FALSE(standing.knows_operator());
    standing.location = {};
    CHECK_FALSE(standing.knows_location());
}

TEST_CASE("binding laws: the location's in full, the operator's limits only", "[standing]") {
    const auto id = [](const BindingLaw& law) { return atlas().laws()[law.law].id; };
    const auto german = binding_laws(atlas(), {at("DE"), true, {{"Klinikum", at("DE")}}, true});
    REQUIRE(german.size() == 1);
    CHECK(id(german[0]) == "eu-gdpr");
    CHECK(german[0].place == at("DE"));
    CHECK_FALSE(german[0].limits_only);

    const auto owned = binding_laws(atlas(), {at("DE"), true, {{"Cloud", at("US") | at("FR")}}, true});
    REQUIRE(owned.size() == 3);
    CHECK(id(owned[1]) == "eu-gdpr");  // France's limits are not yet there, though the law is
    CHECK(owned[1].place == at("FR"));
    CHECK(owned[1].limits_only);
    CHECK(id(owned[2]) == "law-of-US");
    CHECK(owned[2].limits_only);

    const auto unknown = binding_laws(atlas(), Standing::unknown(atlas()));
    REQUIRE(unknown.size() == 2);
    CHECK(unknown[0].law == no_law);
    CHECK_FALSE(unknown[0].limits_only);
    CHECK(unknown[1].limits_only);
    CHECK(unknown[1].place == atlas().everywhere());
}

TEST_CASE("to stand with another is to be nowhere, and under nobody, where that one is not", "[standing]") {
    const auto standing = [](std::string_view location, std::vector<Party> parties) {
        Standing made;
        made.location = at(location);
        made.location_known = made.operator_known = true;
        made.operators = std::move(parties);
        return made;
    };
    const Party somebody{"", at("DE")}, cloud{"Cloud", at("DE")}, other{"Other", at("DE")}, american{"Cloud", at("US")};
    const Standing home = standing("DE", {somebody});
    CHECK(stands_with(home, home));
    CHECK(stands_with(home, standing("DE", {cloud})));
    CHECK_FALSE(stands_with(home, standing("FR", {somebody})));
    CHECK_FALSE(stands_with(home, standing("DE", {somebody, american})));
    // A limit does not bind a party that the source names already: another party under the same law is another matter.
    const Standing named = standing("DE", {cloud});
    CHECK(stands_with(named, named));
    CHECK_FALSE(stands_with(named, standing("DE", {other})));
    CHECK_FALSE(stands_with(named, home));
    CHECK_FALSE(stands_with(named, standing("DE", {american})));
    CHECK_FALSE(stands_with(Standing::unknown(atlas()), home));
    CHECK_FALSE(stands_with(home, Standing::unknown(atlas())));
    CHECK_FALSE(stands_with(Standing::unknown(atlas()), Standing::unknown(atlas())));
}
