#include "filters/seal/unsealer.hpp"

#include <catch2/catch.hpp>

#include "filters/seal/jwe.hpp"

using namespace bordergate;

namespace {

const Atlas& atlas() { return Atlas::builtin(); }

Standing at(const char* location, const char* law) {
    Standing standing;
    standing.location = atlas().find(location)->sure;
    standing.location_known = true;
    standing.operators.push_back({"", atlas().find(law)->sure});
    standing.operator_known = true;
    return standing;
}

struct Office {
    Office() : classes(builtin_classes()), policy(atlas(), classes, {}) {
        std::vector<SealKey> keys(1);
        keys[0].kid = "DE/seal/1";
        keys[0].secret = SecretBytes(std::array<std::uint8_t, 32>{7});
        rings.emplace("DE", std::make_shared<const KeyRing>("DE", std::move(keys), SecretBytes(std::array<std::uint8_t, 32>{9})));
    }
    std::string sealed(const std::string& data, const std::string& tenant = "ward") const {
        std::string token;
        REQUIRE(seal_jwe(*rings.at("DE"), {"DE", tenant, data, "", "digest", "text/plain"}, "J45", token).has_value());
        return token;
    }
    static Reader reading(const Standing& reader, const Standing& node) {
        Reader made;
        made.standing = &reader;
        made.node = &node;
        made.tenant = "ward";
        made.source = "app";
        made.destination = "far";
        return made;
    }
    std::string token(const std::string& classes, const TokenContext& context = {"DE", "ward", "app", "far"}) const {
        std::string made;
        REQUIRE(make_token(*rings.at("DE")->derive(token_key_use, context.tenant, {}), context, "DIAGNOSIS", classes, "J45", made).has_value());
        return made;
    }
    /// What the same reader gets for a deterministic token.
    std::string opened_token(const std::string& made, const Standing& reader, const Standing& node) const {
        ExchangeUnsealer unsealer(policy, atlas(), rings, reading(reader, node));
        return unsealer.open_token(made).value_or("");
    }
    /// What a reader of tenant `ward` gets; empty if the value stays sealed.
    std::string opened(const std::string& token, const Standing& reader, const Standing& node) const {
        ExchangeUnsealer unsealer(policy, atlas(), rings, reading(reader, node));
        std::string out, type;
        const auto done = unsealer.open(token, out, type);
        REQUIRE(done.has_value());
        CHECK(*done == !out.empty());
        CHECK(type == (*done ? "text/plain" : ""));
        return out;
    }
    ClassTree classes;
    Policy policy;
    std::map<std::string, KeyRingPtr, std::less<>> rings;
};

}  // namespace

TEST_CASE("a sealed value opens for its tenant inside the key's jurisdiction, and for nobody else", "[unsealer]") {
    const Office office;
    const auto home = at("DE", "DE"), abroad = at("FR", "FR"), hosted = at("DE", "US");
    CHECK(office.opened(office.sealed("health"), home, home) == "J45");
    CHECK(office.opened(office.sealed("health", "other"), home, home).empty());
    CHECK(office.opened(office.sealed("health"), abroad, home).empty());
    CHECK(office.opened(office.sealed("health"), home, abroad).empty());
    CHECK(office.opened(office.sealed("health"), home, Standing::unknown(atlas())).empty());
    CHECK(office.opened(office.sealed("no-such-class"), home, home).empty());
    // No permit lets health stand in clear with a US operator.
    CHECK(office.opened(office.sealed("health"), home, hosted).empty());
    CHECK(office.opened("eyJ", home, home).empty());
    CHECK(office.opened("eyJhbGciOiJkaXIifQ....", home, home).empty());
}

TEST_CASE("every class that was sealed together must be lawful to open", "[unsealer]") {
    Office office;
    Rule limit;
    limit.id = "no-health";
    limit.permit = false;
    limit.form = Form::seal;
    const auto health = *office.classes.find("health");
    limit.named = {health};
    limit.data = office.classes.bound_by(health);
    limit.from = *atlas().find("DE");
    limit.to.anywhere = true;
    limit.purposes = all_purposes;
    office.policy = Policy(atlas(), office.classes, {limit});
    const auto home = at("DE", "DE");
    CHECK(office.opened(office.sealed("contact"), home, home) == "J45");
    CHECK(office.opened(office.sealed("contact,health"), home, home).empty());
}

TEST_CASE("a deterministic token opens for the source, tenant and destination it was made for, where its classes may be read", "[unsealer]") {
    const Office office;
    const auto home = at("DE", "DE"), abroad = at("FR", "FR"), hosted = at("DE", "US");
    CHECK(office.opened_token(office.token("health"), home, home) == "J45");
    CHECK(office.opened_token(office.token("health", {"DE", "other", "app", "far"}), home, home).empty());
    CHECK(office.opened_token(office.token("health", {"DE", "ward", "other", "far"}), home, home).empty());
    CHECK(office.opened_token(office.token("health", {"DE", "ward", "app", "near"}), home, home).empty());
    CHECK(office.opened_token(office.token("health"), abroad, home).empty());
    CHECK(office.opened_token(office.token("health"), home, abroad).empty());
    CHECK(office.opened_token(office.token("health"), home, hosted).empty());
    CHECK(office.opened_token(office.token("no-such-class"), home, home).empty());
    CHECK(office.opened_token("BGT1_DE_0123", home, home).empty());
}
