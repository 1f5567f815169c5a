// From checked YAML to typed values. The schema has seen to it that whatever is left in the tree
// has its shape and format; each function here reads one section and reports what only two values
// together can show.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "config/yaml_schema.hpp"

namespace bordergate {

struct Binder {
    Snapshot& snapshot;
    Report& report;
    std::filesystem::path folder;  ///< relative paths resolve against it
    std::int64_t now;  ///< seconds since the epoch: groups have the members they have then

    /// In this order, since each refers to what came before. A section that was taken out is passed
    /// over.
    void classes(const YAML::Node& root);
    void recognisers(const YAML::Node& root);
    void node_and_listeners(const YAML::Node& root);
    void analysers(const YAML::Node& root);
    void audit_and_bounds(const YAML::Node& root);
    void dns(const YAML::Node& root);
    void sources(const YAML::Node& root);
    void destinations(const YAML::Node& root);
    void routes(const YAML::Node& root);
    void descriptors(const YAML::Node& root);
    /// The rules, resolved. A rule that names a group whose members will change becomes several
    /// with the same id, each valid for its time.
    std::vector<Rule> rules(const YAML::Node& root);

  private:
    Standing standing(const YAML::Node& node);
    ClassId class_id(const YAML::Node& word) const;
    ClassSet class_set(const YAML::Node& node) const;
    PurposeSet purposes(const YAML::Node& node) const;
    /// The places of one code or a list of codes at `instant`.
    Region region(const YAML::Node& codes, std::int64_t instant) const;
    std::filesystem::path path(const YAML::Node& text) const;
    /// A path that must name a file; reports one that cannot be read.
    std::filesystem::path public_file(const YAML::Node& text);
    /// Resolves a reference; reports what is missing or empty, and a file that others may read.
    SecretRef secret(const YAML::Node& text);
    void api_key(const YAML::Node& hash, SourceMatch& match);
    ProxiedClients proxied_clients(const YAML::Node& node);
    JwtMatch jwt(const YAML::Node& node);
    ServerTls server_tls(const YAML::Node& node);
    ServerCertificate server_certificate(const YAML::Node& node);
    void upstream_tls(const YAML::Node& node, Destination& destination);
    void credential(const YAML::Node& node, Destination& destination);
    void signing(const YAML::Node& node, Destination& destination);
    Sigv4Signing sigv4(const YAML::Node& node, const Destination& destination);
    TokenGrant token_grant(const YAML::Node& node, TokenGrant::Kind kind);
    /// What `node` lists; where it is left out, both over TLS and HTTP/1.1 without.
    Protocols protocols(const YAML::Node& node, bool tls) const;
    UpstreamSettings upstream(const YAML::Node& node);
    void limits(const YAML::Node& node);
    void reload(const YAML::Node& node);
    void recognise_by(const YAML::Node& node, RecogniserSpec& spec);
    SourceLimits source_limits(const YAML::Node& node);
    Destination destination(const YAML::Node& node);
    Analyser analyser(const YAML::Node& node);
    void analysed(const YAML::Node& node, Analyser& analyser);
    void standing_of(const YAML::Node& node, Analyser& analyser);
    Route route(const YAML::Node& node, const std::vector<std::string>& destination_ids);

    Rule rule(const YAML::Node& node);
    void masks(const YAML::Node& with, Rule& rule);
    void entity_of_mask(const YAML::Node& name);
    void key_of_rule(const YAML::Node& key, Rule& rule);
    void regions(const YAML::Node& node, std::int64_t instant, Rule& rule) const;
    std::vector<std::int64_t> changes(const YAML::Node& codes) const;
};

/// Calls `visit(element)` for a list's elements, or for the node itself if it is a single word.
template <class Visit>
void each_word(const YAML::Node& node, Visit&& visit) {
    if (node.IsSequence())
        for (const auto& element : node) visit(element);
    else
        visit(node);
}

/// True if `flag` is given and true.
inline bool is_set(const YAML::Node& flag) {
    return flag && flag.Scalar() == "true";
}

/// True if `path` is a folder that can be looked at.
inline bool is_folder(const std::filesystem::path& path) {
    std::error_code error;
    return std::filesystem::is_directory(path, error);
}

}  // namespace bordergate
