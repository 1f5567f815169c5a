#include "filters/mask/mask_paths.hpp"

#include <catch2/catch.hpp>

#include "filters/body/declared_paths.hpp"

using namespace bordergate;

namespace {

Loaded loaded(const std::string& rules) {
    auto made = load_text(R"(version: 1
node: {location: DE, operator: DE}
listeners: [{name: s, address: "127.0.0.1:0", mode: reverse}]
audit: {directory: ./a}
sources: [{id: app, match: {networks: [127.0.0.0/8]}, standing: {location: DE, operator: DE}}]
destinations: [{id: far, url: "https://far", standing: {location: US, operator: US}}]
routes: [{id: all, destinations: [far]}]
rules:
  - {id: plain, permit: clear, data: plain, from: EEA, to: US}
)" + rules, "f.yaml", "/");
    check_declared_paths(made);
    return made;
}

/// Redacts all but what `with` says; keys would have to exist for others.
std::string rule(const std::string& id, const std::string& with, const std::string& data = "personal") {
    return "  - {id: " + id + ", permit: mask, data: " + data + ", from: EEA, to: US, with: " + with + "}\n";
}

/// A value in a document at a JSON path of names.
class At final : public Place {
  public:
    explicit At(std::vector<JsonStep> steps) : steps_(std::move(steps)) {}
    std::string text() const override { return {}; }
    std::size_t selected_depth(const JsonPath& path) const override { return path.selected_depth(steps_); }

  private:
    std::vector<JsonStep> steps_;
};

struct Chooser {
    explicit Chooser(const std::string& rules) : made(loaded(rules)) {
        INFO(format(made.diagnostics));
        REQUIRE(made.snapshot);
        paths = MaskPaths::compile(made.snapshot->policy).value();
        const auto us = *Atlas::builtin().find("US");
        to.location = us.sure;
        to.location_known = to.operator_known = true;
        to.operators = {{"", us.sure}};
    }
    std::string choose(std::string_view entity, std::vector<JsonStep> steps = {}) const {
        const auto& snapshot = *made.snapshot;
        Crossing crossing;
        crossing.laws = snapshot.sources[0].laws;
        crossing.from = &snapshot.sources[0].standing;
        const Cell cell = snapshot.policy.judge(crossing, to, *snapshot.classes.find("contact"));
        REQUIRE(cell.form == Form::mask);
        const At at(std::move(steps));
        return std::string(to_string(paths.choose(snapshot.policy, cell, entity, &at).kind));
    }
    Loaded made;
    MaskPaths paths;
    Standing to;
};

}  // namespace

TEST_CASE("an entity and a path have operators of their own, the strictest of several", "[mask_paths]") {
    const Chooser chooser(rule("a", "{character_mask: {keep_last: 4}, entities: {EMAIL_ADDRESS: redact, PHONE_NUMBER: {time_part: year}}, "
                                    "paths: {'$.note': replace_with_info_type, '$.born': {replace: x}}}"));
    CHECK(chooser.choose("PERSON") == "character_mask");
    CHECK(chooser.choose("EMAIL_ADDRESS") == "redact");
    CHECK(chooser.choose("PHONE_NUMBER") == "time_part");
    CHECK(chooser.choose("PERSON", {{"note"}}) == "replace_with_info_type");
    CHECK(chooser.choose("PERSON", {{"note"}, {"deep"}, {"", 3, true}}) == "replace_with_info_type");
    CHECK(chooser.choose("EMAIL_ADDRESS", {{"note"}}) == "redact");
    CHECK(chooser.choose("PHONE_NUMBER", {{"note"}}) == "replace_with_info_type");
    CHECK(chooser.choose("PERSON", {{"notes"}}) == "character_mask");
}

TEST_CASE("where paths are equally strict the innermost value decides, where they are not the strictest", "[mask_paths]") {
    const Chooser chooser(rule("a", "{character_mask: {keep_last: 4}, paths: {'$.a': {time_part: year}, '$.a.b': {bucketing: {size: 10}}, '$..c': redact, '$..c.d': replace_with_info_type}}"));
    CHECK(chooser.choose("PERSON", {{"a"}}) == "time_part");
    CHECK(chooser.choose("PERSON", {{"a"}, {"x"}}) == "time_part");
    CHECK(chooser.choose("PERSON", {{"a"}, {"b"}}) == "bucketing");
    CHECK(chooser.choose("PERSON", {{"a"}, {"b"}, {"", 0, true}}) == "bucketing");
    CHECK(chooser.choose("PERSON", {{"a"}, {"b"}, {"c"}}) == "redact");
    CHECK(chooser.choose("PERSON", {{"c"}, {"d"}}) == "redact");
}

TEST_CASE("of several rules the strictest masks, wherever in the file it stands", "[mask_paths]") {
    const std::string a = rule("a", "{character_mask: {keep_last: 4}, entities: {EMAIL_ADDRESS: {character_mask: {keep_last: 9}}, PHONE_NUMBER: redact}}");
    const std::string b = rule("b", "{character_mask: {keep_last: 5}, paths: {'$.note': replace_with_info_type}}");
    const std::string c = rule("c", "{character_mask: {keep_last: 6}}", "contact");
    for (const auto& rules : {a + b + c, c + b + a, b + a + c, b + c + a}) {
        const Chooser chooser(rules);
        CHECK(chooser.choose("PERSON") == "character_mask");
        CHECK(chooser.choose("PHONE_NUMBER") == "redact");
        CHECK(chooser.choose("EMAIL_ADDRESS") == "character_mask");
        CHECK(chooser.choose("EMAIL_ADDRESS", {{"note"}}) == "replace_with_info_type");
        CHECK(chooser.choose("PHONE_NUMBER", {{"note"}}) == "redact");
    }
    // A rule that names one operator for everything is not softened by another's for one entity.
    const Chooser strict(rule("a", "{character_mask: {keep_last: 4}, entities: {EMAIL_ADDRESS: {character_mask: {keep_last: 9}}}}") + rule("b", "redact"));
    CHECK(strict.choose("EMAIL_ADDRESS") == "redact");
    CHECK(strict.choose("PERSON") == "redact");
}

TEST_CASE("paths that cannot stream, or that leave open which operator masks, are mistakes of the configuration", "[mask_paths]") {
    const auto said = [](const std::string& rules) {
        const auto made = loaded(rules);
        CHECK((made.snapshot == nullptr) == has_errors(made.diagnostics));
        return format(made.diagnostics);
    };
    const std::string fixed = "{replace: x}", other = "{replace: y}";
    CHECK_THAT(said(rule("a", "{redact: {}, paths: {'$.a[-1]': redact}}")), Catch::Contains("f.yaml:10:89: error: ") && Catch::Contains("an index from the end"));
    CHECK_THAT(said(rule("a", "{redact: {}, paths: {'/p.S/M:f': redact}}")), Catch::Contains("a path starts with $"));
    CHECK_THAT(said(rule("a", "{redact: {}, paths: {'$..id': " + fixed + ", '$.a.id': " + other + "}}")), Catch::Contains("may be selected both by $..id (line 10) and by $.a.id"));
    CHECK(said(rule("a", "{redact: {}, paths: {'$.a': " + fixed + ", '$.a.b': " + other + ", '$..c': {replace: z}}}")).empty());
    CHECK(said(rule("a", "{redact: {}, paths: {'$.a': " + fixed + ", '$.b': " + other + "}}")).empty());
    CHECK(said(rule("a", "{redact: {}, paths: {'$.a[0]': " + fixed + ", '$.a[1:]': " + other + "}}")).empty());
    CHECK(said(rule("a", "{redact: {}, paths: {'$..id': " + fixed + ", '$.a.id': " + fixed + "}}")).empty());
    CHECK_THAT(said(rule("a", "{redact: {}, paths: {'$.a': " + fixed + "}}") + rule("b", "{redact: {}, paths: {'$.*': " + other + "}}")), Catch::Contains("f.yaml:11:"));
    CHECK(said(rule("a", "{redact: {}, paths: {'$.a': " + fixed + "}}") + rule("b", "{redact: {}, paths: {'$.a': " + other + "}}", "financial")).empty());
}
