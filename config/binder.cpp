#include "config/binder.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "config/binding.hpp"
#include "config/entities.hpp"
#include "config/yaml_formats.hpp"

namespace bordergate {

namespace {

template <class T>
void set_size(const YAML::Node& node, T& value) {
    if (node) value = parse_size(node.Scalar()).value_or(value);
}

void set_time(const YAML::Node& node, std::chrono::milliseconds& value) {
    if (node) value = std::chrono::ceil<std::chrono::milliseconds>(*parse_duration(node.Scalar()));
}

template <class T>
void set_number(const YAML::Node& node, T& value) {
    if (node) value = static_cast<T>(node.as<long long>());
}

void set_flag(const YAML::Node& node, bool& value) {
    if (node) value = node.Scalar() == "true";
}

}  // namespace

std::filesystem::path Binder::path(const YAML::Node& text) const {
    const std::filesystem::path given(text.Scalar());
    return given.is_absolute() ? given : (folder / given).lexically_normal();
}

SecretRef Binder::secret(const YAML::Node& text) {
    SecretRef reference = *parse_secret(text.Scalar());
    if (reference.kind == SecretRef::Kind::env) {
        if (!std::getenv(reference.where.c_str()))
            report.error(text.Mark(), "the variable " + reference.where + " is not set", "export it before starting bordergate");
        return reference;
    }
    const std::filesystem::path given(reference.where);
    if (given.is_relative()) reference.where = (folder / given).lexically_normal().string();
    struct stat status{};
    if (::stat(reference.where.c_str(), &status) != 0)
        report.error(text.Mark(), "the file " + reference.where + " cannot be found");
    else if ((status.st_mode & 077) != 0)
        report.error(text.Mark(), "the file " + reference.where + " can be read by others", "chmod 600 " + reference.where);
    return reference;
}

Region Binder::region(const YAML::Node& codes) {
    Region all;
    each_word(codes, [&](const YAML::Node& code) {
        if (code.Scalar() == "anywhere") {
            all.sure = all.possible = snapshot.atlas->everywhere();
            return;
        }
        const auto found = snapshot.atlas->find(code.Scalar());
        if (!found) {
            const auto nearest = snapshot.atlas->nearest(code.Scalar());
            report.error(code.Mark(), "\"" + code.Scalar() + "\" is no country, subdivision or group that is known",
                         nearest.empty() ? "codes are ISO 3166, such as DE or CA-QC" : "did you mean \"" + std::string(nearest) + "\"?");
            return;
        }
        all.sure |= found->sure;
        all.possible |= found->possible;
    });
    return all;
}

Standing Binder::standing(const YAML::Node& node) {
    Standing standing = Standing::unknown(*snapshot.atlas);
    if (const auto location = node["location"]) {
        standing.location = region(location).possible;
        standing.location_known = true;
    }
    const auto parties = node["operator"];
    if (!parties) return standing;
    standing.operator_known = true;
    if (parties.IsScalar()) {
        standing.operators.push_back({{}, region(parties).possible});
        return standing;
    }
    for (const auto& party : parties)
        standing.operators.push_back({party["name"].Scalar(), region(party["law"]).possible});
    if (standing.operators.empty()) report.error(parties.Mark(), "the list of operators is empty", "leave it out if the operator is not known");
    return standing;
}

std::optional<ClassId> Binder::class_id(const YAML::Node& word) {
    const auto found = snapshot.classes.find(word.Scalar());
    if (found) return found;
    std::vector<std::string_view> known;
    for (std::size_t i = 0; i < snapshot.classes.size(); ++i) known.push_back(snapshot.classes.name(static_cast<ClassId>(i)));
    report.error(word.Mark(), "no class is called \"" + word.Scalar() + "\"", suggest(word.Scalar(), known));
    return std::nullopt;
}

ClassSet Binder::class_set(const YAML::Node& node) {
    ClassSet set;
    if (!node) return set;
    each_word(node, [&](const YAML::Node& word) {
        if (const auto id = class_id(word)) set.add(*id);
    });
    return set;
}

std::optional<PurposeSet> Binder::purposes(const YAML::Node& node) {
    if (!node) return std::nullopt;
    static constexpr std::array<std::string_view, 5> names{"inference", "training", "fine_tuning", "retrieval", "evaluation"};
    PurposeSet set = 0;
    each_word(node, [&](const YAML::Node& word) {
        const auto found = std::find(names.begin(), names.end(), word.Scalar());
        if (found != names.end()) set = static_cast<PurposeSet>(set | 1U << (found - names.begin()));
    });
    return set;
}

void Binder::node_and_listeners(const YAML::Node& root) {
    char host[256] = "bordergate";
    ::gethostname(host, sizeof host - 1);
    snapshot.instance = root["instance"] ? root["instance"].Scalar() : host;
    set_number(root["workers"], snapshot.workers);
    snapshot.node = standing(root["node"]);
    for (const auto& node : root["listeners"]) {
        unique(snapshot.listeners, node["name"]);
        Listener listener;
        listener.name = node["name"].Scalar();
        listener.address = *parse_endpoint(node["address"].Scalar());
        listener.mode = node["mode"].Scalar() == "forward" ? Listener::Mode::forward : Listener::Mode::reverse;
        if (const auto tls = node["tls"]) {
            ServerTls settings;
            settings.certificate = path(tls["certificate"]);
            settings.key = secret(tls["key"]);
            if (tls["client_ca"]) settings.client_ca = path(tls["client_ca"]);
            set_flag(tls["require_client_certificate"], settings.require_client_certificate);
            listener.tls = std::move(settings);
        }
        snapshot.listeners.push_back(std::move(listener));
    }
    if (snapshot.listeners.empty()) report.error(root["listeners"].Mark(), "there is no listener");
    if (const auto admin = root["admin"]) {
        snapshot.admin = parse_endpoint(admin["address"].Scalar());
        if (!is_loopback(snapshot.admin->host))
            report.error(admin["address"].Mark(), "the admin listener is for loopback only", "use 127.0.0.1 and reach it through the machine itself");
    }
    if (root["keys"]) snapshot.keys = path(root["keys"]["directory"]);
}

void Binder::audit_and_bounds(const YAML::Node& root) {
    const auto audit = root["audit"];
    snapshot.audit.directory = path(audit["directory"]);
    if (const auto commit = audit["commit"]) {
        if (commit["interval"]) snapshot.audit.commit_interval = *parse_duration(commit["interval"].Scalar());
        set_number(commit["records"], snapshot.audit.commit_records);
    }
    set_size(audit["segment"], snapshot.audit.segment_bytes);
    set_size(audit["reserve"], snapshot.audit.reserve_bytes);
    set_flag(audit["write_behind_at_home"], snapshot.audit.write_behind_at_home);
    if (const auto limits = root["limits"]) {
        set_size(limits["head"], snapshot.limits.head_bytes);
        set_size(limits["held_body"], snapshot.limits.held_body_bytes);
        set_size(limits["hold_back"], snapshot.limits.hold_back_bytes);
        set_number(limits["connections"], snapshot.limits.connections);
        set_number(limits["json_depth"], snapshot.limits.json_depth);
        // A head is read into one buffer, and a rewrite needs room for the longest thing it looks for.
        if (snapshot.limits.head_bytes < 1024 || snapshot.limits.head_bytes > 64 * 1024)
            report.error(limits["head"].Mark(), "a head may be from 1KiB to 64KiB long");
        if (snapshot.limits.hold_back_bytes < 4096) report.error(limits["hold_back"].Mark(), "hold_back must be at least 4KiB");
    }
    if (const auto timeouts = root["timeouts"]) {
        auto& times = snapshot.timeouts;
        for (auto [key, value] : {std::pair{"head", &times.head}, {"idle", &times.idle}, {"body", &times.body}, {"connect", &times.connect},
                                  {"first_byte", &times.first_byte}, {"total", &times.total}, {"drain", &times.drain}})
            set_time(timeouts[key], *value);
    }
}

void Binder::classes(const YAML::Node& root) {
    if (const auto own = root["classes"]) {
        for (const auto& entry : own) {
            std::optional<ClassId> parent;
            if (entry.second["under"]) parent = class_id(entry.second["under"]);
            bool special = false;
            set_flag(entry.second["special"], special);
            if (!snapshot.classes.add(entry.first.Scalar(), parent, special))
                report.error(entry.first.Mark(), "the class \"" + entry.first.Scalar() + "\" exists already, or there are more than 64");
        }
    }
    if (const auto recognisers = root["recognisers"]) {
        for (const auto& node : recognisers) {
            RecogniserSetting setting;
            setting.entity = node["entity"].Scalar();
            set_flag(node["enabled"], setting.enabled);
            if (node["data"]) setting.data = class_id(node["data"]);
            snapshot.recognisers.push_back(std::move(setting));
        }
    }
}

void Binder::sources(const YAML::Node& root) {
    for (const auto& node : root["sources"]) {
        unique(snapshot.sources, node["id"]);
        Source source;
        source.id = node["id"].Scalar();
        const auto match = node["match"];
        if (const auto key = match["api_key"]) {
            const auto hash = key["sha256"];
            if (is_sha256_hex(hash.Scalar()))
                source.match.api_key_sha256_literal = hash.Scalar();
            else
                source.match.api_key_sha256 = secret(hash);
        }
        if (match["networks"])
            for (const auto& network : match["networks"]) source.match.networks.push_back(*parse_network(network.Scalar()));
        if (match["spiffe_id"]) source.match.spiffe_id = match["spiffe_id"].Scalar();
        if (match["subject"]) source.match.subject = match["subject"].Scalar();
        if (match.size() == 0) report.error(match.Mark(), "source " + source.id + " is recognised by nothing: everybody would be it", "give api_key, networks, spiffe_id or subject");
        source.standing = standing(node["standing"]);
        source.tenant = node["tenant"] ? node["tenant"].Scalar() : source.id;
        source.purposes = purposes(node["purposes"]).value_or(all_purposes);
        source.carries = class_set(node["carries"]);
        source.declares = class_set(node["declares"]);
        source.laws = binding_laws(*snapshot.atlas, source.standing);
        snapshot.sources.push_back(std::move(source));
    }
}

}  // namespace bordergate
