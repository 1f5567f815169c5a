#include "filters/body/aws_chunk.hpp"

#include <catch2/catch.hpp>

using namespace bordergate;

TEST_CASE("what a model said is read out of its chunk") {
    CHECK(read_aws_chunk(R"({"bytes":"eyJ0ZXh0IjoiSGnDvyJ9","p":"abc"})").value() == "{\"text\":\"Hi\xc3\xbf\"}");
    CHECK(read_aws_chunk(R"({"p":"abc","bytes":"YQ=="})").value() == "a");
    CHECK(read_aws_chunk(R"({"bytes":"YWI="})").value() == "ab");
    CHECK(read_aws_chunk(R"({"bytes":"+/+\/"})").value() == "\xfb\xff\xbf");
    CHECK(read_aws_chunk(R"({"bytes":""})").value().empty());
}

TEST_CASE("a chunk takes other words, and keeps what else it has") {
    for (const std::string said : {"", "a", "ab", "abc", "{\"text\":\"\xfb\xff\xbf\"}"}) {
        const auto written = write_aws_chunk(R"({"bytes":"eA==","p":"abc"})", said);
        REQUIRE(written.has_value());
        CHECK(read_aws_chunk(*written).value() == said);
        CHECK_THAT(*written, Catch::Contains(R"("p":"abc")"));
    }
    CHECK(write_aws_chunk(R"({"bytes":"eA==","p":"abc"})", "{\"text\":\"Hi\xc3\xbf\"}").value() == R"({"bytes":"eyJ0ZXh0IjoiSGnDvyJ9","p":"abc"})");
}

TEST_CASE("a chunk that is none is refused") {
    for (const char* payload : {"", "[]", "{}", R"({"bytes":1})", R"({"bytes":"a"})", R"({"bytes":"YQ"})", R"({"bytes":"YR=="})", R"({"bytes":"Y-=="})",
                                R"({"bytes":"Y Q="})", R"({"bytes":"===="})", R"({"bytes":"Y==="})", R"({"bytes":"YQ=="} x)", R"({"bytes":"YQ==")"}) {
        INFO(payload);
        CHECK(read_aws_chunk(payload).has_error());
    }
    CHECK(read_aws_chunk("{}").error().code == Code::upstream_invalid);
    CHECK(write_aws_chunk("{}", "x").error().code == Code::upstream_invalid);
}
