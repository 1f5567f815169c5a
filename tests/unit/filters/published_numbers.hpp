// Check digits against a number that is published as an example.
#pragma once

#include <catch2/catch.hpp>
#include <string>

#include "filters/detect/checksums.hpp"

namespace bordergate::testing {

/// `number` is sound by `checksum`, and is not with the digit at `at` one more.
inline void check_published(const char* checksum, const std::string& number, std::size_t at) {
    INFO(checksum << " " << number);
    const auto holds = find_checksum(checksum);
    REQUIRE(holds);
    CHECK(holds(number));
    std::string wrong = number;
    wrong[at] = wrong[at] == '9' ? '0' : static_cast<char>(wrong[at] + 1);
    CHECK_FALSE(holds(wrong));
    CHECK_FALSE(holds(""));
}

/// The same with its last digit.
inline void check_published(const char* checksum, const std::string& number) { check_published(checksum, number, number.find_last_of("0123456789")); }

}  // namespace bordergate::testing
