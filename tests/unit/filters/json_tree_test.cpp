#include "filters/body/json_tree.hpp"

#include <catch2/catch.hpp>

using namespace bordergate;

TEST_CASE("a tree grows in the order of the document") {
    JsonTree tree;
    for (int round = 0; round < 2; ++round) {
        const auto top = tree.begin(JsonTree::none, {}, JsonTree::Kind::object);
        const auto a = tree.begin(top, {"a", 0, false}, JsonTree::Kind::string);
        CHECK(tree.open(a));
        tree.say(a, "text");
        tree.end(a);
        const auto b = tree.begin(top, {"b", 0, false}, JsonTree::Kind::array);
        const auto one = tree.begin(b, {{}, 0, true}, JsonTree::Kind::number);
        tree.say(one, "1");
        CHECK(tree.size(top) == 2);
        CHECK(tree.first(top) == a);
        CHECK(tree.next(a) == b);
        CHECK(tree.next(b) == JsonTree::none);
        CHECK(tree.name(b) == "b");
        CHECK(tree.name(one).empty());
        CHECK(tree.text(a) == "text");
        CHECK(tree.text(one) == "1");
        CHECK(tree.container(b));
        CHECK_FALSE(tree.container(a));
        CHECK(tree.open(top));
        CHECK_FALSE(tree.open(a));
        tree.clear();
    }
}
