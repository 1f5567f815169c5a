#include "config/jurisdiction.hpp"

#include <catch2/catch.hpp>

#include <chrono>

using namespace bordergate;

namespace {

const Atlas& atlas() { return Atlas::builtin(); }

Region region(std::string_view code) {
    INFO(code);
    const auto found = atlas().find(code);
    REQUIRE(found);
    return *found;
}

std::int64_t day(int year, unsigned month, unsigned of_month) {
    using namespace std::chrono;
    return seconds(sys_days(year_month_day{std::chrono::year(year), std::chrono::month(month),
                                           std::chrono::day(of_month)})
                       .time_since_epoch())
        .count();
}

std::vector<std::string> law_ids(const Places& location) {
    std::vector<std::string> ids;
    for (const auto index : atlas().laws_at(location)) ids.push_back(atlas().laws()[index].id);
    return ids;
}

}  // namespace

TEST_CASE("every country of ISO 3166-1 is a place", "[jurisdiction]") {
    std::size_t places = 0, countries = 0;
    for (std::size_t place = 0; place < Places::capacity; ++place)
        places += atlas().everywhere().has(place);
    for (char a = 'A'; a <= 'Z'; ++a)
        for (char b = 'A'; b <= 'Z'; ++b) {
            const std::string code{a, b};
            if (code == "EU" || !atlas().find(code)) continue;
            ++countries;
            CHECK_FALSE(atlas().title(code).empty());
        }
    CHECK(countries == 249);
    CHECK(places == 250);  // and Québec
    CHECK(atlas().title("NO") == "Norway");
    CHECK_FALSE(atlas().find("de"));
    CHECK_FALSE(atlas().find("XX"));
    CHECK_FALSE(atlas().find(""));
}

TEST_CASE("a country's code means all of it, its subdivisions included", "[jurisdiction]") {
    CHECK(region("CA").sure.covers(region("CA-QC").sure));
    CHECK_FALSE(region("CA-QC").sure.covers(region("CA").sure));
    CHECK(region("CA-QC").sure.only().has_value());
    CHECK_FALSE(region("CA").sure.only().has_value());
    CHECK(region("DE").sure.only().has_value());
    CHECK_FALSE(Places{}.only().has_value());
}

TEST_CASE("groups", "[jurisdiction]") {
    for (const auto* code : {"AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU",
                             "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"})
        CHECK(region("EU").sure.covers(region(code).sure));
    for (const auto* code : {"GB", "CH", "NO", "IS", "LI", "US", "UA"})
        CHECK_FALSE(region("EU").possible.meets(region(code).possible));
    for (const auto* code : {"EU", "IS", "LI", "NO"})
        CHECK(region("EEA").sure.covers(region(code).sure));
    CHECK(region("EEA").sure == region("EEA").possible);
    for (const auto* code : {"AD", "AR", "BR", "CA", "CH", "FO", "GB", "GG", "IL", "IM", "JE", "JP", "KR", "NZ",
                             "UY"})
        CHECK(region("EU-ADEQUATE").sure.covers(region(code).sure));
    CHECK_FALSE(region("EU-ADEQUATE").possible.meets(region("IN").sure));
}

TEST_CASE("a member that needs an attribute is possible and not sure", "[jurisdiction]") {
    const Region adequate = region("EU-ADEQUATE");
    CHECK(adequate.possible.covers(region("US").sure));
    CHECK_FALSE(adequate.sure.meets(region("US").sure));
    // The doubt stays on the right side of a negation: the US may be, and may not be, outside.
    const Region other = atlas().complement(adequate);
    CHECK(other.possible.covers(region("US").sure));
    CHECK_FALSE(other.sure.meets(region("US").sure));
    CHECK(other.sure.covers(region("IN").sure));
    CHECK_FALSE(other.possible.meets(region("JP").sure));
    CHECK(atlas().complement(other) == adequate);
}

TEST_CASE("membership has dates", "[jurisdiction]") {
    const auto gb = region("GB").sure;
    const auto adequate = [&](std::int64_t instant) {
        return atlas().find("EU-ADEQUATE", instant)->possible.meets(gb);
    };
    CHECK_FALSE(adequate(day(2021, 6, 27)));
    CHECK(adequate(day(2021, 6, 28)));
    CHECK(adequate(day(2031, 12, 27) - 1));
    CHECK_FALSE(adequate(day(2031, 12, 27)));
    // A group inside a group brings its own dates.
    CHECK_FALSE(atlas().find("EEA", day(2013, 6, 30))->possible.meets(region("HR").sure));
    CHECK(atlas().find("EEA", day(2013, 7, 1))->sure.meets(region("HR").sure));
    const auto changes = atlas().changes("EU-ADEQUATE");
    CHECK(std::count(changes.begin(), changes.end(), day(2031, 12, 27)) == 1);
    CHECK(atlas().changes("DE").empty());
}

TEST_CASE("laws at a place: the named ones, else the country's own", "[jurisdiction]") {
    using Ids = std::vector<std::string>;
    CHECK(law_ids(region("DE").sure) == Ids{"eu-gdpr"});
    CHECK(law_ids(region("GB").sure) == Ids{"uk-gdpr"});
    CHECK(law_ids(region("JP").sure) == Ids{"law-of-JP"});
    CHECK(law_ids(region("CA-QC").sure) == Ids{"ca-qc-law25"});
    CHECK(law_ids(region("CA").sure) == Ids{"ca-pipeda", "ca-qc-law25"});
    CHECK(law_ids(region("DE").sure | region("US").sure) == Ids{"eu-gdpr", "law-of-US"});
    CHECK(law_ids(Places{}).empty());
    CHECK(atlas().laws_at(atlas().everywhere()).size() == atlas().laws().size());
    for (const auto& law : atlas().laws())
        if (law.id == "law-of-JP") CHECK(law.territory == region("JP").sure);
}

TEST_CASE("places are described in words a person knows", "[jurisdiction]") {
    CHECK(atlas().describe(Places{}) == "nowhere");
    CHECK(atlas().describe(atlas().everywhere()) == "everywhere");
    CHECK(atlas().describe(region("EEA").sure) == "EEA");
    CHECK(atlas().describe(region("CA").sure) == "CA");
    CHECK(atlas().describe(region("CA-QC").sure) == "CA-QC");
    CHECK(atlas().describe(region("CA").sure - region("CA-QC").sure) == "CA in part");
    CHECK(atlas().describe(atlas().complement(region("EEA")).sure) == "not EEA");
    CHECK(atlas().describe(region("US").sure | region("EEA").sure) == "EEA+US");
    Places many;
    for (const auto* code : {"US", "JP", "IN", "BR", "SG", "AU", "KR", "MX"}) many |= region(code).sure;
    CHECK(atlas().describe(many) == "AU+BR+IN+JP+KR+MX+2 more");
}

TEST_CASE("a misspelt code is answered with what was meant", "[jurisdiction]") {
    CHECK(atlas().nearest("UK") == "GB");
    CHECK(atlas().nearest("de") == "DE");
    CHECK(atlas().nearest("eea") == "EEA");
}
