#include "config/yaml_formats.hpp"

#include <catch2/catch.hpp>

using namespace bordergate;

TEST_CASE("sizes", "[formats]") {
    CHECK(parse_size("0") == 0);
    CHECK(parse_size("512") == 512);
    CHECK(parse_size("64KiB") == 65536);
    CHECK(parse_size("8MB") == 8'000'000);
    CHECK(parse_size("1TiB") == std::size_t{1} << 40);
    for (auto text : {"", "KiB", "-1", "1 KiB", "1kib", "1.5MiB", "99999999999999999999",
                      "9999999999TiB", "0x10"})
        CHECK_FALSE(parse_size(text));
}

TEST_CASE("durations", "[formats]") {
    using namespace std::chrono_literals;
    CHECK(parse_duration("250us") == 250us);
    CHECK(parse_duration("2ms") == 2ms);
    CHECK(parse_duration("75s") == 75s);
    CHECK(parse_duration("5m") == 5min);
    CHECK(parse_duration("1h") == 1h);
    for (auto text : {"", "5", "s", "-5s", "5 s", "5S", "1d", "9999999999999h"})
        CHECK_FALSE(parse_duration(text));
}

TEST_CASE("addresses and networks", "[formats]") {
    const auto v6 = parse_endpoint("[::1]:0");
    REQUIRE(v6);
    CHECK(v6->host == "::1");
    CHECK(parse_endpoint("127.0.0.1:65535")->port == 65535);
    for (auto text : {"127.0.0.1", "localhost:80", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:8x",
                      ":80", "1.2.3:4"})
        CHECK_FALSE(parse_endpoint(text));
    CHECK(parse_network("10.0.0.0/8")->prefix == 104);
    CHECK(parse_network("10.1.2.3")->prefix == 128);
    CHECK(parse_network("2001:db8::/32")->prefix == 32);
    for (auto text : {"", "10.0.0.0/33", "::/129", "10.0.0/8", "10.0.0.0/", "10.0.0.0/-1", "x/8"})
        CHECK_FALSE(parse_network(text));
    CHECK(is_loopback("127.9.9.9"));
    CHECK_FALSE(is_loopback("128.0.0.1"));
    for (auto text :
         {"localhost", "127.0.0.1", "10.9.9.9", "172.31.0.1", "192.168.1.1", "::1", "fd00::1"})
        CHECK(is_private(text));
    for (auto text : {"example.com", "172.32.0.1", "8.8.8.8", "2001:db8::1"})
        CHECK_FALSE(is_private(text));
}

TEST_CASE("URLs", "[formats]") {
    const auto url = parse_url("https://API.Example.com/base/");
    REQUIRE(url);
    CHECK(url->tls);
    CHECK(url->host == "api.example.com");
    CHECK(url->port == 443);
    CHECK(url->path == "/base");
    CHECK(parse_url("http://[::1]:8080")->host == "::1");
    CHECK(parse_url("http://x")->port == 80);
    for (auto text : {"", "x", "ftp://x", "https://", "https://u:p@x", "https://x?q", "https://x#f",
                      "https://x:0", "https://x:99999", "https://[::1", "https://a b"})
        CHECK_FALSE(parse_url(text));
}

TEST_CASE("secrets and dates", "[formats]") {
    CHECK(parse_secret("env:X")->kind == SecretRef::Kind::env);
    CHECK(parse_secret("file:a/b")->where == "a/b");
    for (auto text : {"", "env:", "file:", "sk-123", "vault:x"}) CHECK_FALSE(parse_secret(text));
    CHECK(parse_date("1970-01-02") == 86'400);
    CHECK(parse_date("2026-11-24") == 1'795'478'400);
    for (auto text : {"", "2026-02-30", "2026-13-01", "26-01-01", "2026-1-1", "2026-01-01T00:00"})
        CHECK_FALSE(parse_date(text));
}

TEST_CASE("a value that fits its format matches the pattern that editors get", "[formats]") {
    // The patterns are checked against the examples that describe() gives.
    for (auto format :
         {Format::size, Format::duration, Format::endpoint, Format::url, Format::date, Format::path,
          Format::field_path, Format::place, Format::network, Format::spiffe, Format::method}) {
        const std::string about(describe(format));
        const auto at = about.find("such as ") + 8;
        const auto example = about.substr(at, about.find_first_of(", ", at) - at);
        INFO(example);
        CHECK_FALSE(misfit(format, example, {}));
        CHECK_FALSE(pattern(format).empty());
    }
}

TEST_CASE("formats refuse what they should", "[formats]") {
    struct Case {
        Format format;
        const char* text;
    };
    for (const auto& [format, text] : std::vector<Case>{{Format::name, ""},
                                                        {Format::word, "a/b"},
                                                        {Format::word, ""},
                                                        {Format::any, "a\nb"},
                                                        {Format::character, "ab"},
                                                        {Format::character, "ä"},
                                                        {Format::host, "Example.com"},
                                                        {Format::host, "a/b"},
                                                        {Format::path, "v1"},
                                                        {Format::path, "/a?b"},
                                                        {Format::path, "/a/../b"},
                                                        {Format::path, "//a"},
                                                        {Format::field_path, "a.b"},
                                                        {Format::method, "post"},
                                                        {Format::field, "x y"},
                                                        {Format::field, ""},
                                                        {Format::spiffe, "https://x"},
                                                        {Format::place, "anywhere"},
                                                        {Format::place, "de"},
                                                        {Format::territory, "EEA"},
                                                        {Format::territory, "anywhere"},
                                                        {Format::place_or_anywhere, "nowhere"},
                                                        {Format::secret, "x"},
                                                        {Format::api_key, "x"}}) {
        INFO(text);
        CHECK(misfit(format, text, {}));
    }
}

TEST_CASE("a secret in the wrong place is never repeated", "[formats]") {
    for (auto format : {Format::secret, Format::api_key}) {
        const auto wrong = misfit(format, "sk-very-secret", {});
        REQUIRE(wrong);
        CHECK((wrong->what + wrong->suggestion).find("sk-very") == std::string::npos);
    }
}
