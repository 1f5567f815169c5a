// The evaluator against the slow one, on rules and crossings made by chance. Then what the design promises
// of any rules at all: order never matters, a limit more never loosens, a permit more never tightens.
#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "config/binding.hpp"
#include "config/judgement.hpp"
#include "slow_policy.hpp"

using namespace bordergate;
using namespace bordergate::slow;

namespace {

// --- the same world in the product's types -------------------------------------------------------

const Atlas& atlas() { return Atlas::builtin(); }

Places place_of(const Word& place) {
    if (place != "CA without CA-QC") return atlas().find(place)->sure;
    return atlas().find("CA")->sure - atlas().find("CA-QC")->sure;
}
Places set_of(const std::set<Word>& words) {
    Places set;
    for (const auto& word : words) set |= place_of(word);
    return set;
}
Region region_of(const Where& where) {
    Region region;
    for (const auto& code : where.codes) {
        region.sure |= atlas().find(code)->sure;
        region.possible |= atlas().find(code)->possible;
    }
    return where.negated ? atlas().complement(region) : region;
}
PurposeSet purposes_of(const std::set<int>& purposes) {
    PurposeSet set = 0;
    for (const int purpose : purposes) set = static_cast<PurposeSet>(set | bit(static_cast<Purpose>(purpose)));
    return set;
}
const ClassTree& tree() {
    static const ClassTree classes = builtin_classes();
    return classes;
}

Rule compiled(const Written& written) {
    Rule rule;
    rule.id = written.id;
    rule.permit = written.permit;
    rule.form = written.form;
    const ClassId data = *tree().find(written.data);
    rule.named = {data};
    rule.data = written.permit ? tree().reached_by(data) : tree().bound_by(data);
    rule.from = region_of(written.from);
    rule.to.anywhere = written.anywhere;
    rule.to.names_location = written.to_location.has_value();
    rule.to.names_operator = written.to_operator.has_value();
    if (written.to_location) rule.to.location = region_of(*written.to_location);
    if (written.to_operator) rule.to.operator_law = region_of(*written.to_operator);
    rule.purposes = purposes_of(written.purposes);
    if (written.with) rule.with = MaskSpec{*written.with};
    rule.key = written.key;
    rule.on_refuse = written.on_refuse;
    rule.valid_from = written.valid_from;
    rule.valid_to = written.valid_to;
    return rule;
}

Standing standing_of(const Stand& stand) {
    Standing standing = Standing::unknown(atlas());
    if (stand.location) {
        standing.location = set_of(*stand.location);
        standing.location_known = true;
    }
    if (stand.operators) {
        for (const auto& [name, law] : *stand.operators) standing.operators.push_back({name, set_of(law)});
        standing.operator_known = true;
    }
    return standing;
}

// --- chance --------------------------------------------------------------------------------------

class Dice {
  public:
    explicit Dice(unsigned seed) : engine_(seed) {}
    int below(int n) { return std::uniform_int_distribution<int>(0, n - 1)(engine_); }
    bool one_in(int n) { return below(n) == 0; }
    template <class List>
    auto pick(const List& list) {
        return *std::next(list.begin(), below(static_cast<int>(list.size())));
    }
    template <class List>
    void shuffle(List& list) { std::shuffle(list.begin(), list.end(), engine_); }

    Where where() {
        Where where{one_in(4), {pick(members).first}};
        if (one_in(3)) where.codes.push_back(pick(members).first);
        return where;
    }
    std::set<int> purposes() {
        if (!one_in(4)) return {0, 1, 2, 3, 4};
        return {below(5), below(5)};
    }
    Written rule(int number, bool permit) {
        Written rule{"r" + std::to_string(number), permit,
                     static_cast<Form>(permit ? 1 + below(3) : below(3)), pick(data_words), where(), one_in(12),
                     {}, {}, purposes(), {}, {}, {}, one_in(8) ? 5 : 0, one_in(8) ? 6 : 10};
        // Rules about nowhere near the crossing test little: most start from the EEA or all but China.
        if (!one_in(3)) rule.from = one_in(2) ? Where{false, {"EEA"}} : Where{true, {"CN"}};
        if (!one_in(4)) rule.to_location = where();
        if (!rule.to_location || !one_in(4)) rule.to_operator = one_in(2) && rule.to_location ? *rule.to_location : where();
        const std::vector<MaskSpec::Kind> kinds{MaskSpec::Kind::redact, MaskSpec::Kind::crypto_hash,
                                                MaskSpec::Kind::crypto_deterministic};
        if (rule.form == Form::mask && one_in(2)) rule.with = pick(kinds);
        if (rule.form == Form::seal && one_in(2)) rule.key = pick(places).substr(0, 2);
        if (!permit && one_in(2)) rule.on_refuse = one_in(2) ? OnRefuse::hold : OnRefuse::cut;
        return rule;
    }
    std::set<Word> some_places() {
        std::set<Word> some{pick(places)};
        if (one_in(5)) some.insert(pick(places));
        return some;
    }
    Stand stand(bool near_home) {
        Stand stand;
        if (!one_in(6)) stand.location = near_home ? std::set<Word>{one_in(2) ? "DE" : "FR"} : some_places();
        if (one_in(6)) return stand;
        stand.operators.emplace();
        do stand.operators->push_back({pick(std::vector<Word>{"", "A", "B"}), some_places()});
        while (one_in(3));
        if (near_home) stand.operators->front().second = {"DE"};
        return stand;
    }
    Trip trip() {
        Trip trip{stand(!one_in(3)), stand(one_in(4)), {}, one_in(2) ? std::set<int>{below(5)} : purposes(),
                  one_in(10), below(10), one_in(2) ? OnRefuse::hold : OnRefuse::cut};
        while (!one_in(3)) trip.carries.insert(pick(data_words));
        return trip;
    }

  private:
    std::mt19937 engine_;
};

struct Scene {
    Trip trip;
    Standing from, to;
    std::vector<BindingLaw> laws;
    Crossing crossing;

    explicit Scene(Dice& dice)
        : trip(dice.trip()), from(standing_of(trip.from)), to(standing_of(trip.to)), laws(binding_laws(atlas(), from)) {
        crossing.laws = laws;
        crossing.from = &from;
        for (const auto& word : trip.carries) crossing.may_carry.add(*tree().find(word));
        crossing.purposes = purposes_of(trip.purposes);
        crossing.limits_alone = trip.limits_alone;
        crossing.instant = trip.day;
        crossing.on_refuse = trip.unless_said;
    }
    Scene(const Scene&) = delete;
};

std::vector<Written> written_rules(Dice& dice, int most) {
    std::vector<Written> rules;
    for (int i = dice.below(most); i >= 0; --i) rules.push_back(dice.rule(i, !dice.one_in(3)));
    return rules;
}
Policy policy_of(const std::vector<Written>& written) {
    std::vector<Rule> rules;
    for (const auto& rule : written) rules.push_back(compiled(rule));
    return Policy(atlas(), tree(), rules);
}
Word id_of(const Policy& policy, RuleIndex rule) { return rule == no_rule ? "" : policy.rule(rule).id; }

}  // namespace

TEST_CASE("the evaluator agrees with one written from the design", "[policy]") {
    Dice dice(20261124);
    std::map<Form, int> seen;
    for (int round = 0; round < 6000; ++round) {
        const auto written = written_rules(dice, 12);
        const Policy policy = policy_of(written);
        const Scene scene(dice);
        for (const auto& word : data_words) {
            const Outcome expected = slowly(written, scene.trip, word);
            const Cell cell = policy.judge(scene.crossing, scene.to, *tree().find(word));
            INFO("round " << round << ", " << word);
            REQUIRE(to_string(cell.form) == to_string(expected.form));
            REQUIRE(cell.at_home == expected.home);
            if (expected.causes.empty()) REQUIRE(cell.rule == no_rule);
            else REQUIRE(expected.causes.count(id_of(policy, cell.rule)) == 1);
            if (cell.form == Form::mask) REQUIRE(to_string(cell.with.kind) == to_string(expected.with));
            if (cell.form == Form::refuse) REQUIRE((cell.on_refuse == expected.on_refuse));
            if (cell.form == Form::seal) {
                REQUIRE((cell.key_rule == no_rule) == expected.keys.empty());
                if (cell.key_rule != no_rule) REQUIRE(expected.keys.count(*policy.rule(cell.key_rule).key) == 1);
            }
            ++seen[cell.form];
        }
    }
    for (const auto form : {Form::refuse, Form::seal, Form::mask, Form::clear}) CHECK(seen[form] > 500);
}

TEST_CASE("order never matters, and all classes at once are the same as each alone", "[policy]") {
    Dice dice(7);
    for (int round = 0; round < 2000; ++round) {
        auto written = written_rules(dice, 12);
        const Policy policy = policy_of(written);
        dice.shuffle(written);
        const Policy shuffled = policy_of(written);
        const Scene scene(dice);
        const auto together =
            judge_all(policy, scene.crossing, {&scene.to, every_form}, tree().all());
        tree().all().each([&](ClassId data) {
            const Cell a = policy.judge(scene.crossing, scene.to, data);
            const Cell b = shuffled.judge(scene.crossing, scene.to, data);
            const Cell& c = together.cells[static_cast<unsigned>(data)];
            INFO("round " << round << ", " << tree().name(data));
            REQUIRE((a.form == b.form && a.law == b.law && a.with == b.with && a.on_refuse == b.on_refuse));
            REQUIRE(id_of(policy, a.rule) == id_of(shuffled, b.rule));
            REQUIRE(id_of(policy, a.key_rule) == id_of(shuffled, b.key_rule));
            REQUIRE((a.form == c.form && a.law == c.law && a.with == c.with && a.on_refuse == c.on_refuse &&
                     a.rule == c.rule && a.key_rule == c.key_rule && a.at_home == c.at_home));
        });
    }
}

TEST_CASE("a limit more never loosens, a permit more never tightens", "[policy]") {
    Dice dice(99);
    int tightened = 0, loosened = 0;
    for (int round = 0; round < 3000; ++round) {
        auto written = written_rules(dice, 8);
        const Policy before = policy_of(written);
        const bool permit = dice.one_in(2);
        written.push_back(dice.rule(99, permit));
        const Policy after = policy_of(written);
        const Scene scene(dice);
        for (const auto& word : data_words) {
            const auto data = *tree().find(word);
            const Form was = before.judge(scene.crossing, scene.to, data).form;
            const Form is = after.judge(scene.crossing, scene.to, data).form;
            INFO("round " << round << ", " << word);
            if (permit) REQUIRE(is >= was);
            else REQUIRE(is <= was);
            tightened += is < was;
            loosened += is > was;
        }
    }
    CHECK(tightened > 100);
    CHECK(loosened > 30);
}
