#include "filters/mask/bucketing.hpp"

#include <catch2/catch.hpp>

using namespace bordergate;

namespace {

std::string bucket(const MaskParameters& how, std::string_view value, bool number = false) {
    std::string out = "-";
    const auto done = bucketing(how, number, value, out);
    if (done.has_value()) return out.substr(1);
    CHECK(out == "-");
    return "!" + std::string(info(done.error().code).name);
}

MaskParameters sized(std::int64_t size) {
    MaskParameters how;
    how.size = size;
    return how;
}

MaskParameters bounded(std::vector<std::int64_t> bounds) {
    MaskParameters how;
    how.bounds = std::move(bounds);
    return how;
}

}  // namespace

TEST_CASE("ranges of one size hold their beginning and not their end", "[bucketing]") {
    CHECK(bucket(sized(10), "30") == "30-40");
    CHECK(bucket(sized(10), "39") == "30-40");
    CHECK(bucket(sized(10), "39.99") == "30-40");
    CHECK(bucket(sized(10), "40") == "40-50");
    CHECK(bucket(sized(10), "0") == "0-10");
    CHECK(bucket(sized(10), "-1") == "-10-0");
    CHECK(bucket(sized(10), "-10") == "-10-0");
    CHECK(bucket(sized(10), "-10.5") == "-20--10");
    CHECK(bucket(sized(1000), "4.2e3") == "4000-5000");
}

TEST_CASE("ranges between bounds are open below the first and above the last", "[bucketing]") {
    const auto ages = bounded({18, 30, 65});
    CHECK(bucket(ages, "17") == "<18");
    CHECK(bucket(ages, "18") == "18-30");
    CHECK(bucket(ages, "29.9") == "18-30");
    CHECK(bucket(ages, "64") == "30-65");
    CHECK(bucket(ages, "65") == ">=65");
    CHECK(bucket(bounded({0}), "-3") == "<0");
}

TEST_CASE("a JSON number becomes the number where its range begins, if it has a beginning", "[bucketing]") {
    CHECK(bucket(sized(10), "39", true) == "30");
    CHECK(bucket(sized(10), "-0.5", true) == "-10");
    CHECK(bucket(bounded({18, 65}), "99", true) == "65");
    CHECK(bucket(bounded({18, 65}), "17", true) == "<18");
}

TEST_CASE("what is no number is refused", "[bucketing]") {
    for (std::string value : {"", "-", "x", "34 years", " 34", "34 ", "1,000", "inf", "-inf", "nan", "+3", ".5", "5.", "0x10", "1e400", "2000000000000000", "1e16", "true"}) {
        INFO(value);
        CHECK(bucket(sized(10), value) == "!mask_unfit");
    }
    CHECK(bucket({}, "1") == "!internal");
    CHECK(bucket(sized(10), "1000000000000000") == "1000000000000000-1000000000000010");
}
