// An issuer's keys over time: read, kept, read anew, given up.
#include "proxy/jwt/key_source.hpp"

#include <catch2/catch.hpp>

#include "tests/support/tokens.hpp"
#include "tests/unit/config/written_folder.hpp"

using namespace bordergate;
using namespace std::chrono_literals;
using bordergate::testing::Issuer;
using bordergate::testing::WrittenFolder;

namespace {

/// True once `condition` holds; false after ten seconds.
template <class Condition>
bool soon(Condition condition) {
    for (const auto until = KeySource::Clock::now() + 10s; KeySource::Clock::now() < until; std::this_thread::yield())
        if (condition()) return true;
    return false;
}

JwtKeys by_url(std::chrono::milliseconds refresh, std::chrono::milliseconds deadline) {
    JwtKeys settings;
    settings.url = "https://issuer/keys";
    settings.refresh = refresh;
    settings.deadline = deadline;
    return settings;
}

/// An issuer whose answers a test decides.
struct Answers {
    std::mutex mutex;
    Result<std::string> now = fault(Code::key_unavailable, "away");
    std::atomic<int> asked{0};
    KeySource::Read read() {
        return [this](const std::stop_token&) {
            ++asked;
            const std::lock_guard guard(mutex);
            return now;
        };
    }
    void set(Result<std::string> answer) {
        const std::lock_guard guard(mutex);
        now = std::move(answer);
    }
};

}  // namespace

TEST_CASE("keys are there when the source was made, and change when what is read does") {
    Answers answers;
    answers.set(Issuer(JwtAlgorithm::es256, "one").jwks());
    KeySource source(by_url(10ms, 1h), answers.read());
    const auto first = source.generation();
    CHECK(first != 0);
    CHECK(source.keys()->find("one", JwtAlgorithm::es256).size() == 1);
    CHECK(soon([&] { return answers.asked > 3; }));
    CHECK(source.generation() == first);  // the same text is the same keys
    answers.set(Issuer(JwtAlgorithm::es256, "two").jwks());
    CHECK(soon([&] { return source.generation() != first; }));
    CHECK(source.keys()->find("one", JwtAlgorithm::es256).empty());
    answers.set(std::string("{}"));
    const auto asked = answers.asked.load();
    CHECK(soon([&] { return answers.asked > asked + 1; }));
    CHECK(source.keys()->find("two", JwtAlgorithm::es256).size() == 1);  // what is no key set changes nothing yet
}

TEST_CASE("an issuer that withdraws all its keys has none from then on") {
    for (const std::string none : {"{\"keys\":[]}", "{\"keys\":[{\"kty\":\"oct\",\"k\":\"c2VjcmV0\"}]}"}) {
        Answers answers;
        answers.set(Issuer(JwtAlgorithm::es256, "one").jwks());
        KeySource source(by_url(10ms, 1h), answers.read());
        const auto first = source.generation();
        answers.set(none);
        CHECK(soon([&] { return source.generation() > first; }));
        REQUIRE(source.keys());
        CHECK(source.keys()->empty());
        answers.set(Issuer(JwtAlgorithm::es256, "one").jwks());
        CHECK(soon([&] { return !source.keys()->empty(); }));
    }
}

TEST_CASE("keys that cannot be read anew count for nothing after their deadline, and again once they can") {
    Answers answers;
    answers.set(Issuer(JwtAlgorithm::es256, "one").jwks());
    KeySource source(by_url(10ms, 100ms), answers.read());
    REQUIRE(source.keys());
    answers.set(fault(Code::key_unavailable, "away"));
    CHECK(soon([&] { return source.generation() == 0; }));
    CHECK_FALSE(source.keys());
    answers.set(Issuer(JwtAlgorithm::es256, "one").jwks());
    CHECK(soon([&] { return source.keys() != nullptr; }));
}

TEST_CASE("without a first reading there are no keys") {
    Answers answers;
    KeySource source(by_url(1h, 2h), answers.read());
    CHECK(source.generation() == 0);
    CHECK_FALSE(source.keys());
    CHECK(answers.asked == 1);
}

TEST_CASE("an unknown key has the keys read anew, once per interval") {
    Answers answers;
    answers.set(Issuer(JwtAlgorithm::es256, "one").jwks());
    KeySource source(by_url(1h, 2h), answers.read());
    const auto first = source.generation();
    answers.set(Issuer(JwtAlgorithm::es256, "two").jwks());
    CHECK(source.miss());
    CHECK(soon([&] { return source.generation() != first; }));
    CHECK(soon([&] { return !source.miss(); }));
    CHECK(answers.asked == 2);
}

TEST_CASE("keys are read anew when that is asked for, and a failure leaves them") {
    Answers answers;
    answers.set(Issuer(JwtAlgorithm::es256, "one").jwks());
    KeySource source(by_url(1h, 2h), answers.read());
    const auto first = source.generation();
    answers.set(fault(Code::key_unavailable, "away"));
    source.read_anew();
    CHECK(soon([&] { return answers.asked == 2; }));
    CHECK(source.generation() == first);
    answers.set(Issuer(JwtAlgorithm::es256, "two").jwks());
    source.read_anew();
    CHECK(soon([&] { return source.generation() > first; }));
}

TEST_CASE("a file is read anew when it changes") {
    WrittenFolder folder;
    JwtKeys settings;
    settings.file = folder.write("keys.json", Issuer(JwtAlgorithm::es256, "one").jwks());
    const auto source = KeySource::open(settings);
    const auto first = source->generation();
    REQUIRE(first != 0);
    CHECK_FALSE(source->miss());
    folder.write("keys.json", Issuer(JwtAlgorithm::es256, "two").jwks());
    CHECK(soon([&] { return source->generation() > first && source->keys()->find("two", JwtAlgorithm::es256).size() == 1; }));
}

TEST_CASE("whoever lets go of a source does not wait for a fetch that is under way") {
    std::atomic<int> asked{0};
    std::atomic<bool> let_go{false}, ended{false}, waited{false};
    auto source = KeySource::open(by_url(10ms, 1h), [&](const std::stop_token&) -> Result<std::string> {
        if (++asked == 1) return Issuer(JwtAlgorithm::es256, "one").jwks();
        waited = !soon([&] { return let_go.load(); });
        ended = true;
        return fault(Code::key_unavailable, "away");
    });
    REQUIRE(soon([&] { return asked > 1; }));
    source.reset();
    let_go = true;
    CHECK(soon([&] { return ended.load(); }));
    CHECK_FALSE(waited);
}
