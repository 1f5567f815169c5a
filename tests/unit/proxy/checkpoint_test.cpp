// The checkpoint: plans, reroutes and refusals, from a real configuration.
#include "proxy/checkpoint.hpp"

#include <catch2/catch.hpp>

#include "config/loader.hpp"

using namespace bordergate;
using Catch::Contains;

namespace {

struct Border {
    Border() {
        const auto loaded = load_text(R"(version: 1
node: {location: DE, operator: DE}
listeners: [{name: s, address: "127.0.0.1:0", mode: reverse}]
audit: {directory: ./a}
sources: [{id: app, match: {networks: [127.0.0.0/8]}, standing: {location: DE, operator: DE}, carries: [personal, health]}]
destinations:
  - {id: us, url: "https://us", standing: {location: US, operator: US}, kind: model, dialect: openai, models: ["gpt-*"]}
  - {id: fr, url: "https://fr", standing: {location: FR, operator: FR}, kind: model, dialect: openai, models: ["gpt-*", "mistral"]}
  - {id: jp, url: "https://jp", standing: {location: JP, operator: JP}}
rules:
  - {id: plain, permit: clear, data: plain, from: EEA, to: [US, JP]}
  - {id: mask, permit: mask, data: personal, from: EEA, to: US, with: redact}
  - {id: all-jp, permit: clear, data: [plain, opaque, personal, health, financial], from: EEA, to: JP}
  - {id: no-money, limit: refuse, data: financial, from: EEA, to: US, cite: House rule 7}
)", "f.yaml", "/");
        INFO(format(loaded.diagnostics));
        REQUIRE(loaded.snapshot);
        snapshot = loaded.snapshot;
        endpoint = dialect(DialectId::openai).endpoint("POST", "/v1/chat/completions");
        for (auto name : {"contact", "account"}) detectable.add(*snapshot->classes.find(name));
    }
    Checkpoint checkpoint(std::vector<int> candidates, bool chat = true) const {
        std::vector<const Destination*> destinations;
        for (int index : candidates) destinations.push_back(&snapshot->destinations[static_cast<std::size_t>(index)]);
        return Checkpoint(*snapshot, snapshot->sources[0], nullptr, destinations, detectable, chat ? endpoint : nullptr, 0, snapshot->sources[0].purposes);
    }
    Findings found(std::string_view data, std::string model = {}) const {
        Findings findings;
        findings.classes.add(*snapshot->classes.find(data));
        findings.model = std::move(model);
        return findings;
    }
    SnapshotPtr snapshot;
    const DialectEndpoint* endpoint = nullptr;
    ClassSet detectable;
};

}  // namespace

TEST_CASE("plans follow from what the message could carry") {
    Border border;
    CHECK(border.checkpoint({2}).at_head({}, {BodyKind::json})->plan == Plan::pass);
    CHECK(border.checkpoint({0}, false).at_head({}, {BodyKind::json})->plan == Plan::hold);
    const auto bodyless = border.checkpoint({0}, false).at_head({}, {BodyKind::none});
    CHECK(bodyless->plan == Plan::pass);
    CHECK(bodyless->destination->id == "us");
    // What is certain already and lawful nowhere is refused before the body is read.
    CHECK(border.checkpoint({0}, false).at_head({}, {BodyKind::opaque}).error().code == Code::limited);
    CHECK(border.checkpoint({0}, false).at_head(border.found("account"), {BodyKind::json}).error().rule == "no-money");
}

TEST_CASE("the first lawful destination is taken, and a reroute says why") {
    Border border;
    const auto checkpoint = border.checkpoint({0, 1});
    const auto masked = checkpoint.after_reading(border.found("contact", "gpt-4"));
    CHECK(masked->destination->id == "us");
    CHECK(masked->plan == Plan::rewrite);
    const auto rerouted = checkpoint.after_reading(border.found("account", "gpt-4"));
    CHECK(rerouted->destination->id == "fr");
    CHECK(rerouted->rerouted());
    CHECK(rerouted->reroute.rule == "no-money");
    CHECK(rerouted->reroute.cite == "House rule 7");
    CHECK(rerouted->plan == Plan::pass);
}

TEST_CASE("only destinations that serve the model are candidates") {
    Border border;
    const auto checkpoint = border.checkpoint({0, 1});
    const auto only = checkpoint.after_reading(border.found("plain", "mistral"));
    CHECK(only->destination->id == "fr");
    CHECK_FALSE(only->rerouted());
    CHECK(checkpoint.after_reading(border.found("plain", "claude")).error().code == Code::model_not_served);
    CHECK(checkpoint.after_reading(border.found("plain")).error().code == Code::model_not_served);
}

TEST_CASE("answers come home from inference, and from elsewhere only by a permit") {
    Border border;
    CHECK(border.checkpoint({0}).response(border.snapshot->destinations[0], false)->plan == Plan::pass);
    CHECK(border.checkpoint({0}, false).response(border.snapshot->destinations[0], false).error().code == Code::response_refused);
    CHECK(border.checkpoint({2}).response(border.snapshot->destinations[2], false).error().code == Code::response_refused);
}

TEST_CASE("an equal question is answered the same, and another one is not taken for it") {
    Border border;
    for (int again = 0; again < 2; ++again) {
        CHECK(border.checkpoint({2}).at_head({}, {BodyKind::json})->destination->id == "jp");
        CHECK(border.checkpoint({0}, false).at_head({}, {BodyKind::none})->destination->id == "us");
        CHECK(border.checkpoint({0}, false).at_head({}, {BodyKind::json})->plan == Plan::hold);
        CHECK(border.checkpoint({0}, false).at_head({}, {BodyKind::opaque}).error().code == Code::limited);
        CHECK(border.checkpoint({2}).at_head(border.found("plain"), {BodyKind::none})->classes.has(*border.snapshot->classes.find("plain")));
        CHECK(border.checkpoint({0}).response(border.snapshot->destinations[0], false)->plan == Plan::pass);
        CHECK(border.checkpoint({0}, false).response(border.snapshot->destinations[0], false).error().code == Code::response_refused);
    }
}

TEST_CASE("a rule that ends is not outlived by what was judged under it, nor a snapshot by what it said") {
    const auto judged = [](const Snapshot& snapshot, std::int64_t instant) {
        const Destination* there = &snapshot.destinations[0];
        Checkpoint checkpoint(snapshot, snapshot.sources[0], nullptr, {there}, {}, nullptr, instant, snapshot.sources[0].purposes);
        return checkpoint.at_head({}, {BodyKind::none}).has_value();
    };
    const std::string head = R"(version: 1
node: {location: DE, operator: DE}
listeners: [{name: s, address: "127.0.0.1:0", mode: reverse}]
audit: {directory: ./a}
sources: [{id: app, match: {networks: [127.0.0.0/8]}, standing: {location: DE, operator: DE}}]
destinations: [{id: us, url: "https://us", standing: {location: US, operator: US}}]
rules:
)";
    const auto limited = load_text(head + "  - {id: out, permit: clear, data: [plain, opaque], from: EEA, to: US, valid_to: 2020-01-02}\n", "f.yaml", "/");
    INFO(format(limited.diagnostics));
    REQUIRE(limited.snapshot);
    CHECK(judged(*limited.snapshot, 1'577'836'800));
    CHECK(judged(*limited.snapshot, 1'577'836'800));
    CHECK_FALSE(judged(*limited.snapshot, 1'600'000'000));
    // A copy may be changed, and is judged by itself.
    Snapshot changed = *limited.snapshot;
    changed.policy = Policy(*changed.atlas, limited.snapshot->classes, {});
    CHECK(changed.serial.number() != limited.snapshot->serial.number());
    CHECK_FALSE(judged(changed, 1'577'836'800));
}

TEST_CASE("globs of models") {
    CHECK(matches_glob("gpt-*", "gpt-4o"));
    CHECK(matches_glob("*", ""));
    CHECK(matches_glob("a*b*c", "a-b-b-c"));
    CHECK_FALSE(matches_glob("gpt", "gpt-4"));
    CHECK_FALSE(matches_glob("a*b", "a-c"));
}

TEST_CASE("a stream of messages does not wait for what they may hold: it is cut where that shows") {
    Border border;
    const BodyOutlook stream{BodyKind::grpc, true}, one{BodyKind::grpc, false};
    CHECK(border.checkpoint({0}, false).at_head({}, one)->plan == Plan::hold);
    const auto ruling = border.checkpoint({0}, false).at_head({}, stream);
    CHECK(ruling->plan == Plan::rewrite);
    CHECK(ruling->destination->id == "us");
    CHECK(border.checkpoint({0}, false).at_head({}, one)->plan == Plan::hold);
    // What is certain already still chooses among candidates, and a body that names its model is read first.
    const auto elsewhere = border.checkpoint({0, 1}, false).at_head(border.found("account"), stream);
    CHECK(elsewhere->destination->id == "fr");
    CHECK(elsewhere->rerouted());
    CHECK(elsewhere->reroute.rule == "no-money");
    CHECK(border.checkpoint({0, 1}).at_head({}, stream)->plan == Plan::hold);
}

TEST_CASE("signed blocks go back to whom the message was first sent, and are opaque to all others") {
    Border border;
    auto blocks = border.found("plain", "gpt-4o");
    blocks.signed_blocks = true;
    auto home = border.checkpoint({0, 1});
    CHECK(home.after_reading(blocks)->destination->id == "us");
    // The first may not have what the message holds; the second could, but for the blocks.
    auto money = border.found("account", "gpt-4o");
    CHECK(border.checkpoint({0, 1}).after_reading(money)->destination->id == "fr");
    money.signed_blocks = true;
    auto other = border.checkpoint({0, 1});
    CHECK(other.after_reading(money)->classes.has(ClassTree::opaque));
    // When the first is left behind it is still the one who signed.
    auto left = border.checkpoint({0});
    left.presume_issuer(&border.snapshot->destinations[1]);
    CHECK(left.after_reading(blocks).error().code == Code::limited);  // what is opaque could be money
}
