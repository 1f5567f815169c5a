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

TEST_CASE("names compare without case and by nothing else, whatever their length") {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    for (std::size_t size : {1, 2, 7, 8, 9, 15, 16, 17}) {
        for (std::size_t place = 0; place < size; ++place) {
            for (int byte = 0; byte < 256; ++byte) {
                for (int bit = 0; bit < 256; bit = bit == 0 ? 1 : bit * 2) {
                    std::string a(size, 'x'), b(size, 'X');
                    a[place] = static_cast<char>(byte);
                    b[place] = static_cast<char>(byte ^ bit);
                    if (equal_fold(a, b) != (lower(a[place]) == lower(b[place]))) FAIL("at " << place << " of " << size << ": " << byte << " and " << (byte ^ bit));
                }
            }
        }
    }
    CHECK(equal_fold("", ""));
    CHECK_FALSE(equal_fold("a", "ab"));
}

TEST_CASE("lines that are marked in a held text are fields like others") {
    Fields fields;
    fields.add("old", "line");
    fields.hold("Name: value\r\nOther: two\r\n");
    CHECK(fields.size() == 0);
    fields.mark(0, 4, 6, 5);
    fields.mark(13, 5, 20, 3);
    CHECK(fields.get("name") == "value");
    CHECK(fields.get("OTHER") == "two");
    fields.add("third", *fields.get("name"));
    CHECK(fields[2].value == "value");
    CHECK(fields.erase("name") == 1);
    CHECK(fields[0].value == "two");
}
