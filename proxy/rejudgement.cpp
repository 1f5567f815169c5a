#include "proxy/rejudgement.hpp"

#include <algorithm>

#include "proxy/worker.hpp"

namespace bordergate {

namespace {

template <class List>
const auto* by_id(const List& list, const std::string& id) {
    const auto found = std::find_if(list.begin(), list.end(), [&id](const auto& one) { return one.id == id; });
    return found == list.end() ? nullptr : &*found;
}

Fault changed(std::string detail) { return fault(Code::policy_changed, std::move(detail)); }

/// Ids of classes are of a snapshot: the same classes in the other one, by their names. False if one is gone.
bool translate(ClassSet classes, const ClassTree& from, const ClassTree& to, ClassSet& translated) {
    bool all = true;
    classes.each([&](ClassId id) {
        const auto there = to.find(from.name(id));
        if (there)
            translated.add(*there);
        else
            all = false;
    });
    return all;
}

/// True if some class has a lower form by `now` than it has by `before`.
bool is_stricter(const Ruling& now, const ClassTree& classes_now, const Ruling& before, const ClassTree& classes_before) {
    bool stricter = false;
    before.classes.each([&](ClassId id) {
        const auto there = classes_now.find(classes_before.name(id));
        if (!there || !now.classes.has(*there)) return;
        stricter = stricter || now.judgement.cells[static_cast<unsigned>(*there)].form < before.judgement.cells[static_cast<unsigned>(id)].form;
    });
    return stricter;
}

/// The same party at the same place: another one under its id was not judged for what is under way.
bool is_same(const Destination& a, const Destination& b) {
    return a.host == b.host && a.port == b.port && a.tls == b.tls && a.standing == b.standing;
}

}  // namespace

Rejudgement::Rejudgement(const Equipment& later, const Source& source, const Route* route, const Destination& destination)
    : later_(later), source_(by_id(later.snapshot->sources, source.id)) {
    if (source_ && !(source_->match == source.match && source_->standing == source.standing)) source_ = nullptr;
    if (route) {
        route_ = by_id(later.snapshot->routes, route->id);
        route_gone_ = !route_;
    }
    destination_ = destination.id.empty() ? &destination : by_id(later.snapshot->destinations, destination.id);
    if (destination_ && !is_same(*destination_, destination)) destination_ = nullptr;
    if (!route_ || !destination_) return;
    const auto& reachable = route_->destinations;
    route_gone_ = std::none_of(reachable.begin(), reachable.end(), [this](auto index) { return &later_.snapshot->destinations[index] == destination_; });
}

Status Rejudgement::allows(const Checkpoint& before, const DialectEndpoint* endpoint, const Findings& found, BodyOutlook body,
                           const Ruling& request, const Ruling& response) const {
    if (!source_ || !destination_ || route_gone_) return changed("its source, route or destination is no longer configured, or is another");
    const auto purposes = static_cast<PurposeSet>(before.purposes() & source_->purposes);
    if (purposes == 0) return changed("source " + source_->id + " no longer has this purpose");
    const ClassTree& classes = before.classes();
    const ClassTree& classes_now = later_.snapshot->classes;
    Findings known;
    if (!translate(found.classes, classes, classes_now, known.classes)) return changed("a class of what it carries is no longer configured");
    Checkpoint now(*later_.snapshot, *source_, route_, {destination_}, later_.detectable, endpoint, wall_clock_us() / 1'000'000, purposes);
    auto out = now.at_head(known, body);
    auto back = now.response(*destination_, is_plain_fetch(known, body));
    for (auto* ruling : {&out, &back}) {
        if (ruling->has_value()) continue;
        Fault failure = ruling->error();
        failure.code = Code::policy_changed;
        return failure;
    }
    if (is_stricter(*out, classes_now, request, classes) || is_stricter(*back, classes_now, response, classes))
        return changed("the rules that hold now allow less than those that it began under");
    return {};
}

}  // namespace bordergate
