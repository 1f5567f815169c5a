// Refusals of strangers: one record per reason and flush, however often they knock, and none of them lost.
#include "proxy/audit/refusal_tally.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <map>

using namespace bordergate;

namespace {

/// Counts by code of one flush, through the line as it would be written.
std::map<std::string, std::int64_t> flushed(RefusalTally& tally, bool written = true) {
    std::map<std::string, std::int64_t> counts;
    tally.flush(1'000'000, [&](const Record& record) {
        std::string line;
        render(record, line);
        const auto object = boost::json::parse(line).as_object();
        CHECK(object.at("kind") == "event");
        CHECK(object.at("verdict") == "refused");
        CHECK(object.at("time") == "1970-01-01T00:00:01.000000Z");
        CHECK_FALSE(object.contains("source"));
        CHECK(counts.emplace(std::string(object.at("code").as_string()), object.at("count").as_int64()).second);
        return written;
    });
    return counts;
}

}  // namespace

TEST_CASE("many refusals of two reasons make two records") {
    RefusalTally tally;
    for (int i = 0; i < 100'000; ++i) tally.count(Code::source_unknown);
    tally.count(Code::framing_invalid);
    CHECK(flushed(tally) == std::map<std::string, std::int64_t>{{"framing_invalid", 1}, {"source_unknown", 100'000}});
}

TEST_CASE("a second without refusals writes nothing, and the next one starts anew") {
    RefusalTally tally;
    CHECK(flushed(tally).empty());
    tally.count(Code::source_unknown);
    CHECK(flushed(tally).size() == 1);
    CHECK(flushed(tally).empty());
    tally.count(Code::source_unknown);
    CHECK(flushed(tally).at("source_unknown") == 1);
}

TEST_CASE("every code can be counted, the first and the last too") {
    RefusalTally tally;
    for (int i = 0; i <= static_cast<int>(Code::internal); ++i) tally.count(static_cast<Code>(i));
    CHECK(flushed(tally).size() == static_cast<std::size_t>(Code::internal) + 1);
}

TEST_CASE("what the log did not take is told with the next flush") {
    RefusalTally tally;
    tally.count(Code::source_unknown);
    CHECK(flushed(tally, false).at("source_unknown") == 1);
    tally.count(Code::source_unknown);
    CHECK(flushed(tally).at("source_unknown") == 2);
    CHECK(flushed(tally).empty());
}
