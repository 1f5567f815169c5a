// A token over time: asked for, kept, asked for anew, given up.
#include "proxy/remote/token_source.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

using namespace bordergate;
using namespace std::chrono_literals;

namespace {

template <class Condition>
bool soon(Condition condition) {
    for (const auto until = TokenSource::Clock::now() + 10s; TokenSource::Clock::now() < until; std::this_thread::yield())
        if (condition()) return true;
    return false;
}

/// An endpoint whose answers a test decides; each token has a number.
struct Endpoint {
    std::atomic<int> asked{0}, at_once{0}, most_at_once{0};
    std::atomic<bool> shut{false}, away{false};
    std::chrono::seconds lifetime{3600};
    TokenSource::Ask ask() {
        return [this](const std::stop_token& stop) -> Result<GrantedToken> {
            struct Leaving {
                std::atomic<int>& at_once;
                ~Leaving() { --at_once; }
            } leaving{at_once};
            most_at_once = std::max(most_at_once.load(), ++at_once);
            const int number = ++asked;
            while (shut && !stop.stop_requested()) std::this_thread::yield();
            if (away) return fault(Code::key_unavailable, "away");
            return GrantedToken{"Bearer " + std::to_string(number), lifetime};
        };
    }
};

TokenGrant grant() {
    TokenGrant made;
    made.token_url = "https://login.example/token";
    return made;
}

bool has(const TokenSource& source, const std::string& token) {
    const auto known = source.authorization();
    return known.has_value() && *known == token;
}

}  // namespace

TEST_CASE("a token is renewed before it expires, and not much before") {
    CHECK(TokenSource::time_to_renewal(3600s) == 3540s);
    CHECK(TokenSource::time_to_renewal(300s) == 240s);
    CHECK(TokenSource::time_to_renewal(100s) == 80s);
    CHECK(TokenSource::time_to_renewal(1s) == 800ms);
}

TEST_CASE("a token is asked for once and then shown to all") {
    Endpoint endpoint;
    endpoint.shut = true;
    TokenSource source(grant(), "secret", endpoint.ask());
    CHECK(source.coming());
    CHECK(source.authorization().error().code == Code::key_unavailable);
    endpoint.shut = false;
    CHECK(soon([&] { return has(source, "Bearer 1"); }));
    CHECK_FALSE(source.coming());
    std::vector<std::jthread> many;
    std::atomic<int> shown{0};
    for (int i = 0; i < 4; ++i)
        many.emplace_back([&] {
            for (int j = 0; j < 1000; ++j) shown += has(source, "Bearer 1");
        });
    many.clear();
    CHECK(shown == 4000);
    CHECK(endpoint.asked == 1);
}

TEST_CASE("a token is replaced while it still holds, one request at a time") {
    Endpoint endpoint;
    endpoint.lifetime = 1s;
    TokenSource source(grant(), "secret", endpoint.ask());
    REQUIRE(soon([&] { return has(source, "Bearer 1"); }));
    bool gap = false;
    CHECK(soon([&] {
        gap = gap || source.authorization().has_error();
        return has(source, "Bearer 3");
    }));
    CHECK_FALSE(gap);
    CHECK(endpoint.most_at_once == 1);
}

TEST_CASE("without a token the reason is said, and nobody waits") {
    Endpoint endpoint;
    endpoint.away = true;
    TokenSource source(grant(), "secret", endpoint.ask());
    REQUIRE(soon([&] { return !source.coming(); }));
    CHECK(source.authorization().error().detail == "no token from https://login.example/token: away");
}

TEST_CASE("a token that cannot be replaced is shown until it expires, and no longer") {
    Endpoint endpoint;
    endpoint.lifetime = 1s;
    TokenSource source(grant(), "secret", endpoint.ask());
    REQUIRE(soon([&] { return has(source, "Bearer 1"); }));
    endpoint.away = true;
    REQUIRE(soon([&] { return endpoint.asked == 2; }));
    CHECK(has(source, "Bearer 1"));
    CHECK(soon([&] { return source.authorization().has_error(); }));
    CHECK_FALSE(source.coming());
}

TEST_CASE("a destination that refuses a token just given has no other asked for") {
    Endpoint endpoint;
    TokenSource source(grant(), "secret", endpoint.ask());
    REQUIRE(soon([&] { return has(source, "Bearer 1"); }));
    source.refused("Bearer 1");
    source.refused("Bearer 0");
    CHECK(has(source, "Bearer 1"));
    CHECK(endpoint.asked == 1);
}

TEST_CASE("a token that is refused later has another asked for, and is shown until that is there") {
    Endpoint endpoint;
    endpoint.lifetime = 10s;
    TokenSource source(grant(), "secret", endpoint.ask());
    REQUIRE(soon([&] { return has(source, "Bearer 1"); }));
    const auto given = TokenSource::Clock::now();
    bool gap = false;
    CHECK(soon([&] {
        source.refused("Bearer 1");
        gap = gap || source.authorization().has_error();
        return has(source, "Bearer 2");
    }));
    CHECK_FALSE(gap);
    CHECK(TokenSource::Clock::now() - given < TokenSource::time_to_renewal(10s));
    CHECK(endpoint.asked == 2);
}

TEST_CASE("a source ends while it asks, and its last user does not wait") {
    Endpoint endpoint;
    endpoint.shut = true;
    auto source = TokenSource::open(grant(), "secret", endpoint.ask());
    CHECK(source->is_of(grant(), "secret"));
    CHECK_FALSE(source->is_of(grant(), "other"));
    auto other = grant();
    other.scope = "more";
    CHECK_FALSE(source->is_of(other, "secret"));
    REQUIRE(soon([&] { return endpoint.asked == 1; }));
    source.reset();
    CHECK(soon([&] { return endpoint.at_once == 0; }));
}
