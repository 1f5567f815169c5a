#include "filters/body/json_decimal.hpp"

#include <array>
#include <catch2/catch.hpp>

using namespace bordergate;

TEST_CASE("numbers are ordered by what they are worth") {
    static constexpr std::array<std::string_view, 18> rising{
        "-1e400", "-9007199254740993", "-9007199254740992", "-10", "-9.99", "-1e-400", "0", "1e-1000000000000000000000", "1e-400", "0.001", "0.0010001",
        "1", "1.5", "9", "10", "9007199254740992", "9007199254740993", "1e400",
    };
    for (std::size_t i = 0; i < rising.size(); ++i)
        for (std::size_t j = 0; j < rising.size(); ++j) {
            INFO(rising[i] << " and " << rising[j]);
            CHECK((compare_numbers(rising[i], rising[j]) == (i <=> j)));
        }
}

TEST_CASE("one number has many spellings") {
    for (auto one : {"100", "100.0", "1e2", "1E+2", "1000e-1", "0.1e3", "100.000e0", "0.000001e08"}) CHECK((compare_numbers(one, "100") == 0));
    for (auto zero : {"0", "-0", "0.000", "-0.0e7", "0e-5"}) CHECK((compare_numbers(zero, "0") == 0));
    CHECK((compare_numbers("-1.50", "-15e-1") == 0));
}
