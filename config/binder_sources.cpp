// Classes of the operator's own, sources.
#include <algorithm>
#include <array>

#include "config/binder.hpp"
#include "config/binding.hpp"

namespace bordergate {

namespace {

struct OwnClass {
    YAML::Node name, about;
};

/// Adds `own` if its parent is there already; false if it must wait for it.
bool add_class(ClassTree& classes, const OwnClass& own, Report& report) {
    std::optional<ClassId> parent;
    if (const auto under = own.about["under"]) {
        parent = classes.find(under.Scalar());
        if (!parent) return false;
    }
    const auto& name = own.name.Scalar();
    if (classes.find(name))
        report.error(own.name.Mark(), "the class " + in_quotes(name) + " is built in",
                     "give it another name");
    else if (!classes.add(name, parent, is_set(own.about["special"])))
        report.error(own.name.Mark(), "there are more than 64 classes, the built-in ones included");
    return true;
}

}  // namespace

void Binder::classes(const YAML::Node& root) {
    std::vector<OwnClass> waiting;
    if (const auto own = root["classes"])
        for (const auto& entry : own) waiting.push_back({entry.first, entry.second});
    // A class may be written before its parent.
    for (std::size_t before = waiting.size() + 1; waiting.size() < before;) {
        before = waiting.size();
        std::erase_if(waiting,
                      [&](const auto& one) { return add_class(snapshot.classes, one, report); });
    }
    for (const auto& one : waiting)
        report.error(one.about["under"].Mark(),
                     "the class " + in_quotes(one.name.Scalar()) +
                         " is under itself, or under one that is not sound");
}

SourceLimits Binder::source_limits(const YAML::Node& node) {
    SourceLimits limits;
    if (const auto rate = node["rate"]) {
        if (rate.IsScalar()) {
            limits.rate = parse_rate(rate.Scalar());
        } else {
            const auto requests = rate["requests"].as<std::uint64_t>();
            limits.rate = RateLimit{requests, *parse_duration(rate["per"].Scalar()), requests};
        }
        if (node["burst"]) limits.rate->burst = node["burst"].as<std::uint64_t>();
    } else if (node["burst"]) {
        report.error(node["burst"].Mark(), "a burst without a rate bounds nothing", "add rate: 100/s");
    }
    if (node["concurrent"]) limits.concurrent = node["concurrent"].as<std::uint64_t>();
    return limits;
}

JwtMatch Binder::jwt(const YAML::Node& node) {
    JwtMatch match;
    match.issuer = node["issuer"].Scalar();
    match.audience = node["audience"].Scalar();
    const auto time = [](const YAML::Node& text, auto& value) {
        if (text) value = std::chrono::ceil<std::decay_t<decltype(value)>>(*parse_duration(text.Scalar()));
    };
    const auto keys = node["jwks"];
    if (keys["file"]) match.keys.file = public_file(keys["file"]);
    if (const auto url = keys["url"]) {
        match.keys.url = url.Scalar();
        if (!match.keys.url.starts_with("https://"))
            report.error(url.Mark(), "whoever can change an answer in clear could name keys of their own",
                         "use https://");
    }
    if (keys["ca"]) match.keys.ca = public_file(keys["ca"]);
    if (keys["ca"] && !keys["url"]) report.error(keys["ca"].Mark(), "ca is for a url");
    time(keys["refresh"], match.keys.refresh);
    time(keys["timeout"], match.keys.timeout);
    time(keys["deadline"], match.keys.deadline);
    if (match.keys.url.size() && match.keys.deadline < match.keys.refresh)
        report.error(keys.Mark(), "the keys' deadline passes before they are fetched anew",
                     "make deadline longer than refresh");
    for (const auto& word : node["algorithms"]) {
        static constexpr std::array names{"ES256", "ES384", "ES512", "RS256", "RS384",
                                          "RS512", "PS256", "PS384", "PS512", "EdDSA"};
        const auto found = std::find(names.begin(), names.end(), word.Scalar());
        if (found != names.end()) match.algorithms.push_back(static_cast<JwtAlgorithm>(found - names.begin()));
    }
    if (node["claims"])
        for (const auto& claim : node["claims"]) {
            auto& [name, values] = match.claims.emplace_back(claim.first.Scalar(), std::vector<std::string>{});
            each_word(claim.second, [&values = values](const YAML::Node& value) { values.push_back(value.Scalar()); });
        }
    time(node["leeway"], match.leeway);
    return match;
}

void Binder::sources(const YAML::Node& root) {
    const auto list = root["sources"];
    if (!list) return;
    for (const auto& node : list) {
        Source source;
        source.id = node["id"].Scalar();
        const auto match = node["match"];
        if (match["api_key"]) api_key(match["api_key"]["sha256"], source.match);
        if (match["networks"])
            for (const auto& network : match["networks"])
                source.match.networks.push_back(*parse_network(network.Scalar()));
        if (match["spiffe_id"]) source.match.spiffe_id = match["spiffe_id"].Scalar();
        if (match["jwt"]) source.match.jwt = jwt(match["jwt"]);
        if (match["subject"]) source.match.subject = match["subject"].Scalar();
        source.standing = standing(node["standing"]);
        source.tenant = node["tenant"] ? node["tenant"].Scalar() : source.id;
        source.purposes = purposes(node["purposes"]);
        source.carries = class_set(node["carries"]);
        source.declares = class_set(node["declares"]);
        if (node["limits"]) source.limits = source_limits(node["limits"]);
        source.laws = binding_laws(*snapshot.atlas, source.standing);
        snapshot.sources.push_back(std::move(source));
    }
}

}  // namespace bordergate
