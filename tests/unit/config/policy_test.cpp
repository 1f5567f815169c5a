#include "config/policy.hpp"

#include <catch2/catch.hpp>

#include "config/binding.hpp"

using namespace bordergate;

namespace {

const Atlas& atlas() { return Atlas::builtin(); }
Region region(std::string_view code) { return *atlas().find(code); }
Region outside(std::string_view code) { return atlas().complement(region(code)); }

Standing stands(std::string_view location, std::vector<Party> operators) {
    return {region(location).sure, true, std::move(operators), true};
}
Party party(std::string name, std::string_view law) { return {std::move(name), region(law).sure}; }

const ClassTree& classes() {
    static const ClassTree tree = builtin_classes();
    return tree;
}
ClassId of(std::string_view name) { return *classes().find(name); }

// `to: {both axes}`; tests change what they are about.
Rule rule(std::string id, bool permit, Form form, std::string_view data, Region from, Region to) {
    Rule made;
    made.id = std::move(id);
    made.permit = permit;
    made.form = form;
    made.named = {of(data)};
    made.data = permit ? classes().reached_by(of(data)) : classes().bound_by(of(data));
    made.from = from;
    made.to.location = made.to.operator_law = to;
    return made;
}
Rule permit(std::string id, Form form, std::string_view data, Region from, Region to) {
    return rule(std::move(id), true, form, data, from, to);
}
Rule limit(std::string id, Form form, std::string_view data, Region from, Region to) {
    return rule(std::move(id), false, form, data, from, to);
}

// A crossing out of a source that stands in Germany unless the test says otherwise.
struct Journey {
    explicit Journey(Standing standing = stands("DE", {party("Klinikum", "DE")}))
        : source(std::move(standing)), laws(binding_laws(atlas(), source)) {
        crossing.from = &source;
        crossing.laws = laws;
        crossing.may_carry = {ClassTree::plain};
        crossing.instant = atlas().as_of();
    }
    Journey(const Journey&) = delete;
    Cell judge(std::vector<Rule> rules, const Standing& to, std::string_view data) {
        policy = Policy(atlas(), classes(), std::move(rules));
        return policy.judge(crossing, to, of(data));
    }
    std::string by(const Cell& cell) const {
        return cell.rule == no_rule ? "" : policy.rule(cell.rule).id;
    }

    Standing source;
    std::vector<BindingLaw> laws;
    Crossing crossing;
    Policy policy;
};

const Standing us = stands("US", {party("OpenAI", "US")});
const Standing fr = stands("FR", {party("Mistral", "FR")});

}  // namespace

TEST_CASE("no permit: refuse; at home: clear", "[policy]") {
    Journey journey;
    const Cell abroad = journey.judge({}, us, "contact");
    CHECK(abroad.form == Form::refuse);
    CHECK(abroad.rule == no_rule);
    CHECK(atlas().laws()[abroad.law].id == "eu-gdpr");
    CHECK_FALSE(abroad.at_home);
    const Cell home = journey.judge({}, fr, "health");
    CHECK(home.form == Form::clear);
    CHECK(home.at_home);
    CHECK(atlas().laws()[home.law].id == "eu-gdpr");
    CHECK(Policy().judge(journey.crossing, fr, ClassTree::plain).form == Form::refuse);
}

TEST_CASE("home takes every axis: a US company's Frankfurt region is not", "[policy]") {
    Journey journey;
    const Standing frankfurt = stands("DE", {party("OpenAI", "US")});
    CHECK(journey.judge({}, frankfurt, "contact").form == Form::refuse);
    Standing unknown_operator = fr;
    unknown_operator.operator_known = false;
    CHECK(journey.judge({}, unknown_operator, "contact").form == Form::refuse);
    Standing unknown_location = fr;
    unknown_location.location_known = false;
    CHECK(journey.judge({}, unknown_location, "contact").form == Form::refuse);
    const Standing cloud = stands("DE", {party("Mistral", "FR"), party("AWS", "US")});
    CHECK(journey.judge({}, cloud, "contact").form == Form::refuse);
}

TEST_CASE("the best permit, then the lowest limit; the cell names which", "[policy]") {
    Journey journey;
    const auto eea = region("EEA"), usa = region("US");
    std::vector<Rule> rules{permit("sealed", Form::seal, "personal", eea, usa),
                            permit("masked", Form::mask, "personal", eea, usa)};
    Cell cell = journey.judge(rules, us, "contact");
    CHECK(cell.form == Form::mask);
    CHECK(journey.by(cell) == "masked");
    rules.push_back(limit("abroad", Form::seal, "personal", eea, outside("EEA")));
    cell = journey.judge(rules, us, "contact");
    CHECK(cell.form == Form::seal);
    CHECK(journey.by(cell) == "abroad");
    rules.push_back(limit("at-home-too", Form::mask, "health", eea, region("FR")));
    cell = journey.judge(rules, fr, "health");
    CHECK(cell.form == Form::mask);
    CHECK(journey.by(cell) == "at-home-too");
    CHECK(cell.at_home);
}

TEST_CASE("a permit that needs a proof does not match, a limit does", "[policy]") {
    Journey journey;
    const auto eea = region("EEA"), adequate = region("EU-ADEQUATE");
    const std::vector<Rule> rules{permit("adequate", Form::clear, "personal", eea, adequate)};
    CHECK(journey.judge(rules, us, "contact").form == Form::refuse);
    CHECK(journey.judge(rules, stands("JP", {party("J", "JP")}), "contact").form == Form::clear);
    const std::vector<Rule> negated{
        permit("rest", Form::clear, "personal", eea, outside("EU-ADEQUATE")),
        permit("us", Form::clear, "personal", eea, region("US")),
        limit("fear", Form::mask, "personal", eea, outside("EU-ADEQUATE"))};
    CHECK(journey.judge(negated, us, "contact").form == Form::mask);
    CHECK(journey.judge(negated, stands("IN", {party("I", "IN")}), "contact").form == Form::mask);
}

TEST_CASE("an axis that a permit does not name must still be known", "[policy]") {
    Journey journey;
    Rule in_eea = permit("in-eea", Form::clear, "personal", region("EEA"), region("EEA"));
    in_eea.to.names_operator = false;
    Standing frankfurt = stands("DE", {party("OpenAI", "US")});
    CHECK(journey.judge({in_eea}, frankfurt, "contact").form == Form::clear);
    frankfurt.operator_known = false;
    CHECK(journey.judge({in_eea}, frankfurt, "contact").form == Form::refuse);
}

TEST_CASE("anywhere matches what is unknown, and only plain", "[policy]") {
    Journey journey;
    Rule anywhere = permit("anywhere", Form::clear, "plain", region("EEA"), {});
    anywhere.to.anywhere = true;
    anywhere.data |= ClassSet{of("contact")};
    const Standing nowhere = Standing::unknown(atlas());
    CHECK(journey.judge({anywhere}, nowhere, "plain").form == Form::clear);
    CHECK(journey.judge({anywhere}, nowhere, "contact").form == Form::refuse);
    CHECK(journey.judge({anywhere}, us, "contact").form == Form::refuse);
}

TEST_CASE("a limit on operators is about those that are new", "[policy]") {
    Rule cloud_act = limit("cloud-act", Form::seal, "personal", region("EEA"), region("US"));
    cloud_act.to.names_location = false;
    const std::vector<Rule> rules{
        permit("eea", Form::clear, "personal", region("EEA"), atlas().complement({})), cloud_act};
    const Standing on_aws = stands("FR", {party("Mistral", "FR"), party("AWS", "US")});

    Journey elsewhere;
    CHECK(elsewhere.judge(rules, on_aws, "contact").form == Form::seal);
    Journey same(stands("DE", {party("Klinikum", "DE"), party("AWS", "US")}));
    CHECK(same.judge(rules, on_aws, "contact").form == Form::clear);
    // The same party under one law more discloses to that law.
    Journey less(stands("DE", {party("AWS", "DE")}));
    CHECK(less.judge(rules, on_aws, "contact").form == Form::seal);
    // Two unnamed parties are not the same one.
    Journey unnamed(stands("DE", {party("", "US")}));
    CHECK(unnamed.judge(rules, stands("FR", {party("", "US")}), "contact").form == Form::seal);
    // An unknown operator may be anybody.
    Standing unknown = on_aws;
    unknown.operator_known = false;
    CHECK(same.judge(rules, unknown, "contact").form == Form::refuse);
    same.crossing.limits_alone = true;
    CHECK(same.judge(rules, unknown, "contact").form == Form::seal);
}

TEST_CASE("special categories are reached by name only; limits bind them all the same", "[policy]") {
    Journey journey;
    const auto eea = region("EEA"), usa = region("US");
    const Rule broad = permit("personal", Form::clear, "personal", eea, usa);
    const Rule named = permit("health", Form::clear, "health", eea, usa);
    const Rule ceiling = limit("ceiling", Form::mask, "personal", eea, usa);
    CHECK(journey.judge({broad}, us, "health").form == Form::refuse);
    CHECK(journey.judge({named}, us, "health").form == Form::clear);
    CHECK(journey.judge({named, ceiling}, us, "health").form == Form::mask);
}

TEST_CASE("opaque answers for everything the source may carry", "[policy]") {
    Journey journey;
    const auto eea = region("EEA"), usa = region("US");
    const Rule grant = permit("opaque", Form::clear, "opaque", eea, usa);
    const Rule health = limit("health", Form::seal, "health", eea, usa);
    const Rule personal = limit("personal", Form::mask, "personal", eea, usa);
    const Rule broad = permit("personal-clear", Form::clear, "personal", eea, usa);
    CHECK(journey.judge({broad}, us, "opaque").form == Form::refuse);
    CHECK(journey.judge({grant, health, personal}, us, "opaque").form == Form::clear);
    journey.crossing.may_carry = {of("contact")};
    CHECK(journey.judge({grant, health, personal}, us, "opaque").form == Form::mask);
    journey.crossing.may_carry = {of("personal")};  // which may be health
    CHECK(journey.judge({grant, health, personal}, us, "opaque").form == Form::seal);
    journey.crossing.may_carry = {};  // nobody said
    CHECK(journey.judge({grant, health, personal}, us, "opaque").form == Form::seal);
}

TEST_CASE("purposes: permits for all, limits for any", "[policy]") {
    Journey journey;
    const auto eea = region("EEA"), usa = region("US");
    Rule inference = permit("inference", Form::clear, "personal", eea, usa);
    inference.purposes = bit(Purpose::inference);
    Rule training = limit("training", Form::refuse, "personal", eea, usa);
    training.purposes = bit(Purpose::training);
    const auto form = [&](PurposeSet purposes, std::vector<Rule> rules) {
        journey.crossing.purposes = purposes;
        return journey.judge(std::move(rules), us, "contact").form;
    };
    CHECK(form(bit(Purpose::inference), {inference, training}) == Form::clear);
    CHECK(form(bit(Purpose::inference) | bit(Purpose::training), {inference}) == Form::refuse);
    inference.purposes = all_purposes;
    CHECK(form(bit(Purpose::inference) | bit(Purpose::training), {inference}) == Form::clear);
    CHECK(form(bit(Purpose::inference) | bit(Purpose::training), {inference, training}) == Form::refuse);
    CHECK(form(0, {inference, training}) == Form::refuse);
}

TEST_CASE("rules are in force from a day to a day", "[policy]") {
    Journey journey;
    Rule dated = permit("dated", Form::clear, "personal", region("EEA"), region("US"));
    dated.valid_from = 100;
    dated.valid_to = 200;
    const auto form = [&](std::int64_t instant) {
        journey.crossing.instant = instant;
        return journey.judge({dated}, us, "contact").form;
    };
    CHECK(form(99) == Form::refuse);
    CHECK(form(100) == Form::clear);
    CHECK(form(199) == Form::clear);
    CHECK(form(200) == Form::refuse);
}

TEST_CASE("each law judges alone and the strictest wins", "[policy]") {
    // Data that may stand in Germany or in Japan answers to both.
    Journey journey({region("DE").sure | region("JP").sure, true, {party("K", "DE")}, true});
    REQUIRE(journey.laws.size() == 2);
    const auto usa = region("US");
    const Rule german = permit("german", Form::clear, "personal", region("EEA"), usa);
    const Rule japanese = permit("japanese", Form::mask, "personal", region("JP"), usa);
    CHECK(journey.judge({german}, us, "contact").form == Form::refuse);
    const Cell cell = journey.judge({german, japanese}, us, "contact");
    CHECK(cell.form == Form::mask);
    CHECK(journey.by(cell) == "japanese");
    CHECK(atlas().laws()[cell.law].id == "law-of-JP");
    // At home to the one is not at home to the other.
    const Cell home = journey.judge({}, fr, "contact");
    CHECK(home.form == Form::refuse);
    CHECK_FALSE(home.at_home);
    CHECK(atlas().laws()[home.law].id == "law-of-JP");
}

TEST_CASE("the operator's law brings limits and asks for no permit", "[policy]") {
    Journey journey(stands("DE", {party("Cloud", "US")}));
    const auto all = atlas().complement({});
    const Rule german = permit("german", Form::clear, "personal", region("EEA"), all);
    const Rule american = limit("american", Form::refuse, "personal", region("US"), region("CN"));
    const Standing cn = stands("CN", {party("C", "CN")});
    CHECK(journey.judge({german}, us, "contact").form == Form::clear);
    const Cell cell = journey.judge({german, american}, cn, "contact");
    CHECK(journey.by(cell) == "american");
    CHECK(atlas().laws()[cell.law].id == "law-of-US");
}

TEST_CASE("a law we do not know has no permit; limits alone need none", "[policy]") {
    Journey journey(Standing::unknown(atlas()));
    const auto all = atlas().complement({});
    const Rule grant = permit("all", Form::clear, "plain", all, all);
    const Rule ceiling = limit("ceiling", Form::mask, "plain", region("BR"), all);
    CHECK(journey.judge({grant}, us, "plain").form == Form::refuse);
    journey.crossing.limits_alone = true;
    CHECK(journey.judge({}, us, "plain").form == Form::clear);
    CHECK(journey.judge({grant, ceiling}, us, "plain").form == Form::mask);
    journey.crossing.laws = {};
    CHECK(journey.judge({grant, ceiling}, us, "plain").form == Form::mask);
    journey.crossing.limits_alone = false;
    CHECK(journey.judge({grant}, us, "plain").form == Form::refuse);
    const BindingLaw operators_only{journey.laws[1].law, region("DE").sure, true};
    journey.crossing.laws = {&operators_only, 1};
    CHECK(journey.judge({grant}, us, "plain").form == Form::refuse);
}

TEST_CASE("the strictest operator that matches masks; pseudonym if none is named", "[policy]") {
    Journey journey;
    const auto eea = region("EEA"), usa = region("US");
    Rule bare = permit("bare", Form::mask, "personal", eea, usa);
    Rule hashed = permit("hashed", Form::mask, "personal", eea, usa);
    hashed.with = MaskSpec{MaskSpec::Kind::crypto_hash};
    Rule redacted = limit("redacted", Form::mask, "personal", eea, usa);
    redacted.with = MaskSpec{MaskSpec::Kind::redact};
    Rule better = permit("better", Form::clear, "personal", eea, usa);
    const auto kind = [&](std::vector<Rule> rules) {
        const Cell cell = journey.judge(std::move(rules), us, "contact");
        CHECK(cell.form == Form::mask);
        return cell.with.kind;
    };
    CHECK(kind({bare}) == MaskSpec::Kind::pseudonym);
    CHECK(kind({bare, hashed}) == MaskSpec::Kind::crypto_hash);
    CHECK(kind({bare, redacted, hashed}) == MaskSpec::Kind::redact);
    redacted.with = MaskSpec{MaskSpec::Kind::character_mask, '*', 0, 4};
    CHECK(kind({hashed, redacted}) == MaskSpec::Kind::crypto_hash);
    CHECK(kind({hashed, redacted, better}) == MaskSpec::Kind::character_mask);
}

TEST_CASE("tables that choose by entity and path are gathered from all rules that yield the form, in any order", "[policy]") {
    Journey journey;
    const auto eea = region("EEA"), usa = region("US");
    const auto refined = [](Rule rule, MaskSpec::Kind kind, const char* entity, MaskSpec::Kind of_entity) {
        const auto table = std::make_shared<MaskTable>();
        table->entities.emplace(entity, MaskSpec{of_entity});
        rule.with = MaskSpec{kind};
        rule.masks = table;
        return rule;
    };
    using Kind = MaskSpec::Kind;
    const Rule cards = refined(permit("cards", Form::mask, "personal", eea, usa), Kind::pseudonym, "CREDIT_CARD", Kind::fpe);
    const Rule mails = refined(limit("mails", Form::mask, "contact", eea, usa), Kind::crypto_hash, "EMAIL_ADDRESS", Kind::redact);
    Rule plain = permit("plain", Form::mask, "personal", eea, usa);
    plain.with = MaskSpec{Kind::character_mask};
    const Rule seals = refined(permit("seals", Form::seal, "personal", eea, usa), Kind::pseudonym, "CREDIT_CARD", Kind::fpe);
    const auto cell = [&](std::vector<Rule> rules) { return journey.judge(std::move(rules), us, "contact"); };
    const auto bits = [](std::uint64_t set) { return __builtin_popcountll(set); };
    CHECK((bits(cell({cards}).refined) == 1 && !cell({cards}).with_counts && cell({cards}).with.kind == Kind::pseudonym));
    CHECK((bits(cell({cards, mails}).refined) == 2 && cell({cards, mails}).with.kind == Kind::crypto_hash));
    CHECK((bits(cell({mails, cards}).refined) == 2 && cell({mails, cards}).with.kind == Kind::crypto_hash));
    for (const auto& rules : {std::vector{cards, mails, plain}, std::vector{plain, mails, cards}}) {
        const Cell all = cell(rules);
        CHECK((bits(all.refined) == 2 && all.with_counts && all.with.kind == Kind::character_mask));
    }
    CHECK(cell({plain}).refined == 0);
    CHECK(cell({seals}).refined == 0);
    // A rule that was cut in time shares its table.
    Rule later = cards;
    later.valid_from = 1'000'000;
    CHECK(Policy(atlas(), classes(), {cards, later, mails}).refinements().size() == 2);
    const Cell one = cell({cards}), other = cell({plain}), both = lower_of(one, other), turned = lower_of(other, one);
    for (const Cell& joined : {both, turned}) CHECK((joined.refined == one.refined && joined.with_counts && joined.with.kind == Kind::character_mask));
    const Policy policy(atlas(), classes(), {cards, mails});
    const auto yields = [&](Kind kind) { return policy.any_mask(one, [&](const MaskSpec& with) { return with.kind == kind; }); };
    CHECK((yields(Kind::fpe) && yields(Kind::pseudonym) && !yields(Kind::redact) && !yields(Kind::character_mask)));
}

TEST_CASE("a sealing rule may name the key", "[policy]") {
    Journey journey;
    const auto eea = region("EEA"), usa = region("US");
    Rule grant = permit("grant", Form::seal, "health", eea, usa);
    CHECK(journey.judge({grant}, us, "health").key_rule == no_rule);
    Rule keyed = limit("keyed", Form::seal, "health", eea, usa);
    keyed.key = "DE";
    const Cell cell = journey.judge({grant, keyed}, us, "health");
    REQUIRE(cell.key_rule != no_rule);
    CHECK(journey.policy.rule(cell.key_rule).key == "DE");
    CHECK(journey.by(cell) == "grant");
}

TEST_CASE("a limit that refuses says how, and hold goes before cut", "[policy]") {
    Journey journey;
    const auto eea = region("EEA"), usa = region("US");
    Rule cut = limit("cut", Form::refuse, "personal", eea, usa);
    cut.on_refuse = OnRefuse::cut;
    Rule quiet = limit("quiet", Form::refuse, "personal", eea, usa);
    CHECK(journey.judge({}, us, "contact").on_refuse == OnRefuse::hold);
    const Cell cell = journey.judge({cut}, us, "contact");
    CHECK(journey.by(cell) == "cut");
    CHECK(cell.on_refuse == OnRefuse::cut);
    CHECK(journey.judge({cut, quiet}, us, "contact").on_refuse == OnRefuse::hold);
    journey.crossing.on_refuse = OnRefuse::cut;
    CHECK(journey.judge({cut, quiet}, us, "contact").on_refuse == OnRefuse::cut);
    CHECK(journey.judge({}, us, "contact").on_refuse == OnRefuse::cut);
    quiet.on_refuse = OnRefuse::hold;
    CHECK(journey.judge({cut, quiet}, us, "contact").on_refuse == OnRefuse::hold);
}

TEST_CASE("what the body may still choose: permits cover all, limits any", "[policy]") {
    Journey journey;
    const Standing jp = stands("JP", {party("J", "JP")});
    const std::vector<const Standing*> either{&us, &jp};
    const auto eea = region("EEA");
    const auto form = [&](std::vector<Rule> rules) {
        journey.policy = Policy(atlas(), classes(), std::move(rules));
        return journey.policy.judge(journey.crossing, either, of("contact")).form;
    };
    const Rule to_us = permit("us", Form::clear, "personal", eea, region("US"));
    const Rule to_jp = permit("jp", Form::mask, "personal", eea, region("JP"));
    CHECK(form({to_us}) == Form::refuse);
    CHECK(form({to_us, to_jp}) == Form::mask);
    CHECK(form({to_us, to_jp, limit("l", Form::seal, "personal", eea, region("US"))}) == Form::seal);
    CHECK(journey.policy.judge(journey.crossing, std::span<const Standing* const>{}, of("contact")).form ==
          Form::refuse);
}
