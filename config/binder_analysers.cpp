// External analysers. What is sent to one is disclosed to it: it must stand with the node, or the file is refused.
#include <algorithm>

#include "config/analysed_entities.hpp"
#include "config/binder.hpp"

namespace bordergate {

/// The entities it is asked for, each with its class.
void Binder::analysed(const YAML::Node& node, Analyser& analyser) {
    const auto& known = known_entities();
    const auto usual = [&](const KnownEntity& one) { analyser.entities.push_back({one.entity, snapshot.classes.find(one.data).value_or(ClassTree::opaque)}); };
    if (!node) {
        for (const auto& one : known)
            if (one.is_default) usual(one);
    } else if (node.IsMap()) {
        for (const auto& pair : node) analyser.entities.push_back({pair.first.Scalar(), class_id(pair.second)});
    } else {
        std::vector<std::string> names;
        for (const auto& one : known) names.push_back(one.entity);
        for (const auto& word : node) {
            const auto found = std::find_if(known.begin(), known.end(), [&](const auto& one) { return one.entity == word.Scalar(); });
            if (found == known.end())
                report.error(word.Mark(), "the entity " + in_quotes(word.Scalar()) + " has no usual class; write entities: {" + word.Scalar() + ": CLASS}", suggest(word.Scalar(), names));
            else
                usual(*found);
        }
    }
}

/// Without a standing of its own it is the node's, if only this machine can be meant.
void Binder::standing_of(const YAML::Node& node, Analyser& analyser) {
    const auto declared = node["standing"];
    const std::string whose = "analyser " + analyser.at.id;
    if (!declared) {
        analyser.at.standing = snapshot.node;
        if (!is_loopback(analyser.at.host))
            report.error(node["url"].Mark(), whose + " has no standing, and would be sent texts in clear", "say where it stands and who operates it: standing: {location: …, operator: …}");
        return;
    }
    analyser.at.standing = standing(declared);
    if (!stands_with(snapshot.node, analyser.at.standing))
        report.error(declared.Mark(), whose + " does not stand with this node: what it is sent in clear would reach a place, or somebody, that the node's own standing does not name",
                     "use one that stands where node: says, under the same operator");
}

Analyser Binder::analyser(const YAML::Node& node) {
    Analyser made;
    auto& at = made.at;
    at.id = node["id"].Scalar();
    auto url = *parse_url(node["url"].Scalar());
    at.tls = url.tls;
    at.host = std::move(url.host);
    at.port = url.port;
    at.base_path = std::move(url.path);
    at.protocols = {true, false};
    at.allow_private_address = true;  // its standing says that it is at home
    standing_of(node, made);
    analysed(node["entities"], made);
    if (node["language"]) made.language = node["language"].Scalar();
    constexpr float percent = 0.01F;
    if (node["threshold"]) made.threshold = node["threshold"].as<float>() * percent;
    if (node["deadline"]) made.deadline = std::chrono::ceil<std::chrono::milliseconds>(*parse_duration(node["deadline"].Scalar()));
    if (node["max_text"]) made.max_text = *parse_size(node["max_text"].Scalar());
    if (node["batch"]) made.batch = node["batch"].as<std::size_t>();
    auto& pool = at.upstream.pool;
    pool.connections = 16;
    if (node["connections"]) pool.connections = node["connections"].as<std::size_t>();
    pool.idle = pool.connections;
    pool.wait = made.deadline;
    at.upstream.passive.failures = 0;
    if (node["ca"]) {
        at.upstream_tls.ca = public_file(node["ca"]);
        if (!at.tls) report.error(node["ca"].Mark(), "analyser " + at.id + " has a ca and an http:// URL", "use https://");
    }
    if (node["credential"]) credential(node["credential"], at);
    if (!at.tls && !is_loopback(at.host)) report.warning(node["url"].Mark(), "texts go to analyser " + at.id + " over the network in clear", "use https://");
    return made;
}

void Binder::analysers(const YAML::Node& root) {
    const auto list = root["analysers"];
    if (!list) return;
    for (const auto& node : list) snapshot.analysers.push_back(analyser(node));
}

}  // namespace bordergate
