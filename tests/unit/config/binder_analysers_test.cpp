// External analysers, as they are read, and where they may stand.
#include <catch2/catch.hpp>

#include "config/loader.hpp"

using namespace bordergate;
using Catch::Contains;

namespace {

Loaded loaded(const std::string& analyser, const std::string& node = "{location: DE, operator: DE}", const std::string& with = "redact") {
    return load_text("version: 1\nnode: " + node + R"(
listeners: [{name: s, address: "127.0.0.1:0", mode: forward}]
audit: {directory: ./a}
sources: [{id: app, match: {networks: [127.0.0.0/8]}, standing: {location: DE, operator: DE}}]
destinations: [{id: far, url: "https://far", standing: {location: US, operator: US}}]
analysers: [)" + analyser + "]\nrules:\n  - {id: plain, permit: mask, data: personal, from: EEA, to: US, with: " + with + "}\n", "f.yaml", "/");
}

std::string said(const std::string& analyser, const std::string& node = "{location: DE, operator: DE}") {
    const auto made = loaded(analyser, node);
    CHECK((made.snapshot == nullptr) == has_errors(made.diagnostics));
    return format(made.diagnostics);
}

std::string classes_of(const std::string& analyser) {
    const auto made = loaded(analyser);
    INFO(format(made.diagnostics));
    REQUIRE(made.snapshot);
    std::string all;
    for (const auto& one : made.snapshot->analysers.at(0).entities) all += one.entity + "=" + std::string(made.snapshot->classes.name(one.data)) + " ";
    return all;
}

}  // namespace

TEST_CASE("an analyser is read with what is usual where nothing is said", "[analysers]") {
    const auto usual = loaded(R"({id: ner, url: "http://127.0.0.1:5002/"})");
    REQUIRE(usual.snapshot);
    const auto& one = usual.snapshot->analysers.at(0);
    CHECK((one.at.id == "ner" && one.at.host == "127.0.0.1" && one.at.port == 5002 && !one.at.tls && one.at.base_path.empty()));
    CHECK(one.at.standing == usual.snapshot->node);
    CHECK((one.language == "en" && one.threshold == 0.5F && one.deadline == std::chrono::seconds(2) && one.max_text == 32 * 1024 && one.batch == 32));
    CHECK(one.at.upstream.pool.connections == 16);
    const auto other = loaded(R"({id: ner, url: "http://[::1]:5002/ner", language: de, threshold: 85, deadline: 500ms, max_text: 4KiB, batch: 1, connections: 3, standing: {location: DE, operator: DE}})");
    REQUIRE(other.snapshot);
    const auto& told = other.snapshot->analysers.at(0);
    CHECK((told.language == "de" && told.threshold == Approx(0.85) && told.deadline == std::chrono::milliseconds(500) && told.max_text == 4096 && told.batch == 1));
    CHECK((told.at.base_path == "/ner" && told.at.upstream.pool.connections == 3));
}

TEST_CASE("the entities of an analyser have the classes that are usual or those that are said", "[analysers]") {
    CHECK(classes_of(R"({id: ner, url: "http://127.0.0.1:5002"})") == "PERSON=contact LOCATION=location NRP=beliefs ");
    CHECK(classes_of(R"({id: ner, url: "http://127.0.0.1:5002", entities: [PERSON, ORGANIZATION]})") == "PERSON=contact ORGANIZATION=personal ");
    CHECK(classes_of(R"({id: ner, url: "http://127.0.0.1:5002", entities: {PERSON: personal, DISEASE: health}})") == "PERSON=personal DISEASE=health ");
    CHECK_THAT(said(R"({id: ner, url: "http://127.0.0.1:5002", entities: [PERSONS]})"), Contains("PERSONS") && Contains("did you mean \"PERSON\"?"));
    CHECK_THAT(said(R"({id: ner, url: "http://127.0.0.1:5002", entities: {PERSON: personnal}})"), Contains("did you mean \"personal\"?"));
    // Masks may name what an analyser finds.
    CHECK(loaded(R"({id: ner, url: "http://127.0.0.1:5002", entities: {DISEASE: health}})", "{location: DE, operator: DE}", "{redact: {}, entities: {DISEASE: {replace: x}}}").snapshot);
}

TEST_CASE("an analyser that does not stand with the node is refused", "[analysers]") {
    const auto far = [](const std::string& standing) { return R"({id: ner, url: "https://ner.example", standing: )" + standing + "}"; };
    CHECK(said(far("{location: DE, operator: DE}")).empty());
    CHECK_THAT(said(far("{location: US, operator: DE}")), Contains("does not stand with this node"));
    CHECK_THAT(said(far("{location: DE, operator: US}")), Contains("does not stand with this node"));
    CHECK_THAT(said(far("{location: FR, operator: DE}")), Contains("does not stand with this node"));
    CHECK_THAT(said(far("{location: DE}")), Contains("does not stand with this node"));
    CHECK_THAT(said(far("{location: DE, operator: DE}"), "{location: DE}"), Contains("does not stand with this node"));
    CHECK_THAT(said(R"({id: ner, url: "https://ner.example"})"), Contains("has no standing"));
    // A name is not this machine, whatever it is; and a tunnel may end on loopback and come from elsewhere.
    CHECK_THAT(said(R"({id: ner, url: "http://localhost:5002"})"), Contains("has no standing"));
    CHECK_THAT(said(R"({id: ner, url: "http://127.0.0.1:5002", standing: {location: US, operator: US}})"), Contains("does not stand with this node"));
    CHECK_THAT(said(R"({id: ner, url: "http://ner.example", standing: {location: DE, operator: DE}})"), Contains("over the network in clear"));
    CHECK_THAT(said(R"({id: ner, url: "http://127.0.0.1:5002", ca: /etc/passwd})"), Contains("has a ca and an http:// URL"));
}
