// Operators in JSON documents: the type of what stands for a number, operators by place, and dates by their subjects,
// however the document is split.
#include <catch2/catch.hpp>
#include <boost/json.hpp>
#include <memory>

#include "filters/body/json_rewrite.hpp"
#include "filters/detect/checksums.hpp"
#include "filters/mask/fpe.hpp"
#include "filters/mask/treater.hpp"
#include "tests/support/world.hpp"

using namespace bordergate;
using Kind = MaskSpec::Kind;

namespace {

/// Contact is masked as one rule says; `$..c` is contact, `$..z` may go in clear.
struct Desk {
    Desk() {
        std::optional<SecretBytes> secret(std::array<std::uint8_t, 32>{8});
        rings.emplace("DE", std::make_shared<const KeyRing>("DE", std::vector<SealKey>{}, std::move(secret)));
        contact = *world.classes.find("contact");
        fields.selectors.push_back({JsonPath::compile("$..c").value(), ClassSet{contact}});
    }
    /// Parameters of a new operator.
    MaskParameters& more() { return table->parameters.emplace_back(); }
    MaskSpec spec(Kind kind, const MaskParameters* parameters = nullptr) { return {kind, '*', 0, 0, parameters}; }
    void subject(const std::string& path) { table->subjects.push_back({path, 1, 1}); }

    void settle(MaskSpec with) {
        Rule rule;
        rule.id = "r";
        rule.permit = true;
        rule.form = Form::mask;
        rule.with = with;
        rule.masks = table;
        policy = Policy(Atlas::builtin(), world.classes, {rule});
        paths = MaskPaths::compile(policy).value();
        world.treatment.policy = &policy;
        Cell& cell = world.cell("contact");
        cell.with = with;
        cell.refined = policy.refinements().size();
        cell.with_counts = cell.refined == 0;
        world.cell("card") = cell;
    }

    /// The document masked whole, and shown to be masked to the same at every split into two and byte by byte.
    std::string masked(std::string_view document, const std::string& exchange = "one") {
        const auto once = [&](std::size_t first, std::size_t size) {
            world.findings = {};
            ExchangeTreater treater(policy, {"ward", "far", "digest", "DE", &rings, exchange, &paths}, world.findings);
            world.treatment.treater = &treater;
            JsonRewriteSpec how;
            how.treatment = &world.treatment;
            how.paths = &fields;
            const auto transform = make_json_rewrite(how);
            std::string out;
            Status fed = transform->feed(document.substr(0, first), out);
            for (std::size_t i = first; fed.has_value() && i < document.size(); i += size) fed = transform->feed(document.substr(i, size), out);
            if (fed.has_value()) fed = transform->finish(out);
            world.treatment.treater = nullptr;
            said = fed.has_error() ? fed.error().detail : "";
            return fed.has_error() ? "!" + std::string(info(fed.error().code).name) : out;
        };
        const auto whole = once(document.size(), 1);
        for (std::size_t i = 0; i < document.size(); ++i)
            if (once(i, document.size()) != whole) FAIL("split at " << i);
        if (once(0, 1) != whole) FAIL("byte by byte");
        return whole;
    }

    testing::World world;
    KeyRings rings;
    ClassId contact{};
    JsonPaths fields;
    std::shared_ptr<MaskTable> table = std::make_shared<MaskTable>();
    Policy policy;
    MaskPaths paths;
    std::string said;
};

}  // namespace

TEST_CASE("an enciphered number stays one, of as many digits", "[mask_json]") {
    Desk desk;
    desk.settle(desk.spec(Kind::fpe));
    for (std::string token : {"1234567", "-1234567", "9007199254740993", "10000000", "123456789012345678901234567890"}) {
        const auto out = desk.masked("{\"c\": " + token + "}");
        INFO(out);
        REQUIRE(out.starts_with("{\"c\": "));
        const auto made = out.substr(6, out.size() - 7);
        CHECK(made.size() == token.size());
        CHECK(made != token);
        const auto digits = made.substr(token.starts_with('-') ? 1 : 0);
        CHECK(digits.find_first_not_of("0123456789") == std::string::npos);
        CHECK(digits.front() != '0');
        CHECK(made.starts_with('-') == token.starts_with('-'));
        std::string opened;
        const auto key = *desk.rings.at("DE")->derive("fpe", "ward", "contact");
        REQUIRE(fpe({}, ff1::Way::decrypt, key, {"CONTACT", "far"}, true, made, opened).has_value());
        CHECK(opened == token);
    }
    CHECK(desk.world.findings.operators == decltype(desk.world.findings.operators){"fpe"});
    // A fraction is a text of digits, and so is what stands in quotes.
    CHECK(desk.masked(R"({"c": 1234567.5})").starts_with("{\"c\": \""));
    CHECK(desk.masked(R"({"c": "0123456"})").size() == 16);
    CHECK(desk.masked(R"({"c": 123456})") == "!mask_unfit");
    CHECK_FALSE(desk.said.find("123456") != std::string::npos);
    CHECK(desk.masked(R"({"c": true})") == "!mask_unfit");
    CHECK(desk.masked(R"({"c": {"a": 1234567}})") == "!mask_unfit");
    CHECK(desk.masked(R"({"c": null})") == R"({"c": null})");
}

TEST_CASE("a card that was found stays a card, as a number and in a text", "[mask_json]") {
    Desk desk;
    auto& how = desk.more();
    how.luhn = true;
    desk.settle(desk.spec(Kind::fpe, &how));
    const auto number = desk.masked(R"({"z": 4111111111111111})");
    INFO(number);
    REQUIRE(number.size() == 23);
    CHECK(luhn(number.substr(6, 16)));
    CHECK(number.find("4111111111111111") == std::string::npos);
    const auto text = desk.masked(R"({"z": "my card 4111 1111 1111 1111 please"})");
    REQUIRE(text.size() == 43);
    CHECK(text.substr(0, 15) == R"({"z": "my card )");
    CHECK(text[19] == ' ');
}

TEST_CASE("buckets and parts of dates are numbers where a number was", "[mask_json]") {
    Desk desk;
    auto& how = desk.more();
    how.size = 10;
    desk.settle(desk.spec(Kind::bucketing, &how));
    CHECK(desk.masked(R"({"c": 39, "a": [{"c": -0.5}, {"c": "39"}, {"c": 4.2e1}]})") == R"({"c": 30, "a": [{"c": -10}, {"c": "30-40"}, {"c": 40}]})");
    how.size = 0;
    how.bounds = {18, 65};
    CHECK(desk.masked(R"([{"c": 17}, {"c": 99}])") == R"([{"c": "<18"}, {"c": 65}])");
    CHECK(desk.masked(R"({"c": "many"})") == "!mask_unfit");
    how.part = TimePart::year;
    desk.settle(desk.spec(Kind::time_part, &how));
    CHECK(desk.masked(R"([{"c": 20240305}, {"c": "2024-03-05"}, {"c": 1700000000}])") == R"([{"c": 2024}, {"c": "2024"}, {"c": 2023}])");
}

TEST_CASE("a fixed text is written as JSON needs it", "[mask_json]") {
    Desk desk;
    auto& how = desk.more();
    how.text = "a \"b\"";
    desk.settle(desk.spec(Kind::replace, &how));
    CHECK(desk.masked(R"({"c": 12345678, "d": {"c": "x"}})") == R"({"c": "a \"b\"", "d": {"c": "a \"b\""}})");
    how.text = "0";
    CHECK(desk.masked(R"({"c": 12345678, "d": {"c": "x"}})") == R"({"c": 0, "d": {"c": "0"}})");
    how.text = "007";
    CHECK(desk.masked(R"({"c": 12345678})") == R"({"c": "007"})");
}

TEST_CASE("dates of an exchange move together, and those of another by something else", "[mask_json]") {
    Desk desk;
    auto& how = desk.more();
    how.days = 10'000;
    desk.settle(desk.spec(Kind::date_shift, &how));
    const std::string document = R"([{"c": "2000-01-01"}, {"c": "2000-01-01"}, {"c": 20000101}])";
    const auto one = boost::json::parse(desk.masked(document)).as_array();
    CHECK(one[0].at("c") == one[1].at("c"));
    CHECK(one[0].at("c").as_string() != "2000-01-01");
    CHECK(one[2].at("c").is_int64());
    CHECK(desk.masked(document) == desk.masked(document));
    CHECK(desk.masked(document) != desk.masked(document, "two"));
}

TEST_CASE("dates move by their subject, which stands ahead of them in its record", "[mask_json]") {
    Desk desk;
    auto& how = desk.more();
    how.days = 10'000;
    how.subject = "$.rows[*].id";
    desk.subject(how.subject);
    desk.settle(desk.spec(Kind::date_shift, &how));
    const auto shown = [&](const std::string& rows, const std::string& exchange = "one") {
        const auto out = desk.masked("{\"rows\": [" + rows + "]}", exchange);
        std::vector<std::string> dates;
        if (out.starts_with('!')) return std::vector{out};
        const auto parsed = boost::json::parse(out);
        for (const auto& row : parsed.at("rows").as_array()) dates.emplace_back(row.at("v").at("c").as_string().c_str());
        return dates;
    };
    const std::string a = R"({"id": "a", "v": {"c": "2000-01-01"}})", b = R"({"id": "b", "v": {"c": "2000-01-01"}})", seven = R"({"id": 7, "v": {"c": "2000-01-01"}})";
    const auto dates = shown(a + "," + b + "," + a + "," + seven);
    REQUIRE(dates.size() == 4);
    CHECK(dates[0] == dates[2]);
    CHECK(dates[0] != dates[1]);
    CHECK(dates[3] != dates[0]);
    CHECK(shown(b, "two") == std::vector{dates[1]});
    // The record before says nothing of this one.
    CHECK(shown(a + R"(,{"v": {"c": "2000-01-01"}, "id": "b"})") == std::vector<std::string>{"!mask_unfit"});
    CHECK(desk.said.find("$.rows[*].id") != std::string::npos);
    // Which of two would count is not certain.
    CHECK(shown(R"({"id": "a", "id": "b", "v": {"c": "2000-01-01"}})") == std::vector<std::string>{"!body_invalid"});
}

TEST_CASE("paths choose operators for what they select and all that stands in it", "[mask_json]") {
    Desk desk;
    auto& how = desk.more();
    how.text = "gone";
    desk.table->paths.push_back({"$.log", desk.spec(Kind::redact), 1, 1});
    desk.table->entities.emplace("EMAIL_ADDRESS", desk.spec(Kind::replace, &how));
    desk.settle(desk.spec(Kind::replace_with_info_type));
    CHECK(desk.masked(R"({"log": {"c": "x", "z": "to a@example.org"}, "c": "x", "z": "to a@example.org, {\"z\": \"b@example.org\"}"})") ==
          R"({"log": {"c": "", "z": "to "}, "c": "[CONTACT]", "z": "to gone, {\"z\": \"gone\"}"})");
    CHECK(desk.masked(R"({"log": "{\"z\": \"a@example.org\"}"})") == R"({"log": "{\"z\": \"\"}"})");
    CHECK(desk.world.findings.operators == decltype(desk.world.findings.operators){"redact"});
}

TEST_CASE("paths with filters choose operators and subjects", "[mask_json]") {
    Desk desk;
    auto& how = desk.more();
    how.text = "gone";
    desk.table->paths.push_back({"$.log[?@.level=='debug']", desk.spec(Kind::redact), 1, 1});
    desk.table->paths.push_back({"$..[?@.twice]", desk.spec(Kind::replace, &how), 1, 1});
    desk.settle(desk.spec(Kind::replace_with_info_type));
    CHECK(desk.masked(R"({"c": "x", "log": [{"c": "x", "level": "debug"}, {"level": "info", "c": "x"}, {"c": {"x": 1}, "level": "debug"}], "z": "a@example.org"})") ==
          R"({"c": "[CONTACT]", "log": [{"c": "", "level": "debug"}, {"level": "info", "c": "[CONTACT]"}, {"c": "", "level": "debug"}], "z": "[EMAIL_ADDRESS]"})");
    // What stands inside; a sibling and its key do not, nor does what follows.
    CHECK(desk.masked(R"({"log": [{"level": "debug", "z": ["a@example.org", "{\"y\":\"b@example.org\"}"], "d@example.org": 1}, "a@example.org"], "c@example.org": 1})") ==
          R"({"log": [{"level": "debug", "z": ["", "{\"y\":\"\"}"], "": 1}, "[EMAIL_ADDRESS]"], "[EMAIL_ADDRESS]": 1})");
    CHECK(desk.masked(R"({"a": {"c": "x", "twice": 1}, "c": "y"})") == R"({"a": {"c": "gone", "twice": 1}, "c": "[CONTACT]"})");
}
