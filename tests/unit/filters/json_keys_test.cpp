#include "filters/body/json_keys.hpp"

#include <catch2/catch.hpp>
#include <string>

using namespace bordergate;

TEST_CASE("a repeated key matters once either of its values has a class") {
    JsonKeys keys;
    keys.open();
    CHECK(keys.key("a"));
    CHECK(keys.key("b"));
    CHECK(keys.classified());
    CHECK(keys.key("a"));
    CHECK_FALSE(keys.classified());  // the second a
    CHECK(keys.key("c"));
    CHECK(keys.classified());
    CHECK_FALSE(keys.key("b"));  // the first b had a class
}

TEST_CASE("a class counts for every object around the value, and for no closed one") {
    JsonKeys keys;
    keys.open();
    CHECK(keys.key("outer"));
    keys.open();
    CHECK(keys.key("inner"));
    CHECK(keys.classified());
    keys.close();
    keys.open();
    CHECK(keys.key("inner"));
    CHECK(keys.classified());
    keys.close();
    CHECK_FALSE(keys.key("outer"));
}

TEST_CASE("many keys are told apart, and beyond the bound none is trusted") {
    JsonKeys keys;
    keys.open();
    for (std::size_t i = 0; i < JsonKeys::most_keys; ++i) REQUIRE((keys.key("key" + std::to_string(i)) && (i % 1000 != 0 || keys.classified())));
    CHECK_FALSE(keys.key("key1000"));
    CHECK(keys.key("key1001"));
    CHECK(keys.key("one more"));
    CHECK_FALSE(keys.classified());
    keys.close();
    keys.open();
    CHECK(keys.key("one more"));
    CHECK(keys.classified());
    keys.close();
}
