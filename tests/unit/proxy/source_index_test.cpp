// Who sends: keys by their hash, networks, certificates; and no credential left in the head.
#include "proxy/source_index.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>

#include "tests/support/tokens.hpp"
#include "tests/unit/config/written_folder.hpp"

using namespace bordergate;
using bordergate::testing::WrittenFolder;
using Catch::Contains;

namespace {

// SHA-256 of "secret" and "other", as sha256sum writes them.
constexpr auto secret_hash = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b";
constexpr auto other_hash = "d9298a10d1b0735837dc4bd85dac641b0f3cef27a47e5d53a54f2f3f5b2fcffa";

Network network_v4(std::uint8_t a, std::uint8_t b, unsigned prefix) {
    Network network;
    network.address = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, 0, 0};
    network.prefix = 96 + prefix;
    return network;
}

Source source(const std::string& id) {
    Source made;
    made.id = id;
    return made;
}

Source with_key(const std::string& id, const std::string& hash) {
    auto made = source(id);
    made.match.api_key_sha256_literal = hash;
    return made;
}

/// A peer, a head and what identifying them gave.
struct Knock {
    explicit Knock(std::vector<Source> known) : sources(std::move(known)) {}
    Knock& field(std::string_view name, std::string_view value) {
        head.fields.add(name, value);
        return *this;
    }
    std::string identify(bool forward = false) {
        const auto index = SourceIndex::make(sources);
        REQUIRE(index.has_value());
        Peer peer;
        peer.address = {boost::asio::ip::make_address(address), 4000};
        peer.identity = &identity;
        const auto found = index->identify(peer, head, forward, presented, tokens);
        if (found.has_value()) return (*found)->id;
        CHECK(found.error().code == Code::source_unknown);
        return "nobody";
    }
    std::vector<Source> sources;
    std::string address = "10.1.2.3";
    PeerIdentity identity;
    RequestHead head;
    PresentedCredential presented;
    VerifiedTokens tokens;
};

std::string sent(std::string_view name, std::string_view value, bool forward = false) {
    Knock knock({with_key("app", secret_hash)});
    return knock.field(name, value).identify(forward);
}

}  // namespace

TEST_CASE("a key is known by its hash, wherever the common SDKs put it") {
    CHECK(sent("Authorization", "Bearer secret") == "app");
    CHECK(sent("authorization", "bearer secret") == "app");
    CHECK(sent("X-Api-Key", "secret") == "app");
    CHECK(sent("api-key", "secret") == "app");
    CHECK(sent("x-goog-api-key", "secret") == "app");
    CHECK(sent("X-Other", "secret") == "nobody");
}

TEST_CASE("a wrong key, a part of one, and its hash open nothing") {
    for (auto value :
         {"Bearer Secret", "Bearer secre", "Bearer secret1", "Bearer ", "Bearer", "", "Basic !!!", "Basic"}) {
        INFO(value);
        CHECK(sent("Authorization", value) == "nobody");
    }
    CHECK(sent("Authorization", std::string("Bearer ") + secret_hash) == "nobody");
    Knock silent({with_key("app", secret_hash)});
    CHECK(silent.identify() == "nobody");
    CHECK(silent.presented.field.empty());
}

TEST_CASE("the hash of nothing, configured by mistake, opens to nobody") {
    constexpr auto nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    for (auto value : {"", "Bearer ", "Basic !!!", "Basic dXNlcjo=", "Basic"}) {
        INFO(value);
        Knock knock({with_key("app", nothing)});
        CHECK(knock.field("Authorization", value).identify() == "nobody");
    }
}

TEST_CASE("an api key field holds the key alone, without a scheme") {
    CHECK(sent("X-Api-Key", "Bearer secret") == "nobody");
    CHECK(sent("X-Api-Key", "Basic dXNlcjpzZWNyZXQ=") == "nobody");
    Knock spaced({with_key("app", "a03f1d611645eb53ad16c1af546ca0792dc884505bab57ede80f4dad6b911d3a")});
    CHECK(spaced.field("X-Api-Key", "two words").identify() == "app");
}

TEST_CASE("Basic gives the password, whatever the user's name") {
    CHECK(sent("Authorization", "Basic dXNlcjpzZWNyZXQ=") == "app");     // user:secret
    CHECK(sent("Authorization", "basic OnNlY3JldA==") == "app");         // :secret
    CHECK(sent("Authorization", "Basic c2VjcmV0") == "nobody");          // secret, no colon
    CHECK(sent("Authorization", "Basic c2VjcmV0OnVzZXI=") == "nobody");  // secret:user
    Knock colon({with_key("app", "6783a31eabf68ccc0660f935c0826282bdd2241f3a80a9f2d10d59aea9ebb5d8")});
    CHECK(colon.field("Authorization", "Basic dTphOmI=").identify() == "app");  // u:a:b
}

TEST_CASE("a forward proxy reads Proxy-Authorization alone, Basic and Bearer") {
    CHECK(sent("Proxy-Authorization", "Bearer secret", true) == "app");
    CHECK(sent("Proxy-Authorization", "Basic dXNlcjpzZWNyZXQ=", true) == "app");
    CHECK(sent("Authorization", "Bearer secret", true) == "nobody");
    CHECK(sent("Proxy-Authorization", "Bearer secret", false) == "nobody");
}

TEST_CASE("every credential is taken out of the head, and the one presented is reported") {
    for (bool known : {true, false}) {
        Knock knock({with_key("app", known ? secret_hash : other_hash)});
        knock.field("Authorization", "Bearer secret").field("Proxy-Authorization", "Basic eDp5");
        knock.field("X-Api-Key", "second").field("authorization", "Bearer third").field("Accept", "*/*");
        CHECK(knock.identify() == (known ? "app" : "nobody"));
        CHECK(knock.presented.field == "authorization");
        CHECK(knock.presented.value == "Bearer secret");
        REQUIRE(knock.head.fields.size() == 1);
        CHECK(knock.head.fields[0].name == "Accept");
    }
    Knock forward({with_key("app", secret_hash)});
    forward.field("Authorization", "Bearer for-the-origin").field("Proxy-Authorization", "Bearer secret");
    CHECK(forward.identify(true) == "app");
    CHECK(forward.presented.field == "proxy-authorization");
    CHECK(forward.head.fields.size() == 0);
}

TEST_CASE("networks match by prefix, IPv4 also where it comes mapped") {
    auto office = source("office");
    office.match.networks = {network_v4(192, 168, 16), network_v4(10, 1, 16)};
    for (auto [address, expected] : {std::pair{"10.1.255.255", "office"},
                                     {"192.168.0.1", "office"},
                                     {"::ffff:10.1.0.1", "office"},
                                     {"10.2.0.0", "nobody"},
                                     {"::1", "nobody"},
                                     {"192.169.0.1", "nobody"}}) {
        INFO(address);
        Knock knock({office});
        knock.address = address;
        CHECK(knock.identify() == expected);
    }
}

TEST_CASE("a certificate's SPIFFE ID and subject must be equal, not alike") {
    auto spiffe = source("spiffe"), subject = source("subject");
    spiffe.match.spiffe_id = "spiffe://corp/ward";
    subject.match.subject = "CN=ward,O=Clinic";
    Knock knock({spiffe, subject});
    CHECK(knock.identify() == "nobody");
    knock.identity.spiffe_id = "spiffe://corp/ward/2";
    CHECK(knock.identify() == "nobody");
    knock.identity.spiffe_id = "spiffe://corp/ward";
    CHECK(knock.identify() == "spiffe");
    knock.identity = {"CN=ward,O=Clinic", ""};
    CHECK(knock.identify() == "subject");
    knock.identity.subject = "CN=ward,O=Clinic,C=DE";
    CHECK(knock.identify() == "nobody");
}

TEST_CASE("every criterion of a source must hold") {
    auto both = with_key("both", secret_hash);
    both.match.networks = {network_v4(10, 1, 16)};
    both.match.spiffe_id = "spiffe://corp/ward";
    const auto knock = [&](const char* address, const char* key, const char* id) {
        Knock made({both});
        made.address = address;
        made.identity.spiffe_id = id;
        return made.field("Authorization", key).identify();
    };
    CHECK(knock("10.1.0.1", "Bearer secret", "spiffe://corp/ward") == "both");
    CHECK(knock("10.9.0.1", "Bearer secret", "spiffe://corp/ward") == "nobody");
    CHECK(knock("10.1.0.1", "Bearer wrong", "spiffe://corp/ward") == "nobody");
    CHECK(knock("10.1.0.1", "Bearer secret", "") == "nobody");
}

TEST_CASE("of several sources that match, the first in the file is taken") {
    auto anyone = source("anyone");
    anyone.match.networks = {network_v4(10, 1, 16)};
    Knock first({with_key("app", secret_hash), anyone});
    CHECK(first.field("Authorization", "Bearer secret").identify() == "app");
    Knock second({anyone, with_key("app", secret_hash)});
    CHECK(second.field("Authorization", "Bearer secret").identify() == "anyone");
    Knock wrong({with_key("app", secret_hash), anyone});
    CHECK(wrong.field("Authorization", "Bearer wrong").identify() == "anyone");
}

TEST_CASE("a hash may stand in a file or a variable, and what is wrong with it is said without its value") {
    const WrittenFolder folder;
    auto app = source("app");
    app.match.api_key_sha256 =
        SecretRef{SecretRef::Kind::file, folder.write("hash", std::string(secret_hash) + "\n").string()};
    Knock knock({app});
    CHECK(knock.field("x-api-key", "secret").identify() == "app");

    ::setenv("BORDERGATE_TEST_HASH", "not-a-hash", 1);
    app.match.api_key_sha256 = SecretRef{SecretRef::Kind::env, "BORDERGATE_TEST_HASH"};
    const auto bad = SourceIndex::make({app});
    REQUIRE(bad.has_error());
    CHECK_THAT(bad.error().detail, Contains("app") && !Contains("not-a-hash"));
    ::unsetenv("BORDERGATE_TEST_HASH");
    CHECK_THAT(SourceIndex::make({app}).error().detail, Contains("BORDERGATE_TEST_HASH"));
    CHECK(SourceIndex::make({with_key("app", std::string(63, 'a'))}).has_error());
    CHECK(SourceIndex::make({with_key("app", std::string(63, 'a') + "g")}).has_error());
}

TEST_CASE("an empty hash file stops the start instead of opening the source to everybody") {
    const WrittenFolder folder;
    for (auto content : {"", "\n"}) {
        auto app = source("app");
        app.match.api_key_sha256 = SecretRef{SecretRef::Kind::file, folder.write("hash", content).string()};
        const auto index = SourceIndex::make({app});
        REQUIRE(index.has_error());
        CHECK_THAT(index.error().detail, Contains("app"));
    }
    CHECK(SourceIndex::make({with_key("app", "")}).has_error());
}

namespace {

Source with_token(const std::string& id, const std::filesystem::path& keys, const std::string& audience = "gate") {
    auto made = source(id);
    made.match.jwt.emplace();
    made.match.jwt->issuer = "joe";
    made.match.jwt->audience = audience;
    made.match.jwt->keys.file = keys;
    made.match.jwt->algorithms = {JwtAlgorithm::es256};
    return made;
}

}  // namespace

TEST_CASE("a token names its source, in the fields that carry credentials and no other") {
    WrittenFolder folder;
    const bordergate::testing::Issuer issuer(JwtAlgorithm::es256), stranger(JwtAlgorithm::es256);
    const auto keys = folder.write("keys.json", issuer.jwks());
    const auto token = issuer.token(issuer.claims());
    const auto identify = [&](const std::string& field, const std::string& value, bool forward = false) {
        Knock knock({with_token("other", keys, "elsewhere"), with_token("joe", keys), with_key("app", secret_hash)});
        const auto found = knock.field(field, value).identify(forward);
        CHECK(knock.head.fields.count(field) == 0);
        CHECK(knock.presented.value.empty() == (found == "joe"));
        return found;
    };
    CHECK(identify("Authorization", "Bearer " + token) == "joe");
    CHECK(identify("Proxy-Authorization", "Bearer " + token, true) == "joe");
    CHECK(identify("X-Api-Key", token) == "nobody");
    CHECK(identify("Authorization", "Bearer " + stranger.token(issuer.claims())) == "nobody");
    CHECK(identify("Authorization", "Bearer secret") == "app");
}

TEST_CASE("a token that was verified is verified no more until its keys change, and never beyond its time") {
    WrittenFolder folder;
    const bordergate::testing::Issuer issuer(JwtAlgorithm::es256);
    const std::vector<Source> sources{with_token("joe", folder.write("keys.json", issuer.jwks()))};
    const auto index = SourceIndex::make(sources), same = SourceIndex::make(sources);
    REQUIRE((index.has_value() && same.has_value()));
    const auto ask = [](const SourceIndex& index, const std::string& token, VerifiedTokens& tokens) {
        RequestHead head;
        head.fields.add("authorization", "Bearer " + token);
        PresentedCredential presented;
        PeerIdentity nobody;
        Peer peer;
        peer.identity = &nobody;
        return index.identify(peer, head, false, presented, tokens);
    };
    VerifiedTokens tokens;
    const auto good = issuer.token(issuer.claims());
    for (int i = 0; i < 3; ++i) CHECK(ask(*index, good, tokens).has_value());
    CHECK(tokens.size() == 1);
    // Within the leeway it is good, and is known no longer than that.
    CHECK(ask(*index, issuer.token(issuer.claims(-30)), tokens).has_value());
    CHECK(ask(*index, issuer.token(issuer.claims(-90)), tokens).error().detail.ends_with("; the token has expired"));
    CHECK(tokens.size() == 2);
    CHECK(ask(*same, good, tokens).has_value());
    // Changed keys: what was known under the old ones is verified anew, and refused.
    folder.write("keys.json", bordergate::testing::Issuer(JwtAlgorithm::es256).jwks());
    for (int tries = 0; tries < 1000 && ask(*index, good, tokens).has_value(); ++tries) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    CHECK(ask(*index, good, tokens).error().code == Code::source_unknown);
}

TEST_CASE("a token whose issuer's keys are not there is refused as such, and another source may still match") {
    WrittenFolder folder;
    const bordergate::testing::Issuer issuer(JwtAlgorithm::es256);
    const auto gone = folder.path() / "gone.json";
    const auto identify = [&](std::vector<Source> sources) {
        const auto index = SourceIndex::make(sources);
        RequestHead head;
        head.fields.add("authorization", "Bearer " + issuer.token(issuer.claims()));
        PresentedCredential presented;
        PeerIdentity nobody;
        Peer peer;
        peer.identity = &nobody;
        VerifiedTokens tokens;
        const auto found = index->identify(peer, head, false, presented, tokens);
        return found.has_value() ? (*found)->id : std::string(info(found.error().code).name);
    };
    CHECK(identify({with_token("joe", gone)}) == "key_unavailable");
    CHECK(identify({with_token("joe", gone), source("anyone")}) == "anyone");
    CHECK(identify({with_token("joe", gone, "elsewhere")}) == "source_unknown");
}

TEST_CASE("an index that takes another's place goes on with the keys of an issuer that is away now") {
    WrittenFolder folder;
    const bordergate::testing::Issuer issuer(JwtAlgorithm::es256);
    const auto keys = folder.write("keys.json", issuer.jwks());
    const auto identify = [&](const SourceIndex& index) {
        RequestHead head;
        head.fields.add("authorization", "Bearer " + issuer.token(issuer.claims()));
        PresentedCredential presented;
        PeerIdentity nobody;
        Peer peer;
        peer.identity = &nobody;
        VerifiedTokens tokens;
        const auto found = index.identify(peer, head, false, presented, tokens);
        return found.has_value() ? (*found)->id : std::string(info(found.error().code).name);
    };
    const std::vector<Source> first{with_token("joe", keys)}, second{with_key("app", secret_hash), with_token("jim", keys)};
    auto other = first;
    other[0].match.jwt->keys.deadline += std::chrono::seconds(1);
    auto old = SourceIndex::make(first);
    REQUIRE(old.has_value());
    REQUIRE(identify(*old) == "joe");
    std::filesystem::remove(keys);
    const auto next = SourceIndex::make(second, &*old);
    const auto changed = SourceIndex::make(other, &*old);
    REQUIRE((next.has_value() && changed.has_value()));
    old = fault(Code::internal, "let go");
    CHECK(identify(*next) == "jim");
    CHECK(identify(*changed) == "key_unavailable");  // other settings are another source
    CHECK(identify(*SourceIndex::make(second)) == "key_unavailable");
}

TEST_CASE("verified tokens are bounded, and one configuration's findings do not count in another") {
    VerifiedTokens tokens;
    for (std::uint64_t i = 0; i < 3 * VerifiedTokens::most; ++i) {
        VerifiedTokens::Digest digest{};
        std::memcpy(digest.data(), &i, sizeof i);
        tokens.add(digest, {1, 0, 1, 100});
        CHECK(tokens.find(digest, 1, 0) != nullptr);
        CHECK(tokens.size() <= VerifiedTokens::most);
    }
    VerifiedTokens::Digest one{};
    one.fill(7);
    tokens.add(one, {1, 0, 1, 100});
    tokens.add(one, {1, 1, 1, 200});
    CHECK(tokens.find(one, 1, 0)->until == 100);
    CHECK(tokens.find(one, 1, 1)->until == 200);
    CHECK_FALSE(tokens.find(one, 2, 0));
    tokens.add(one, {2, 0, 1, 300});
    CHECK_FALSE(tokens.find(one, 1, 0));
}
