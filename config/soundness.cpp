#include "config/soundness.hpp"

#include <algorithm>
#include <set>

#include "config/binder.hpp"

namespace bordergate {

namespace {

/// Where the element called `id` of a section stands.
YAML::Mark mark_of(const YAML::Node& root, const char* section, const std::string& id,
                   const char* member = "id") {
    for (const auto& item : root[section]) {
        const YAML::Node element = item;
        if (element["id"].Scalar() != id) continue;
        const auto found = element[member];
        return found ? found.Mark() : element.Mark();
    }
    return root[section].Mark();
}

std::string axis(const Atlas& atlas, bool known, const Places& places) {
    return known ? atlas.describe(places) : "unknown";
}

std::string describe(const Atlas& atlas, const Standing& standing) {
    return "location " + axis(atlas, standing.knows_location(), standing.location) + ", operator " +
           axis(atlas, standing.knows_operator(), standing.operator_law(atlas));
}

/// Why `cell` is not clear, in words: the law, and the rule if one decided.
std::string reason(const Snapshot& snapshot, const Cell& cell) {
    const std::string law =
        cell.law == no_law ? "an unknown law" : snapshot.atlas->laws()[cell.law].id;
    if (cell.rule == no_rule) return "under " + law + " no permit reaches it";
    const Rule& rule = snapshot.policy.rule(cell.rule);
    return "under " + law + " rule " + rule.id + " (line " + std::to_string(rule.line) +
           ") allows at most " + std::string(to_string(cell.form));
}

/// Receiving is a crossing to this node (design, section 2: the node has a standing too).
class NodeCheck {
  public:
    NodeCheck(const Snapshot& snapshot, const YAML::Node& root, std::int64_t now, Report& report)
        : snapshot_(snapshot), root_(root), now_(now), report_(report) {}

    void check() const {
        for (const auto& source : snapshot_.sources) {
            ClassSet carried = source.carries | source.declares;
            carried.add(ClassTree::plain);
            const auto where = mark_of(root_, "sources", source.id);
            each_forbidden(
                source, carried, [&](const std::string& what, const std::string& advice) {
                    report_.error(where, "source " + source.id + " may send " + what, advice);
                });
            for (const auto& route : snapshot_.routes) {
                ClassSet more = route.declares;
                for (const auto& field : route.fields) more |= field.data;
                each_forbidden(source, more - carried,
                               [&](const std::string& what, const std::string& advice) {
                                   report_.warning(mark_of(root_, "routes", route.id),
                                                   "on route " + route.id + " source " + source.id +
                                                       " may send " + what +
                                                       "; such messages are refused",
                                                   advice);
                               });
            }
        }
    }

  private:
    template <class Tell>
    void each_forbidden(const Source& source, ClassSet classes, Tell&& tell) const {
        Crossing crossing;
        crossing.laws = source.laws;
        crossing.from = &source.standing;
        crossing.may_carry = source.carries | source.declares;
        crossing.purposes = source.purposes;
        crossing.instant = now_;
        classes.each([&](ClassId id) {
            const Cell cell = snapshot_.policy.judge(crossing, snapshot_.node, id);
            if (cell.form == Form::clear) return;
            const std::string name(snapshot_.classes.name(id));
            tell(name + ", which may not stand in clear at this node (" +
                     describe(*snapshot_.atlas, snapshot_.node) + "): " + reason(snapshot_, cell),
                 "run bordergate where the data stands, or permit: clear for " + name +
                     " to the node");
        });
    }

    const Snapshot& snapshot_;
    const YAML::Node& root_;
    std::int64_t now_;
    Report& report_;
};

void check_conflicts(const Snapshot& snapshot, const YAML::Node& root, Report& report) {
    std::set<std::string> told;  // a rule in several slices of time conflicts several times
    for (const auto& one : conflicts(snapshot.policy))
        if (told.insert(one.what).second)
            report.error(mark_of(root, "rules", snapshot.policy.rule(one.b).id), one.what,
                         "rule " + snapshot.policy.rule(one.a).id + " stands on line " +
                             std::to_string(snapshot.policy.rule(one.a).line));
}

/// Where data that the configuration knows of stands, as a permit (sure) or a limit (any) sees it.
struct Origins {
    Places sure, any;
    bool unknown = false;  // a limit then binds, wherever it says

    explicit Origins(const Snapshot& snapshot) {
        for (const auto& source : snapshot.sources) add(source.laws);
        for (const auto& destination : snapshot.destinations) add(destination.laws);
        for (const auto& listener : snapshot.listeners)
            unknown |= listener.mode == Listener::Mode::forward;  // undeclared hosts answer too
    }
    void add(const std::vector<BindingLaw>& laws) {
        for (const auto& law : laws) {
            if (law.law == no_law) unknown = true;
            any |= law.place;
            if (!law.limits_only && law.law != no_law) sure |= law.place;
        }
    }
    bool meet(const Rule& rule) const {
        if (rule.permit) return rule.from.sure.meets(sure);
        return unknown || rule.from.possible.meets(any);
    }
};

/// The reason why no message can ever be matched by `rule`; empty if one could be.
std::string never(const Snapshot& snapshot, const Origins& origins, const Rule& rule,
                  std::int64_t now) {
    const auto nowhere = [&](bool named, const Region& region) {
        return named && (rule.permit ? region.sure : region.possible).empty();
    };
    if (rule.valid_to <= now) return "it has ended";
    if (nowhere(true, rule.from)) return "its \"from\" is no place at all";
    const auto& to = rule.to;
    const bool no_location = nowhere(to.names_location, to.location);
    const bool no_operator = nowhere(to.names_operator, to.operator_law);
    if (rule.permit ? no_location || no_operator
                    : (no_location || !to.names_location) && (no_operator || !to.names_operator))
        return "its \"to\" is no place at all";
    if (!origins.meet(rule)) return "no source and no destination stands in its \"from\"";
    const bool purpose =
        std::any_of(snapshot.sources.begin(), snapshot.sources.end(),
                    [&](const auto& one) { return (one.purposes & rule.purposes) != 0; });
    if (!purpose && !snapshot.sources.empty()) return "no source has one of its purposes";
    return {};
}

void check_matches(const Snapshot& snapshot, const YAML::Node& root, std::int64_t now,
                   Report& report) {
    const Origins origins(snapshot);
    std::set<std::string> alive;
    for (const auto& rule : snapshot.policy.rules())
        if (never(snapshot, origins, rule, now).empty()) alive.insert(rule.id);
    std::set<std::string> told;
    for (const auto& rule : snapshot.policy.rules())
        if (!alive.contains(rule.id) && told.insert(rule.id).second)
            report.warning(
                mark_of(root, "rules", rule.id),
                "rule " + rule.id + " can never match: " + never(snapshot, origins, rule, now));
}

/// True if `rule` hides values under a secret of the place where the source's data stands.
bool needs_own_key(const Rule& rule) {
    if (rule.form == Form::seal) return !rule.key;
    if (rule.form != Form::mask) return false;
    return rule.any_mask([](const MaskSpec& with) { return needs_key(with.kind); });
}

/// Without its key a message is refused when it comes; better to be told now. What a limit needs,
/// it may never need.
void check_keys(const Snapshot& snapshot, const YAML::Node& root, Report& report) {
    std::set<std::string> told;
    for (const auto& rule : snapshot.policy.rules()) {
        if (!needs_own_key(rule) || told.contains(rule.id)) continue;
        for (const auto& source : snapshot.sources) {
            const auto& place = source.standing.location;
            if (!source.standing.knows_location() || !place.only() ||
                !rule.from.possible.meets(place))
                continue;
            const auto code = snapshot.atlas->describe(place);
            if (snapshot.keys && is_folder(*snapshot.keys / code)) continue;
            told.insert(rule.id);
            const auto where = mark_of(root, "rules", rule.id, rule.permit ? "permit" : "limit");
            const auto folder = snapshot.keys ? snapshot.keys->string() : "./keys";
            const auto what = "rule " + rule.id + " needs a key of " + code + ", where source " +
                              source.id + " stands";
            const auto advice = (snapshot.keys ? "" : "add keys: {directory: ./keys}, then ") +
                                ("bordergate keys create " + code + " --directory " + folder);
            rule.permit ? report.error(where, what, advice) : report.warning(where, what, advice);
            break;
        }
    }
}

bool same_match(const SourceMatch& a, const SourceMatch& b) {
    const auto reference = [](const auto& one) {
        return one ? std::pair{static_cast<int>(one->kind), one->where}
                   : std::pair{-1, std::string{}};
    };
    const auto same_network = [](const Network& x, const Network& y) {
        return x.address == y.address && x.prefix == y.prefix;
    };
    return reference(a.api_key_sha256) == reference(b.api_key_sha256) &&
           a.api_key_sha256_literal == b.api_key_sha256_literal && a.spiffe_id == b.spiffe_id &&
           a.subject == b.subject && a.jwt == b.jwt &&
           std::equal(a.networks.begin(), a.networks.end(), b.networks.begin(), b.networks.end(),
                      same_network);
}

void check_sources(const Snapshot& snapshot, const YAML::Node& root, Report& report) {
    const auto& sources = snapshot.sources;
    const bool certificates =
        std::any_of(snapshot.listeners.begin(), snapshot.listeners.end(),
                    [](const auto& one) { return one.tls && one.tls->client_ca; });
    for (std::size_t i = 0; i < sources.size(); ++i) {
        const auto where = mark_of(root, "sources", sources[i].id, "match");
        for (std::size_t j = 0; j < i; ++j)
            if (same_match(sources[i].match, sources[j].match))
                report.error(where,
                             "source " + sources[i].id + " is recognised by the same as source " +
                                 sources[j].id,
                             "only the first would ever be");
        if (!certificates && (sources[i].match.spiffe_id || sources[i].match.subject))
            report.warning(where,
                           "source " + sources[i].id +
                               " can never be recognised: no listener asks for client certificates",
                           "add tls: {client_ca: FILE} to a listener");
    }
}

void check_routes(const Snapshot& snapshot, const YAML::Node& root, Report& report) {
    const auto& routes = snapshot.routes;
    const auto hides = [](const Route& early, const Route& late) {
        const bool methods = early.methods.empty() || early.methods == late.methods;
        const bool path = late.path == early.path ||
                          (late.path.starts_with(early.path) &&
                           (early.path.back() == '/' || late.path[early.path.size()] == '/'));
        return methods && path && (!early.host || early.host == late.host) &&
               (!early.listener || early.listener == late.listener);
    };
    for (std::size_t i = 0; i < routes.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            if (hides(routes[j], routes[i])) {
                report.warning(mark_of(root, "routes", routes[i].id),
                               "route " + routes[i].id + " is never reached: route " +
                                   routes[j].id + " comes first and takes all of it",
                               "put the narrower route first");
                break;
            }
    for (std::size_t i = 0; i < snapshot.listeners.size(); ++i) {
        const auto& listener = snapshot.listeners[i];
        const bool served = listener.mode == Listener::Mode::forward ||
                            std::any_of(routes.begin(), routes.end(), [&](const auto& one) {
                                return !one.listener || *one.listener == listener.name;
                            });
        if (!served)
            report.warning(
                root["listeners"][i].Mark(),
                "listener " + listener.name + " has no route: all it is sent is refused");
    }
}

}  // namespace

void check_soundness(const Snapshot& snapshot, const YAML::Node& root, std::int64_t now,
                     Report& report) {
    check_conflicts(snapshot, root, report);
    NodeCheck(snapshot, root, now, report).check();
    check_matches(snapshot, root, now, report);
    check_keys(snapshot, root, report);
    check_sources(snapshot, root, report);
    check_routes(snapshot, root, report);
}

}  // namespace bordergate
