#include "proxy/http/target.hpp"

#include <catch2/catch.hpp>

using namespace bordergate;

TEST_CASE("paths have one canonical form") {
    const auto path = [](std::string_view text) { return *canonical_path(text); };
    CHECK(path("") == "/");
    CHECK(path("/a/b") == "/a/b");
    CHECK(path("/a//b") == "/a/b");
    CHECK(path("/a/./b/../c") == "/a/c");
    CHECK(path("/a/..") == "/");
    CHECK(path("/a/b/") == "/a/b/");
    CHECK(path("/%7euser/%41") == "/~user/A");
    CHECK(path("/%c3%a4") == "/%C3%A4");
    CHECK(path("/a%2e%2e/b") == "/a../b");
    CHECK(path("/x/%2e%2e/b") == "/b");
}

TEST_CASE("paths that two servers could read in two ways are refused") {
    for (auto text : {"/a%2fb", "/a%5Cb", "/a\\b", "/..", "/a/../../b", "/%2e%2e/b", "/a%0ab", "/a%00", "/a%zz", "/a%4", "a/b"}) {
        INFO(text);
        CHECK(canonical_path(text).has_error());
    }
}

TEST_CASE("authorities have one canonical form") {
    const auto authority = [](std::string_view text, std::string_view scheme) {
        return canonical_authority(*parse_authority(text), scheme);
    };
    CHECK(authority("API.Example.COM", "https") == "api.example.com");
    CHECK(authority("a:443", "https") == "a");
    CHECK(authority("a:443", "http") == "a:443");
    CHECK(authority("a.", "https") == "a");
    CHECK(authority("[2001:DB8::1]:80", "http") == "[2001:db8::1]");
    for (auto text : {"", "a@b", "a:0", "a:99999", "a:b", "a b", "[::1", "[::1]x", "a%41", "a/b"}) {
        INFO(text);
        CHECK(parse_authority(text).has_error());
    }
}

namespace {

Status target(RequestHead& head, std::string method, std::string_view host, std::string_view text, bool& absolute) {
    head.clear();
    head.method = std::move(method);
    head.scheme = "http";
    head.fields.add("Host", host);
    return set_target(head, text, absolute);
}

}  // namespace

TEST_CASE("the four forms of a target") {
    RequestHead head;
    bool absolute = false;
    REQUIRE(target(head, "GET", "a", "/x?q=%41&r", absolute).has_value());
    CHECK(head.path == "/x");
    CHECK(head.query == "q=A&r");
    CHECK(head.authority == "a");
    CHECK_FALSE(absolute);

    REQUIRE(target(head, "GET", "a:80", "HTTP://A/x", absolute).has_value());
    CHECK(absolute);
    CHECK(head.authority == "a");
    REQUIRE(target(head, "GET", "a", "http://a?q", absolute).has_value());
    CHECK(head.path == "/");

    REQUIRE(target(head, "CONNECT", "a:443", "a:443", absolute).has_value());
    CHECK(head.authority == "a:443");
    REQUIRE(target(head, "OPTIONS", "a", "*", absolute).has_value());
}

TEST_CASE("a target that contradicts Host, or hides where it goes, is refused") {
    RequestHead head;
    bool absolute = false;
    CHECK(target(head, "GET", "a", "http://b/", absolute).has_error());
    CHECK(target(head, "GET", "a", "http://a:81/", absolute).has_error());
    CHECK(target(head, "GET", "a", "http://u@a/", absolute).has_error());
    CHECK(target(head, "GET", "a", "ftp://a/", absolute).has_error());
    CHECK(target(head, "GET", "a", "a/b", absolute).has_error());
    CHECK(target(head, "GET", "a", "*", absolute).has_error());
    CHECK(target(head, "CONNECT", "b:443", "a:443", absolute).has_error());
    CHECK(target(head, "CONNECT", "a", "a", absolute).has_error());
    CHECK(target(head, "GET", "a b", "/", absolute).has_error());
}
