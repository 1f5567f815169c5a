#include "filters/message.hpp"

#include <catch2/catch.hpp>

using namespace bordergate;

TEST_CASE("field names compare without regard to case, and lines keep their order") {
    Fields fields;
    fields.add("Accept", "a");
    fields.add("X", "1");
    fields.add("accept", "b");
    CHECK(fields.size() == 3);
    CHECK(fields.count("ACCEPT") == 2);
    CHECK(fields.get("aCCept") == "a");
    CHECK(fields[2].name == "accept");
    CHECK(fields[2].value == "b");
    CHECK_FALSE(fields.get("y"));
    CHECK(fields.erase("accept") == 2);
    CHECK(fields.size() == 1);
    CHECK(fields[0].value == "1");
}

TEST_CASE("a line may be set from the fields' own text") {
    Fields fields;
    fields.add("a", std::string(100, 'x'));
    for (int i = 0; i < 20; ++i) fields.add(fields[0].name, fields[0].value);
    for (std::size_t i = 0; i < fields.size(); ++i) CHECK(fields[i].value == std::string(100, 'x'));
    fields.set("b", *fields.get("a"));
    fields.set("A", "y");
    CHECK(fields.count("a") == 1);
    CHECK(fields.get("a") == "y");
    CHECK(fields.get("b") == std::string(100, 'x'));
}
