#include "filters/seal/key_ring.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <new>
#include <set>
#include <utility>

#include "filters/seal/base64url.hpp"

using namespace bordergate;

namespace {

SealKey key(std::string kid, bool retired = false) {
    SealKey made;
    made.kid = std::move(kid);
    made.secret = SecretBytes(std::array<std::uint8_t, 32>{1});
    made.retired = retired;
    return made;
}

template <class... Keys>
KeyRing ring(Keys... keys) {
    std::vector<SealKey> all;
    (all.push_back(std::move(keys)), ...);
    return KeyRing("DE", std::move(all), std::nullopt);
}

KeyRing masking_ring(std::string jurisdiction, std::uint8_t seed = 1) {
    return KeyRing(std::move(jurisdiction), {}, SecretBytes(std::array<std::uint8_t, 32>{seed}));
}

}  // namespace

TEST_CASE("the newest key seals, and a retired one only opens") {
    const auto both = ring(key("DE/seal/1"), key("DE/seal/2"));
    CHECK(both.sealing()->kid == "DE/seal/2");
    const auto rolled_back = ring(key("DE/seal/1"), key("DE/seal/2", true));
    CHECK(rolled_back.sealing()->kid == "DE/seal/1");
    REQUIRE(rolled_back.find("DE/seal/2"));
    CHECK(rolled_back.find("DE/seal/2")->retired);
}

TEST_CASE("a ring without a live key seals nothing") {
    CHECK(ring().sealing() == nullptr);
    CHECK(ring(key("DE/seal/1", true)).sealing() == nullptr);
}

TEST_CASE("a key is found by its whole id and by nothing less") {
    const auto one = ring(key("DE/seal/1"));
    CHECK(one.find("DE/seal/1"));
    for (auto id : {"", "DE/seal/", "DE/seal/10", "de/seal/1", "FR/seal/1"}) CHECK(one.find(id) == nullptr);
}

TEST_CASE("a ring without a masking secret derives nothing, and says whose it is") {
    const auto derived = ring(key("DE/seal/1")).derive("label", "klinikum", "far");
    REQUIRE(derived.has_error());
    CHECK(derived.error().code == Code::key_unavailable);
    CHECK_THAT(derived.error().detail, Catch::Contains("DE"));
}

TEST_CASE("derived keys are stable, and differ by secret, jurisdiction, use, tenant and audience") {
    CHECK(*masking_ring("DE").derive("label", "ward", "far") == *masking_ring("DE").derive("label", "ward", "far"));
    std::set<std::array<std::uint8_t, 64>> keys{
        *masking_ring("DE").derive("label", "ward", "far"),    *masking_ring("DE", 2).derive("label", "ward", "far"),
        *masking_ring("FR").derive("label", "ward", "far"),    *masking_ring("DE").derive("hash", "ward", "far"),
        *masking_ring("DE").derive("label", "surgery", "far"), *masking_ring("DE").derive("label", "ward", "near"),
    };
    CHECK(keys.size() == 6);
}

TEST_CASE("no two contexts run together") {
    const auto de = masking_ring("DE");
    std::set<std::array<std::uint8_t, 64>> keys{
        *de.derive("label", "ab", "c"), *de.derive("label", "a", "bc"), *de.derive("label", "abc", ""),
        *de.derive("label", "", "abc"), *de.derive("labela", "b", "c"), *masking_ring("DEl").derive("abel", "ab", "c"),
    };
    CHECK(keys.size() == 6);
}

TEST_CASE("a derived key is HKDF-SHA-256 without salt over the parts with their lengths") {
    // Made apart from this code, with Python's hmac: PRK of 32 zero bytes and the secret; info is `bordergate/1` and
    // `DE`, `label`, `ward`, `far`, each after its length in four bytes.
    const auto derived = *masking_ring("DE").derive("label", "ward", "far");
    std::string text;
    append_base64url(derived, text);
    CHECK(text == "kDmlahWsdcXXIkwjLX0ASBYXwYMMpq0eCAdyWKkq71pYdMpKCqHtKGpXdyqCqGtRd-ac10P_-6UhQJwSMB3l-g");
}

TEST_CASE("secret bytes move, and leave nothing behind") {
    const std::array<std::uint8_t, 3> bytes{1, 2, 3};
    const auto holds = [&](const SecretBytes& secret) {
        return std::equal(bytes.begin(), bytes.end(), secret.view().begin(), secret.view().end());
    };
    SecretBytes first(bytes);
    CHECK(holds(first));
    SecretBytes second(std::move(first));
    CHECK(holds(second));
    CHECK(first.empty());
    SecretBytes third;
    CHECK(third.empty());
    third = std::move(second);
    CHECK(holds(third));
    CHECK(second.empty());
}

TEST_CASE("every copy of a derived key is erased where it was") {
    const DerivedKey key = *masking_ring("DE").derive("label", "ward", "far");
    alignas(DerivedKey) std::array<unsigned char, sizeof(DerivedKey)> place{};
    auto* copy = new (place.data()) DerivedKey(key);
    CHECK(*copy == key);
    copy->~DerivedKey();
    CHECK(std::all_of(place.begin(), place.end(), [](unsigned char byte) { return byte == 0; }));
}
