#include "proxy/http/hop_by_hop.hpp"

#include <catch2/catch.hpp>

using namespace bordergate;

TEST_CASE("connection fields, and those Connection names, end at this hop") {
    Fields fields;
    for (auto [name, value] : std::initializer_list<std::pair<std::string_view, std::string_view>>{
             {"Connection", "keep-alive, X-Private , close"}, {"Keep-Alive", "5"}, {"x-private", "1"}, {"TE", "trailers"},
             {"Upgrade", "h2c"}, {"Proxy-Authorization", "Basic x"}, {"Content-Length", "3"}, {"X-Forwarded-For", "10.0.0.1"},
             {"Accept", "*/*"}})
        fields.add(name, value);
    strip_hop_by_hop(fields);
    REQUIRE(fields.size() == 1);
    CHECK(fields[0].name == "Accept");
}

TEST_CASE("every field that can carry a credential ends at the proxy") {
    Fields fields;
    for (auto name : {"Authorization", "X-API-Key", "api-key", "x-goog-api-key", "Proxy-Authorization", "Accept"}) fields.add(name, "v");
    strip_credentials(fields);
    CHECK(fields.size() == 1);
}
