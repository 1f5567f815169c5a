#include "config/class_tree.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace bordergate;

TEST_CASE("a class tree starts with plain and opaque", "[class_tree]") {
    const ClassTree tree;
    CHECK(tree.size() == 2);
    CHECK(tree.find("plain") == ClassTree::plain);
    CHECK(tree.find("opaque") == ClassTree::opaque);
    CHECK(tree.reached_by(ClassTree::plain) == ClassSet{ClassTree::plain});
}

TEST_CASE("limits bind all below, permits stop at special categories", "[class_tree]") {
    ClassTree tree;
    const auto personal = *tree.add("personal", std::nullopt, false);
    const auto contact = *tree.add("contact", personal, false);
    const auto email = *tree.add("email", contact, false);
    const auto health = *tree.add("health", personal, true);
    const auto diagnosis = *tree.add("diagnosis", health, false);
    const auto inherited = *tree.add("inherited-disease", health, true);

    CHECK(tree.bound_by(personal) == ClassSet{personal, contact, email, health, diagnosis, inherited});
    CHECK(tree.reached_by(personal) == ClassSet{personal, contact, email});
    CHECK(tree.reached_by(health) == ClassSet{health, diagnosis});
    CHECK(tree.reached_by(inherited) == ClassSet{inherited});
    CHECK(tree.ancestry(diagnosis) == ClassSet{diagnosis, health, personal});
    CHECK(tree.names({health, email}) == std::vector<std::string_view>{"email", "health"});
}

TEST_CASE("classes in the terms of another tree: by name, by the nearest ancestor, else opaque", "[class_tree]") {
    ClassTree old, now;
    const auto personal = *old.add("personal", std::nullopt, false);
    const auto kept = *old.add("kept", personal, false);
    const auto own = *now.add("own", std::nullopt, false);
    const auto same = *now.add("personal", std::nullopt, false);
    const auto fresh = *now.add("fresh", same, false);
    const auto moved = *now.add("kept", fresh, false);
    CHECK(now.in_terms_of(old, {ClassTree::plain, same}) == ClassSet{ClassTree::plain, personal});
    CHECK(now.in_terms_of(old, {moved}) == ClassSet{kept});
    CHECK(now.in_terms_of(old, {fresh}) == ClassSet{personal});
    CHECK(now.in_terms_of(old, {own}) == ClassSet{ClassTree::opaque});
    CHECK(now.in_terms_of(old, {}) == ClassSet{});
}

TEST_CASE("a name is taken once, a parent exists, and 64 classes are all", "[class_tree]") {
    ClassTree tree;
    CHECK_FALSE(tree.add("plain", std::nullopt, false));
    CHECK_FALSE(tree.add("", std::nullopt, false));
    CHECK_FALSE(tree.add("orphan", static_cast<ClassId>(9), false));
    while (tree.size() < ClassTree::capacity)
        REQUIRE(tree.add("class" + std::to_string(tree.size()), std::nullopt, false));
    CHECK_FALSE(tree.add("one-more", std::nullopt, false));
    CHECK(tree.all().size() == 64);
    CHECK_FALSE(tree.find("one-more"));
}

TEST_CASE("the built-in classes", "[class_tree]") {
    const ClassTree tree = builtin_classes();
    const auto personal = *tree.find("personal");
    for (const auto* special :
         {"health", "genetic", "biometric", "beliefs", "ethnicity", "sexuality", "criminal"}) {
        INFO(special);
        const auto id = tree.find(special);
        REQUIRE(id);
        CHECK(tree.bound_by(personal).has(*id));
        CHECK_FALSE(tree.reached_by(personal).has(*id));
    }
    for (const auto* ordinary : {"contact", "identifier", "location"})
        CHECK(tree.reached_by(personal).has(*tree.find(ordinary)));
    CHECK(tree.bound_by(*tree.find("financial")).has(*tree.find("card")));
    CHECK_FALSE(tree.bound_by(personal).has(*tree.find("credential")));
}
