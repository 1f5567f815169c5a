#include <catch2/catch.hpp>

#include "filters/body/json_number.hpp"

using bordergate::is_whole_number;
using bordergate::whole_number;

TEST_CASE("a number is the same number however it is written") {
    for (auto token : {"4111111111111111", "-4111111111111111", "4111111111111111e0", "4.111111111111111e15", "4.111111111111111E+15",
                       "41111111111111110e-1", "4111111111111111.0", "411111111111111100.00e-2"}) {
        INFO(token);
        CHECK(whole_number(token) == "4111111111111111");
    }
    CHECK(whole_number("1700000000.123456") == "1700000000");
    CHECK(whole_number("0.5") == "");
    CHECK(whole_number("0") == "");
    CHECK(whole_number("5e2") == "500");
    CHECK(whole_number("1e400") == "1" + std::string(64, '0'));
    CHECK(whole_number("4111111111111111e99999999999999999999") == "4111111111111111");
    CHECK(whole_number("0." + std::string(70, '0') + "4111111111111111e86") == "4111111111111111");
    CHECK(whole_number("0000.5e1") == "5");
    CHECK(whole_number("1e-400") == "");
    CHECK(whole_number(std::string(80, '9')) == std::string(80, '9'));
}

TEST_CASE("a whole number is written in digits, without a zero before them") {
    for (auto text : {"0", "7", "-7", "10", "123456789012345678901234567890"}) CHECK(is_whole_number(text));
    for (auto text : {"", "-", "-0", "00", "01", "-01", "1.0", "1e3", "+1", " 1", "1 ", "0x1", "one"}) CHECK_FALSE(is_whole_number(text));
}
