#include "proxy/checkpoint.hpp"

#include <algorithm>

#include "proxy/ruling_memo.hpp"

namespace bordergate {

namespace {

constexpr ClassSet plain_only{ClassTree::plain};

bool may_be_cut(const Judgement& judgement, ClassSet refused) {
    bool cut = true;
    refused.each([&](ClassId id) {
        const auto& cell = judgement.cells[static_cast<unsigned>(id)];
        cut = cut && cell.on_refuse == OnRefuse::cut;
    });
    return cut;
}

/// Where a destination stands, in words.
std::string describe(const Atlas& atlas, const Standing& standing) {
    const std::string location = standing.location_known ? atlas.describe(standing.location) : "unknown";
    std::string operators = standing.operator_known ? "" : "unknown";
    for (const auto& party : standing.operators) (operators += operators.empty() ? "" : ", ") += atlas.describe(party.law);
    return "location " + location + ", operator " + operators;
}

}  // namespace

bool is_plain_fetch(const Findings& request, BodyOutlook body) { return !body.present() && (request.classes - plain_only).empty(); }

bool matches_glob(std::string_view glob, std::string_view model) {
    const auto star = glob.find('*');
    if (star == std::string_view::npos) return glob == model;
    if (!model.starts_with(glob.substr(0, star))) return false;
    model.remove_prefix(star);
    glob.remove_prefix(star + 1);
    if (glob.empty()) return true;
    for (std::size_t skip = 0; skip <= model.size(); ++skip)
        if (matches_glob(glob, model.substr(skip))) return true;
    return false;
}

bool serves_model(const Destination& destination, std::string_view model) {
    return destination.models.empty() ||
           std::any_of(destination.models.begin(), destination.models.end(), [model](const auto& glob) { return matches_glob(glob, model); });
}

Checkpoint::Checkpoint(const Snapshot& snapshot, const Source& source, const Route* route,
                       std::vector<const Destination*> candidates, ClassSet detectable,
                       const DialectEndpoint* endpoint, std::int64_t instant, PurposeSet purposes)
    : snapshot_(snapshot),
      source_(source),
      route_(route),
      candidates_(std::move(candidates)),
      issuer_(candidates_.front()),
      declared_(source.declares),
      detectable_(detectable),
      endpoint_(endpoint),
      purposes_(purposes),
      instant_(instant) {
    if (route) {
        declared_ |= route->declares;
        for (const auto& field : route->fields) field_classes_ |= field.data;
    }
    // An operation that can only serve one purpose fixes it, if the source has that purpose at all.
    if (endpoint_ && endpoint_->inference && (purposes_ & bit(endpoint_->purpose)) != 0)
        purposes_ = bit(endpoint_->purpose);
}

Crossing Checkpoint::request_crossing() const {
    Crossing crossing;
    crossing.laws = source_.laws;
    crossing.from = &source_.standing;
    crossing.may_carry = source_.carries | declared_ | field_classes_ | detectable_;
    crossing.purposes = purposes_;
    if (stream_) crossing.on_refuse = OnRefuse::cut;
    crossing.instant = instant_;
    return crossing;
}

Judgement Checkpoint::judge(const Destination& destination, ClassSet classes) const {
    Candidate candidate{&destination.standing, destination.accepts};
    Judgement judgement = judge_all(snapshot_.policy, request_crossing(), candidate, classes);
    // A body can be sealed as a whole, but not masked: nothing of it would be left.
    (whole_ & judgement.masked).each([&](ClassId id) {
        Cell& cell = judgement.cells[static_cast<unsigned>(id)];
        cell.form = Form::refuse;
        cell.not_accepted = true;
    });
    if (whole_.meets(judgement.masked)) judgement.sort(classes);
    return judgement;
}

bool Checkpoint::leaves_standing(const Destination& destination) const {
    return !(destination.standing == source_.standing);
}

bool Checkpoint::body_chooses() const {
    return endpoint_ && !endpoint_->model_path.empty() &&
           std::any_of(candidates_.begin(), candidates_.end(), [](auto* one) { return !one->models.empty(); });
}

Fault Checkpoint::refusal(const Destination& destination, ClassSet classes) const {
    const auto judgement = judge(destination, classes);
    const auto refused = judgement.refused & classes;
    ClassId worst = ClassTree::plain;
    bool any = false;
    refused.each([&](ClassId id) { worst = any ? worst : id; any = true; });
    const Cell cell = snapshot_.policy.judge(request_crossing(), destination.standing, worst);
    const std::string where = (destination.id.empty() ? destination.host : destination.id) + " (" + describe(*snapshot_.atlas, destination.standing) + ")";
    const std::string what = snapshot_.classes.list(refused, ", ");
    Fault made;
    if (worst == ClassTree::opaque && cell.rule == no_rule) {
        made = fault(Code::opaque_refused, "the message holds parts that cannot be inspected, and no permit lets them reach " + where);
    } else if (cell.form != Form::refuse) {
        const bool whole = cell.form == Form::mask && whole_.has(worst);
        made = fault(Code::form_not_accepted, what + " may reach " + where + " only as '" + std::string(to_string(cell.form)) +
                                                  (whole ? "', which a body as a whole cannot be: declare its fields instead" : "', which it does not accept"));
    } else if (cell.rule == no_rule) {
        const std::string law = cell.law == no_law ? "an unknown law" : snapshot_.atlas->laws()[cell.law].id;
        made = fault(Code::no_permit, "no permit under " + law + " lets " + what + " reach " + where);
    } else {
        made = fault(Code::limited, "a limit forbids " + what + " to reach " + where);
    }
    if (cell.rule != no_rule) {
        const auto& rule = snapshot_.policy.rule(cell.rule);
        made.rule = rule.id;
        if (!rule.cite.empty()) made.cite = rule.cite.front();
    }
    return made;
}

Result<Ruling> Checkpoint::choose(std::span<const Destination* const> candidates, ClassSet certain, bool signed_blocks) const {
    Ruling ruling;
    ruling.asked = candidates.front();
    const auto classes_for = [&](const Destination* one) {
        ClassSet classes = certain;
        if (signed_blocks && one != issuer_) classes.add(ClassTree::opaque);
        return classes;
    };
    for (const auto* one : candidates) {
        ruling.classes = classes_for(one);
        ruling.judgement = judge(*one, ruling.classes);
        if (!ruling.judgement.refused.empty()) continue;
        ruling.destination = one;
        if (one != ruling.asked) ruling.reroute = refusal(*ruling.asked, classes_for(ruling.asked));
        ruling.plan = plan_for(ruling.judgement, ruling.classes, false);
        return ruling;
    }
    return refusal(*ruling.asked, classes_for(ruling.asked));
}

RulingQuestion Checkpoint::question() const {
    RulingQuestion asked;
    asked.serial = snapshot_.serial.number();
    asked.source = &source_;
    asked.route = route_;
    asked.endpoint = endpoint_;
    asked.detectable = detectable_;
    asked.purposes = purposes_;
    asked.instant = instant_;
    return asked;
}

Result<Ruling> Checkpoint::at_head(const Findings& head, BodyOutlook body) {
    whole_ = whole_classes(body.kind, declared_);
    stream_ = body.stream;
    RulingQuestion asked = question();
    asked.found = head.classes;
    asked.body = body.kind;
    asked.stream = body.stream;
    const bool lasting = name_candidates(asked, candidates_);
    auto& memo = RulingMemo::mine();
    if (lasting)
        if (const auto* known = memo.find(asked)) return *known;
    auto ruling = judge_head(head.classes, body);
    if (lasting && ruling.has_value()) memo.keep(asked, *ruling);
    return ruling;
}

Result<Ruling> Checkpoint::judge_head(ClassSet found, BodyOutlook body) const {
    ClassSet certain = declared_ | found;
    if (body.kind == BodyKind::opaque) certain.add(ClassTree::opaque);
    if (certain.empty()) certain = plain_only;
    // Nothing that is already certain may be lawful nowhere: then the body need not even be read.
    auto known = choose(candidates_, certain);
    if (known.has_error()) return known;
    ClassSet could = certain | declared_ | plain_only;
    could.add(ClassTree::opaque);
    if (body.kind != BodyKind::opaque) could |= detectable_ | field_classes_;
    // A stream does not wait for what it may hold: it goes to the first that is lawful for what is certain.
    const Destination& first = stream_ ? *known->destination : *candidates_.front();
    Ruling ruling;
    ruling.asked = candidates_.front();
    if (&first != ruling.asked) ruling.reroute = known->reroute;
    ruling.judgement = judge(first, could);
    ruling.classes = could;
    ruling.plan = plan_for(ruling.judgement, could, body.present() && body_chooses());
    if (ruling.plan == Plan::pass || (ruling.plan == Plan::rewrite && body.present())) {
        ruling.destination = &first;
        return ruling;
    }
    // Without a body the head was all; from one that cannot be read nothing more can be learnt.
    if (!body.present() || (body.kind == BodyKind::opaque && !body_chooses())) return known;
    if (!body_chooses() && candidates_.size() == 1 && may_be_cut(ruling.judgement, ruling.judgement.refused & could)) {
        ruling.plan = Plan::rewrite;
        ruling.destination = &first;
    }
    return ruling;
}

Result<Ruling> Checkpoint::after_reading(const Findings& message) const {
    ClassSet certain = declared_ | message.classes;
    if (certain.empty()) certain = plain_only;
    if (!body_chooses()) return choose(candidates_, certain, message.signed_blocks);
    std::vector<const Destination*> serving;
    for (const auto* one : candidates_)
        if (serves_model(*one, message.model)) serving.push_back(one);
    if (serving.empty()) {
        if (message.model.empty()) return fault(Code::model_not_served, "the request names no model");
        return fault(Code::model_not_served, "no destination of this route serves the model it names");
    }
    return choose(serving, certain, message.signed_blocks);
}

Result<Ruling> Checkpoint::response(const Destination& destination, bool plain_fetch) const {
    RulingQuestion asked = question();
    asked.answer = true;
    asked.plain_fetch = plain_fetch;
    const Destination* from = &destination;
    const bool lasting = name_candidates(asked, {&from, 1});
    auto& memo = RulingMemo::mine();
    if (lasting)
        if (const auto* known = memo.find(asked)) return *known;
    auto ruling = judge_response(destination, plain_fetch);
    if (lasting && ruling.has_value()) memo.keep(asked, *ruling);
    return ruling;
}

Result<Ruling> Checkpoint::judge_response(const Destination& destination, bool plain_fetch) const {
    Crossing crossing;
    crossing.laws = destination.laws;
    crossing.from = &destination.standing;
    crossing.may_carry = snapshot_.classes.all();
    crossing.purposes = purposes_;
    // The two exceptions of the design: the answer to an inference call at a declared model, and what an
    // undeclared public host answers to a plain request without a body.
    const bool inference = endpoint_ && endpoint_->inference && destination.kind == DestinationKind::model;
    crossing.limits_alone = inference || (plain_fetch && destination.id.empty());
    crossing.on_refuse = inference ? OnRefuse::hold : OnRefuse::cut;  // bulk pulls are too long to hold
    crossing.instant = instant_;
    ClassSet could = detectable_ | plain_only;
    could.add(ClassTree::opaque);
    Ruling ruling;
    ruling.destination = ruling.asked = &destination;
    ruling.classes = could;
    const Candidate home{&source_.standing, every_form};
    const Candidate node{&snapshot_.node, every_form};
    ruling.judgement = judge_all(snapshot_.policy, crossing, home, could);
    const auto here = judge_all(snapshot_.policy, crossing, node, could);
    could.each([&](ClassId id) {
        const auto index = static_cast<unsigned>(id);
        if (here.cells[index].form < ruling.judgement.cells[index].form) ruling.judgement.cells[index] = here.cells[index];
    });
    ruling.judgement.sort(could);
    if (ruling.judgement.refused.has(ClassTree::plain)) {
        Fault refused = fault(Code::response_refused, "what " + (destination.id.empty() ? destination.host : destination.id) + " answers may not come back to source " + source_.id);
        const auto& cell = ruling.judgement.cells[static_cast<unsigned>(ClassTree::plain)];
        if (cell.rule != no_rule) refused.rule = snapshot_.policy.rule(cell.rule).id;
        return refused;
    }
    ruling.plan = plan_for(ruling.judgement, could, false);
    return ruling;
}

}  // namespace bordergate
