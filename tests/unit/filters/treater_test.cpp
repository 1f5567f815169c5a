#include "filters/mask/treater.hpp"

#include <catch2/catch.hpp>

#include "filters/mask/operators.hpp"

#include "filters/mask/tokens.hpp"

using namespace bordergate;
using Catch::Contains;
using Kind = MaskSpec::Kind;

namespace {

KeyRingPtr ring(const std::string& jurisdiction, bool seals = true, bool masks = true) {
    std::vector<SealKey> keys;
    if (seals) {
        keys.resize(1);
        keys[0].kid = jurisdiction + "/seal/1";
        keys[0].secret = SecretBytes(std::array<std::uint8_t, 32>{7});
    }
    std::optional<SecretBytes> secret;
    if (masks) secret.emplace(std::array<std::uint8_t, 32>{8});
    return std::make_shared<const KeyRing>(jurisdiction, std::move(keys), std::move(secret));
}

/// What an exchange is keyed by, with the rings that it borrows.
struct Keyed {
    KeyRings rings;
    TreatmentKeys keys;
};

Keyed keys_of(std::initializer_list<KeyRingPtr> rings, const std::string& destination = "far", const std::string& tenant = "ward") {
    Keyed keyed{{}, {tenant, destination, "digest", "DE", nullptr}};
    keyed.keys.source = "app";
    for (const auto& one : rings) keyed.rings.emplace(one->jurisdiction(), one);
    return keyed;
}

Cell masking(Kind kind) {
    Cell cell;
    cell.form = Form::mask;
    cell.with.kind = kind;
    return cell;
}

/// A policy whose one rule seals with the key of France.
Policy french_key(const ClassTree& classes) {
    Rule rule;
    rule.id = "french-key";
    rule.form = Form::seal;
    rule.key = "FR";
    return Policy(Atlas::builtin(), classes, {rule});
}

struct Exchange {
    explicit Exchange(Keyed keyed)
        : rings(std::move(keyed.rings)), classes(builtin_classes()), policy(french_key(classes)), treater(policy, borrowing(std::move(keyed.keys)), findings) {}
    TreatmentKeys borrowing(TreatmentKeys keys) const {
        keys.rings = &rings;
        return keys;
    }

    /// What is left of `value`; `!code` on a fault, which appends nothing and counts nothing.
    std::string masked(Kind kind, std::string_view value, std::string_view entity = "EMAIL_ADDRESS") {
        return masked(masking(kind), value, entity);
    }
    std::string masked(const Cell& cell, std::string_view value, std::string_view entity = "EMAIL_ADDRESS") {
        const auto before = findings.masked;
        std::string out = "-";
        Judgement judgement;
        judgement.cells[static_cast<unsigned>(*classes.find("contact"))] = cell;
        const auto done = treater.mask({&judgement, ClassSet{*classes.find("contact")}, entity, nullptr, false}, value, out);
        CHECK(out.starts_with('-'));
        CHECK(findings.masked == before + (done.has_value() ? 1 : 0));
        return settled(done, out);
    }
    std::string sealed(const Cell& cell, std::string_view value) {
        std::string out = "-";
        const auto done = treater.seal(cell, {"health", "text/plain"}, value, out);
        return settled(done, out);
    }
    static std::string settled(const Status& done, const std::string& out) {
        if (done.has_value()) return out.substr(1);
        CHECK(out == "-");
        said_last() = done.error().detail;
        return "!" + std::string(info(done.error().code).name);
    }
    static std::string& said_last() {
        static std::string said;
        return said;
    }

    KeyRings rings;
    ClassTree classes;
    Policy policy;
    Findings findings;
    ExchangeTreater treater;
};

constexpr Kind keyed[] = {Kind::pseudonym, Kind::crypto_hash, Kind::crypto_deterministic};

}  // namespace

TEST_CASE("operators that need no key mask without one", "[treater]") {
    Exchange exchange(keys_of({}));
    CHECK(exchange.masked(Kind::redact, "a@b.de") == "");
    CHECK(exchange.masked(Kind::replace_with_info_type, "a@b.de") == "[EMAIL_ADDRESS]");
    auto cell = masking(Kind::character_mask);
    cell.with.keep_last = 3;
    cell.with.mask_character = '#';
    CHECK(exchange.masked(cell, "a@b.de") == "###.de");
    CHECK(exchange.findings.masked == 3);
    CHECK(exchange.findings.operators.size() == 3);
    CHECK(exchange.treater.labels() == nullptr);
}

TEST_CASE("a class name becomes a word that a label can hold", "[treater]") {
    Exchange exchange(keys_of({ring("DE")}));
    CHECK(exchange.masked(Kind::replace_with_info_type, "x", "health-record.v2") == "[HEALTH_RECORD_V2]");
    const auto label = exchange.masked(Kind::pseudonym, "x", "health-record.v2");
    CHECK_THAT(label, Catch::StartsWith("HEALTH_RECORD_V2_"));
    CHECK(Labels::looks_like_label(label));
    REQUIRE(exchange.treater.labels());
    REQUIRE(exchange.treater.labels()->find(label));
    CHECK(*exchange.treater.labels()->find(label) == "x");
}

TEST_CASE("a pseudonym is one per value, tenant and destination", "[treater]") {
    const auto pseudonym = [](const std::string& destination, const std::string& tenant) {
        return Exchange(keys_of({ring("DE")}, destination, tenant)).masked(Kind::pseudonym, "a@b.de");
    };
    CHECK(pseudonym("far", "ward") == pseudonym("far", "ward"));
    CHECK(pseudonym("far", "ward") != pseudonym("near", "ward"));
    CHECK(pseudonym("far", "ward") != pseudonym("far", "surgery"));
}

TEST_CASE("labels that an exchange forgets are counted", "[treater]") {
    auto keyed = keys_of({ring("DE")});
    keyed.keys.label_bytes = 700;
    Exchange exchange(std::move(keyed));
    for (auto value : {"a@b.de", "b@b.de", "c@b.de", "c@b.de"}) exchange.masked(Kind::pseudonym, value);
    CHECK(exchange.findings.forgotten_labels == 1);
    CHECK(exchange.findings.masked == 4);
}

TEST_CASE("a hash is one per tenant, for every destination", "[treater]") {
    const auto hash = [](const std::string& destination, const std::string& tenant) {
        return Exchange(keys_of({ring("DE")}, destination, tenant)).masked(Kind::crypto_hash, "a@b.de");
    };
    CHECK_THAT(hash("far", "ward"), Catch::StartsWith("h1."));
    CHECK(hash("far", "ward") == hash("near", "ward"));
    CHECK(hash("far", "ward") != hash("far", "surgery"));
}

TEST_CASE("a deterministic token opens with the key and context of its exchange", "[treater]") {
    Exchange exchange(keys_of({ring("DE")}));
    const auto token = exchange.masked(Kind::crypto_deterministic, "a@b.de");
    CHECK_THAT(token, Catch::StartsWith("BGT1_DE_"));
    const auto key = *ring("DE")->derive(token_key_use, "ward", {});
    const auto opened = open_token(key, {"DE", "ward", "app", "far"}, token);
    REQUIRE(opened.has_value());
    CHECK(opened->value == "a@b.de");
    CHECK(opened->entity == "EMAIL_ADDRESS");
    CHECK(opened->classes == "contact");
    CHECK(open_token(key, {"DE", "ward", "app", "near"}, token).has_error());
    CHECK(open_token(key, {"DE", "ward", "other", "far"}, token).has_error());
}

TEST_CASE("without the ring of its jurisdiction no keyed operator masks, and the fault says how to make one",
          "[treater]") {
    for (auto kind : keyed) {
        Exchange exchange(keys_of({ring("FR")}));
        INFO(to_string(kind));
        CHECK(exchange.masked(kind, "a@b.de") == "!key_unavailable");
        CHECK_THAT(Exchange::said_last(), Contains("keys create DE") && !Contains("a@b.de"));
        CHECK(exchange.findings.operators.empty());
        CHECK(exchange.treater.labels() == nullptr);
    }
}

TEST_CASE("a ring without a masking secret masks with no key", "[treater]") {
    for (auto kind : keyed) {
        Exchange exchange(keys_of({ring("DE", true, false)}));
        INFO(to_string(kind));
        CHECK(exchange.masked(kind, "a@b.de") == "!key_unavailable");
        CHECK(exchange.findings.operators.empty());
    }
}

TEST_CASE("a value is sealed by the key of the source's place, or of the rule that names one", "[treater]") {
    Exchange exchange(keys_of({ring("DE"), ring("FR")}));
    Cell own, french;
    french.key_rule = 0;
    for (const auto& [cell, jurisdiction] : {std::pair{own, "DE"}, std::pair{french, "FR"}}) {
        const auto token = exchange.sealed(cell, "J45");
        const auto claims = claims_of(token);
        REQUIRE(claims.has_value());
        CHECK(claims->kid == std::string(jurisdiction) + "/seal/1");
        CHECK(claims->context.jurisdiction == jurisdiction);
        CHECK(claims->context.tenant == "ward");
        CHECK(claims->context.data == "health");
        CHECK(claims->context.policy_digest == "digest");
        CHECK(claims->context.content_type == "text/plain");
        std::string opened;
        REQUIRE(open_jwe(*ring(jurisdiction), claims->context, token, opened).has_value());
        CHECK(opened == "J45");
    }
    CHECK(exchange.findings.sealed == 2);
    CHECK(exchange.findings.key_ids == decltype(exchange.findings.key_ids){"DE/seal/1", "FR/seal/1"});
}

TEST_CASE("the key of one jurisdiction never stands in for another's", "[treater]") {
    Exchange exchange(keys_of({ring("DE")}));
    Cell french;
    french.key_rule = 0;
    CHECK(exchange.sealed(french, "J45") == "!key_unavailable");
    CHECK_THAT(Exchange::said_last(), Contains("FR") && !Contains("J45"));
    CHECK(Exchange(keys_of({ring("DE", false)})).sealed(Cell{}, "J45") == "!key_unavailable");
    CHECK(Exchange(keys_of({})).sealed(Cell{}, "J45") == "!key_unavailable");
    CHECK(exchange.findings.sealed == 0);
    CHECK(exchange.findings.key_ids.empty());
}
