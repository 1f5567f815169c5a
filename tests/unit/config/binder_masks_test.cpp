// `with:` of a rule, as it is read and as its mistakes are told.
#include <catch2/catch.hpp>
#include <filesystem>

#include "config/loader.hpp"

using namespace bordergate;
using Catch::Contains;
using Kind = MaskSpec::Kind;

namespace {

Loaded loaded(const std::string& with, const std::string& more = {}) {
    return load_text(R"(version: 1
node: {location: DE, operator: DE}
listeners: [{name: s, address: "127.0.0.1:0", mode: forward}]
audit: {directory: ./a}
sources: [{id: app, match: {networks: [127.0.0.0/8]}, standing: {location: DE, operator: DE}}]
destinations: [{id: far, url: "https://far", standing: {location: US, operator: US}}]
rules:
  - {id: plain, permit: clear, data: plain, from: EEA, to: US}
  - id: one
    permit: mask
    data: personal
    from: EEA
    to: US
    with: )" + with + "\n" + more, "f.yaml", "/");
}

/// The rule as read. It may need a key, which is told and no matter here.
MaskSpec spec(const std::string& with) {
    static std::vector<Loaded> kept;
    kept.push_back(loaded(with));
    INFO(format(kept.back().diagnostics));
    REQUIRE(kept.back().snapshot);
    return *kept.back().snapshot->policy.rules()[1].with;
}

std::string said(const std::string& with, const std::string& more = {}) {
    const auto made = loaded(with, more);
    CHECK((made.snapshot == nullptr) == has_errors(made.diagnostics));
    return format(made.diagnostics);
}

}  // namespace

TEST_CASE("operators are read with their parameters", "[masks]") {
    CHECK(spec("redact").kind == Kind::redact);
    CHECK(spec("{redact: {}}") == spec("redact"));
    CHECK(spec("{replace: hidden}").parameters().text == "hidden");
    const auto masked = spec("{character_mask: {character: '#', keep_first: 1, keep_last: 2, keep: '- -', count: 3, from_end: true}}");
    CHECK(masked.mask_character == '#');
    CHECK((masked.keep_first == 1 && masked.keep_last == 2));
    CHECK((masked.parameters().keep == " -" && masked.parameters().count == 3 && masked.parameters().from_end));
    CHECK(spec("{character_mask: {}}") == spec("character_mask"));
    CHECK(spec("{bucketing: {size: 10}}").parameters().size == 10);
    CHECK(spec("{bucketing: {bounds: [-5, 0, 18]}}").parameters().bounds == std::vector<std::int64_t>{-5, 0, 18});
    CHECK(spec("{time_part: day_of_week}").parameters().part == TimePart::day_of_week);
    CHECK(spec("{time_part: {part: hour_of_day, order: month_first}}").parameters().month_first);
}

TEST_CASE("an operator without its parameters, or with ones that cannot be, is told with what would be right", "[masks]") {
    CHECK_THAT(said("replace"), Contains("f.yaml:14:11: error: replace needs to be told more") && Contains("{replace: \"a text\"}"));
    CHECK_THAT(said("bucketing"), Contains("{bucketing: {size: 10}}"));
    CHECK_THAT(said("time_part"), Contains("{time_part: year}"));
    CHECK_THAT(said("fqe"), Contains("did you mean \"fpe\"?"));
    CHECK_THAT(said("{fpe: {alfabet: digits}}"), Contains("did you mean \"alphabet\"?"));
    CHECK_THAT(said("{fpe: {alphabet: digit}}"), Contains("did you mean \"digits\"?"));
    CHECK_THAT(said("{fpe: {alphabet: letters, luhn: true}}"), Contains("f.yaml:14:43: error: a check digit by Luhn needs a number"));
    CHECK_THAT(said("{date_shift: {days: 0}}"), Contains("expected a number from 1 to 36525"));
    CHECK_THAT(said("{date_shift: {}}"), Contains("\"days\" is missing"));
    CHECK_THAT(said("{bucketing: {size: 5, bounds: [1]}}"), Contains("only one of \"size\" or \"bounds\""));
    CHECK_THAT(said("{bucketing: {bounds: [1, 1]}}"), Contains("f.yaml:14:36: error: bounds ascend"));
    CHECK_THAT(said("{time_part: yaer}"), Contains("did you mean \"year\"?"));
    CHECK_THAT(said("{replace_dictionary: {words: [Kim]}}"), Contains("one word is no list to choose from") && Contains("replace: Kim"));
    CHECK_THAT(said("{replace_dictionary: {words: ['']}}"), Contains("f.yaml:14:41: error: "));
    CHECK_THAT(said("{replace_dictionary: {words: [Kim, Kim, Alex]}}"), Contains("\"Kim\" stands twice"));
    CHECK_THAT(said("{character_mask: {from_end: true}}"), Contains("from_end without count"));
    CHECK_THAT(said("{character_mask: {keep: \"\\u00e9\"}}"), Contains("printable ASCII"));
    CHECK_THAT(said("{redact: {}, pseudonym: {}}"), Contains("only one of"));
    CHECK_THAT(said("{entities: {EMAIL_ADDRESS: redact}}"), Contains("is missing"));
}

TEST_CASE("entities and paths have operators of their own", "[masks]") {
    const auto made = loaded("{redact: {}, entities: {CREDIT_CARD: {character_mask: {keep_last: 4}}, health: redact}, paths: {\"$..b\": {replace: y}, '$.a': {replace: x}}}");
    INFO(format(made.diagnostics));
    REQUIRE(made.snapshot);
    const auto& policy = made.snapshot->policy;
    REQUIRE(policy.refinements().size() == 1);
    const auto& table = *policy.rule(policy.refinements()[0]).masks;
    CHECK(table.entities.at("CREDIT_CARD").keep_last == 4);
    REQUIRE(table.paths.size() == 2);
    CHECK((table.paths[0].path == "$..b" && table.paths[0].with.parameters().text == "y" && table.paths[0].line == 14));
    CHECK((table.paths[1].path == "$.a" && table.paths[1].with.parameters().text == "x"));
    CHECK_THAT(said("{redact: {}, entities: {CREDIT_CRAD: redact}}"), Contains("f.yaml:14:35: error: no recogniser and no class is called \"CREDIT_CRAD\" (did you mean \"CREDIT_CARD\"?)"));
    CHECK_THAT(said("{redact: {}, entities: {}}"), Contains("this is empty"));
    CHECK_THAT(said("{redact: {}, entities: {CREDIT_CARD: {redact: {}, entities: {}}}}"), Contains("unknown key \"entities\""));
    CHECK_THAT(said("{redact: {}, paths: {b: redact}}"), Contains("is not a JSONPath"));
    CHECK_THAT(said("{redact: {}, entities: {CREDIT_CARD: {replace: x}}, paths: {'$.a': {replace: y}}}"), Contains("at $.a and for CREDIT_CARD neither operator hides more"));
    CHECK(said("{redact: {}, entities: {CREDIT_CARD: {replace: x}}, paths: {'$.a': {replace: x}}}").empty());
}

TEST_CASE("an operator that computes with a key needs one of the source's place", "[masks]") {
    for (std::string with : {"fpe", "{date_shift: {days: 3}}", "{replace_dictionary: {words: [Kim, Alex]}}", "{redact: {}, entities: {CREDIT_CARD: fpe}}", "{redact: {}, paths: {'$.a': crypto_hash}}"})
        CHECK_THAT(said(with), Contains("rule one needs a key of DE") && Contains("bordergate keys create DE"));
    for (std::string with : {"redact", "{bucketing: {size: 3}}", "{replace: x}", "{time_part: year}", "{redact: {}, entities: {CREDIT_CARD: replace_with_info_type}}"}) CHECK(said(with).empty());
}

TEST_CASE("rules that name different operators for one entity or path conflict", "[masks]") {
    const auto second = [](const std::string& with) { return "  - {id: two, limit: mask, data: contact, from: EEA, to: US, with: " + with + "}\n"; };
    const std::string x = "{replace: x}", y = "{replace: y}";
    CHECK_THAT(said(x, second(y)), Contains("rules one and two can meet, and neither of their mask operators hides more than the other"));
    CHECK_THAT(said("{redact: {}, entities: {CREDIT_CARD: " + x + "}}", second("{redact: {}, entities: {CREDIT_CARD: " + y + "}}")), Contains("mask operators for CREDIT_CARD hides more"));
    CHECK_THAT(said("{redact: {}, entities: {CREDIT_CARD: " + x + "}}", second(y)), Contains("for CREDIT_CARD"));
    CHECK_THAT(said("{redact: {}, paths: {'$.a': " + x + "}}", second(y)), Contains("at $.a hides more"));
    CHECK_THAT(said("{redact: {}, paths: {'$.a': " + x + "}}", second("{redact: {}, entities: {CREDIT_CARD: " + y + "}}")), Contains("at $.a hides more"));
    CHECK(said("{redact: {}, entities: {CREDIT_CARD: " + x + "}}", second("{redact: {}, entities: {IBAN_CODE: " + y + "}}")).empty());
    CHECK(said("{redact: {}, entities: {CREDIT_CARD: " + x + "}}", second("{replace: x}")).empty());
    CHECK(said("{fpe: {alphabet: digits}}", second("redact")).find("can meet") == std::string::npos);
    CHECK_THAT(said("{bucketing: {size: 10}}", second("{time_part: year}")), Contains("rules one and two can meet"));
}

TEST_CASE("what labels may remember is a bound of the configuration", "[masks]") {
    const auto made = loaded("redact", "limits: {labels: 1MiB}\n");
    INFO(format(made.diagnostics));
    REQUIRE(made.snapshot);
    CHECK(made.snapshot->limits.label_bytes == std::size_t{1} << 20);
    CHECK(loaded("redact").snapshot->limits.label_bytes == std::size_t{16} << 20);
    CHECK_THAT(said("redact", "limits: {labels: 1KiB}\n"), Contains("expected 4KiB to 1GiB"));
}
