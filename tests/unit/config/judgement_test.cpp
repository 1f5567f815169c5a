#include "config/judgement.hpp"

#include <catch2/catch.hpp>

#include "config/binding.hpp"

using namespace bordergate;

namespace {

const Atlas& atlas() { return Atlas::builtin(); }
Region region(std::string_view code) { return *atlas().find(code); }
Standing stands(std::string_view code, std::string name) {
    return {region(code).sure, true, {{std::move(name), region(code).sure}}, true};
}

// From Germany: contact data goes to the US masked, health sealed, nothing else at all.
struct Border {
    ClassTree classes = builtin_classes();
    ClassId contact = *classes.find("contact"), health = *classes.find("health");
    Standing source = stands("DE", "Klinikum"), us = stands("US", "OpenAI"), fr = stands("FR", "Mistral");
    std::vector<BindingLaw> laws = binding_laws(atlas(), source);
    Policy policy{atlas(), classes, {permit("masked", contact, Form::mask), permit("sealed", health, Form::seal)}};
    Crossing crossing;

    Border() {
        crossing.laws = laws;
        crossing.from = &source;
        crossing.may_carry = classes.all();
    }
    Rule permit(std::string id, ClassId data, Form form) const {
        Rule rule;
        rule.id = std::move(id);
        rule.permit = true;
        rule.form = form;
        rule.data = classes.reached_by(data);
        rule.from = region("EEA");
        rule.to.location = rule.to.operator_law = region("US");
        return rule;
    }
};

}  // namespace

TEST_CASE("classes are sorted by what may become of them", "[judgement]") {
    const Border border;
    const ClassSet could{border.contact, border.health, ClassTree::plain};
    const FormSet any = every_form;
    const auto us = judge_all(border.policy, border.crossing, {&border.us, any}, could);
    CHECK(us.masked == ClassSet{border.contact});
    CHECK(us.sealed == ClassSet{border.health});
    CHECK(us.refused == ClassSet{ClassTree::plain});
    CHECK(us.clear.empty());
    const auto home = judge_all(border.policy, border.crossing, {&border.fr, any}, could);
    CHECK(home.clear == could);
    CHECK(home.lowest(could).at_home);
}

TEST_CASE("a form that cannot be used is refused, and says which rule gave it", "[judgement]") {
    const Border border;
    const auto judged = judge_all(border.policy, border.crossing, {&border.us}, {border.health});
    const Cell& cell = judged.lowest({border.health});
    CHECK(judged.refused == ClassSet{border.health});
    CHECK(cell.form == Form::refuse);
    CHECK(cell.not_accepted);
    CHECK(border.policy.rule(cell.rule).id == "sealed");
    const auto nowhere = judge_all(border.policy, border.crossing, {nullptr}, {border.health});
    CHECK(nowhere.refused == ClassSet{border.health});
}

TEST_CASE("a field of several classes follows the lowest", "[judgement]") {
    const Border border;
    const ClassSet could{border.contact, border.health};
    auto judged = judge_all(border.policy, border.crossing, {&border.us, every_form}, could);
    CHECK(judged.lowest(could).form == Form::seal);
    CHECK(judged.lowest({border.contact}).form == Form::mask);
    CHECK(judged.lowest({}).form == Form::refuse);
    // Of two masks the one that hides more.
    auto& health = judged.cells[static_cast<unsigned>(border.health)];
    health.form = Form::mask;
    health.with.kind = MaskSpec::Kind::redact;
    CHECK(judged.lowest(could).with.kind == MaskSpec::Kind::redact);
}

TEST_CASE("the plan: pass, rewrite, hold", "[judgement]") {
    const Border border;
    const ClassSet could{border.contact, border.health};
    const auto us = judge_all(border.policy, border.crossing, {&border.us, every_form},
                              could | ClassSet{ClassTree::plain});
    const auto home = judge_all(border.policy, border.crossing, {&border.fr}, could);
    CHECK(plan_for(home, could, false) == Plan::pass);
    CHECK(plan_for(home, could, true) == Plan::hold);
    CHECK(plan_for(us, could, false) == Plan::rewrite);
    CHECK(plan_for(us, could | ClassSet{ClassTree::plain}, false) == Plan::hold);
    CHECK(plan_for(us, {}, false) == Plan::hold);
    CHECK(plan_for(home, could | ClassSet{ClassTree::opaque}, false) == Plan::hold);  // never judged

    Crossing streamed = border.crossing;
    streamed.on_refuse = OnRefuse::cut;
    const auto cut = judge_all(border.policy, streamed, {&border.us, every_form},
                               could | ClassSet{ClassTree::plain});
    CHECK(plan_for(cut, could | ClassSet{ClassTree::plain}, false) == Plan::rewrite);
}

TEST_CASE("the first lawful destination is taken, the others are not ranked", "[judgement]") {
    const Border border;
    const std::vector<Candidate> both{{&border.us}, {&border.fr}};
    const auto first = [&](ClassSet certain) {
        return first_lawful(border.policy, border.crossing, both, certain);
    };
    CHECK(first({border.contact}) == 0u);
    CHECK(first({border.contact, border.health}) == 1u);
    CHECK(first_lawful(border.policy, border.crossing, std::span(both).first(1), {border.health}) ==
          std::nullopt);
}
