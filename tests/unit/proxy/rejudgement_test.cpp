// What is under way when the configuration changes: it goes on in the forms that it has, or ends.
#include "proxy/rejudgement.hpp"

#include <catch2/catch.hpp>

#include "config/loader.hpp"

using namespace bordergate;
using Catch::Contains;

namespace {

EquipmentPtr equipped(const std::string& rules, const std::string& source = "app", const std::string& more = {}) {
    const auto loaded = load_text(R"(version: 1
node: {location: DE, operator: DE}
listeners: [{name: s, address: "127.0.0.1:0", mode: reverse}]
audit: {directory: ./a}
)" + more + "sources: [{id: " + source + R"(, match: {networks: [127.0.0.0/8]}, standing: {location: DE, operator: DE}, carries: personal}]
destinations: [{id: far, url: "http://192.0.2.1", standing: {location: US, operator: US}}]
routes: [{id: all, destinations: [far]}]
rules:
  - {id: back, permit: clear, data: [plain, opaque, personal, financial, credential], from: US, to: EEA}
)" + rules, "f.yaml", "/");
    INFO(format(loaded.diagnostics));
    REQUIRE(loaded.snapshot);
    auto equipment = Equipment::make(loaded.snapshot);
    REQUIRE(equipment.has_value());
    return *equipment;
}

/// An exchange that carries contact data as text, begun under `before`; what becomes of it under `later`.
Status judged(const EquipmentPtr& before, const EquipmentPtr& later) {
    const auto& snapshot = *before->snapshot;
    const auto& source = snapshot.sources[0];
    Checkpoint checkpoint(snapshot, source, &snapshot.routes[0], {&snapshot.destinations[0]}, before->detectable, nullptr, 0, source.purposes);
    Findings found;
    found.classes.add(*snapshot.classes.find("contact"));
    const BodyOutlook body{BodyKind::text};
    const auto request = checkpoint.at_head(found, body);
    REQUIRE(request.has_value());
    const auto response = checkpoint.response(snapshot.destinations[0], false);
    REQUIRE(response.has_value());
    return Rejudgement(*later, source, &snapshot.routes[0], snapshot.destinations[0]).allows(checkpoint, nullptr, found, body, *request, *response);
}

const std::string clear = "  - {id: out, permit: clear, data: [plain, opaque, personal, financial, credential], from: EEA, to: US}\n";
const std::string masked = "  - {id: plain, permit: clear, data: [plain, opaque], from: EEA, to: US}\n  - {id: out, permit: mask, data: [personal, financial, credential], from: EEA, to: US, with: redact}\n";

}  // namespace

TEST_CASE("rules that allow the same, or more, let an exchange go on") {
    CHECK(judged(equipped(clear), equipped(clear)).has_value());
    CHECK(judged(equipped(masked), equipped(clear)).has_value());
}

TEST_CASE("rules that ask for a lower form, or refuse, end it and say by which rule") {
    const auto stricter = judged(equipped(clear), equipped(masked));
    REQUIRE(stricter.has_error());
    CHECK(stricter.error().code == Code::policy_changed);
    const auto refused = judged(equipped(clear), equipped(clear + "  - {id: never, limit: refuse, data: contact, from: EEA, to: US}\n"));
    REQUIRE(refused.has_error());
    CHECK(refused.error().code == Code::policy_changed);
    CHECK(refused.error().rule == "never");
}

TEST_CASE("an exchange ends when its source is no longer configured") {
    const auto gone = judged(equipped(clear), equipped(clear, "other"));
    REQUIRE(gone.has_error());
    CHECK_THAT(gone.error().detail, Contains("no longer configured"));
}

TEST_CASE("classes of one's own are the same by name, whatever their number") {
    const auto before = equipped(clear, "app", "classes: {aaa: {under: personal}, zzz: {under: personal}}\n");
    const auto later = equipped(clear, "app", "classes: {zzz: {under: personal}}\n");
    CHECK(judged(before, later).has_value());
}
