// What every section is made of (standings, classes, references to files), and the sections about
// the node itself.
#include "config/binder.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>

namespace bordergate {

namespace {

void set_size(const YAML::Node& node, std::size_t& value) {
    if (node) value = *parse_size(node.Scalar());
}

void set_time(const YAML::Node& node, std::chrono::milliseconds& value) {
    if (node) value = std::chrono::ceil<std::chrono::milliseconds>(*parse_duration(node.Scalar()));
}

template <class T>
void set_number(const YAML::Node& node, T& value) {
    if (node) value = static_cast<T>(node.as<long long>());
}

/// The first bytes of a file, without the line's end; nothing if it is no plain file.
std::string first_line(const std::string& file) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(file, error)) return {};
    std::array<char, 256> bytes{};
    std::ifstream in(file, std::ios::binary);
    in.read(bytes.data(), bytes.size());
    std::string text(bytes.data(), static_cast<std::size_t>(in.gcount()));
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
    return text;
}

}  // namespace

std::filesystem::path Binder::path(const YAML::Node& text) const {
    const std::filesystem::path given(text.Scalar());
    return given.is_absolute() ? given : (folder / given).lexically_normal();
}

std::filesystem::path Binder::public_file(const YAML::Node& text) {
    auto file = path(text);
    struct stat status {};
    if (::stat(file.c_str(), &status) != 0)
        report.file_error(text.Mark(), "the file " + file.string() + " cannot be found");
    else if (!S_ISREG(status.st_mode))
        report.file_error(text.Mark(), file.string() + " is not a file");
    else if (::access(file.c_str(), R_OK) != 0)
        report.file_error(text.Mark(), "the file " + file.string() + " cannot be read");
    return file;
}

SecretRef Binder::secret(const YAML::Node& text) {
    SecretRef reference = *parse_secret(text.Scalar());
    if (reference.kind == SecretRef::Kind::env) {
        const char* value = std::getenv(reference.where.c_str());
        if (!value)
            report.error(text.Mark(), "the variable " + reference.where + " is not set",
                         "export it before starting bordergate");
        else if (*value == '\0')
            report.error(text.Mark(), "the variable " + reference.where + " is empty");
        return reference;
    }
    const std::filesystem::path given(reference.where);
    if (given.is_relative()) reference.where = (folder / given).lexically_normal().string();
    const auto& file = reference.where;
    struct stat status {};
    if (::stat(file.c_str(), &status) != 0)
        report.file_error(text.Mark(), "the file " + file + " cannot be found");
    else if (!S_ISREG(status.st_mode))
        report.file_error(text.Mark(), file + " is not a file");
    else if ((status.st_mode & 077) != 0)
        report.file_error(text.Mark(), "the file " + file + " can be read by others",
                     "chmod 600 " + file);
    else if (::access(file.c_str(), R_OK) != 0)
        report.file_error(text.Mark(), "the file " + file + " cannot be read");
    else if (status.st_size == 0)
        report.file_error(text.Mark(), "the file " + file + " is empty");
    return reference;
}

void Binder::api_key(const YAML::Node& hash, SourceMatch& match) {
    if (is_sha256_hex(hash.Scalar())) {
        match.api_key_sha256_literal = hash.Scalar();
        return;
    }
    const auto reference = secret(hash);
    match.api_key_sha256 = reference;
    std::string content;
    if (reference.kind == SecretRef::Kind::env) {
        if (const char* value = std::getenv(reference.where.c_str())) content = value;
    } else {
        content = first_line(reference.where);
    }
    if (!content.empty() && !is_sha256_hex(content))
        report.error(hash.Mark(),
                     "what stands in " + reference.where + " is not the SHA-256 of a key",
                     "printf %s \"$KEY\" | sha256sum | cut -c1-64");
}

Region Binder::region(const YAML::Node& codes, std::int64_t instant) const {
    Region all;
    each_word(codes, [&](const YAML::Node& code) {
        if (code.Scalar() == "anywhere") {
            all.sure = all.possible = snapshot.atlas->everywhere();
        } else if (const auto found = snapshot.atlas->find(code.Scalar(), instant)) {
            all.sure |= found->sure;
            all.possible |= found->possible;
        }
    });
    return all;
}

Standing Binder::standing(const YAML::Node& node) {
    Standing standing = Standing::unknown(*snapshot.atlas);
    if (const auto location = node["location"]) {
        standing.location = region(location, now).possible;
        standing.location_known = true;
    }
    const auto parties = node["operator"];
    if (!parties) return standing;
    standing.operator_known = true;
    if (parties.IsScalar()) {
        standing.operators.push_back({{}, region(parties, now).possible});
        return standing;
    }
    for (const auto& party : parties)
        standing.operators.push_back({party["name"].Scalar(), region(party["law"], now).possible});
    return standing;
}

ClassId Binder::class_id(const YAML::Node& word) const {
    return snapshot.classes.find(word.Scalar()).value_or(ClassTree::opaque);
}

ClassSet Binder::class_set(const YAML::Node& node) const {
    ClassSet set;
    if (node) each_word(node, [&](const YAML::Node& word) { set.add(class_id(word)); });
    return set;
}

PurposeSet Binder::purposes(const YAML::Node& node) const {
    if (!node) return all_purposes;
    PurposeSet set = 0;
    each_word(node, [&](const YAML::Node& word) {
        if (const auto found = find_purpose(word.Scalar()))
            set = static_cast<PurposeSet>(set | bit(*found));
    });
    return set;
}

Protocols Binder::protocols(const YAML::Node& node, bool tls) const {
    Protocols spoken;
    spoken.http2 = tls;
    if (!node) return spoken;
    spoken = {false, false};
    each_word(node, [&](const YAML::Node& word) { (word.Scalar() == "http2" ? spoken.http2 : spoken.http1) = true; });
    return spoken;
}

void Binder::node_and_listeners(const YAML::Node& root) {
    char host[256] = "bordergate";
    ::gethostname(host, sizeof host - 1);
    snapshot.instance = root["instance"] ? root["instance"].Scalar() : host;
    set_number(root["workers"], snapshot.workers);
    if (root["node"]) snapshot.node = standing(root["node"]);
    if (const auto listeners = root["listeners"]) {
        for (const auto& node : listeners) {
            Listener listener;
            listener.name = node["name"].Scalar();
            listener.address = *parse_endpoint(node["address"].Scalar());
            if (node["mode"].Scalar() == "forward") listener.mode = Listener::Mode::forward;
            if (node["tls"]) listener.tls = server_tls(node["tls"]);
            if (node["trusted_hops"])
                for (const auto& hop : node["trusted_hops"]) listener.trusted_hops.push_back(*parse_network(hop.Scalar()));
            listener.protocols = protocols(node["protocols"], listener.tls.has_value());
            if (node["proxy_protocol"]) listener.proxied = proxied_clients(node["proxy_protocol"]);
            for (const auto& other : snapshot.listeners)
                if (listener.address.port != 0 && other.address.port == listener.address.port &&
                    other.address.host == listener.address.host)
                    report.error(node["address"].Mark(),
                                 "listener " + other.name + " has this address already");
            snapshot.listeners.push_back(std::move(listener));
        }
    }
    if (const auto admin = root["admin"]) {
        snapshot.admin = parse_endpoint(admin["address"].Scalar());
        if (!is_loopback(snapshot.admin->host))
            report.error(admin["address"].Mark(), "the admin listener is for loopback only",
                         "127.0.0.1:" + std::to_string(snapshot.admin->port));
    }
    if (const auto keys = root["keys"]) {
        snapshot.keys = path(keys["directory"]);
        if (!is_folder(*snapshot.keys))
            report.file_error(keys["directory"].Mark(), "there is no folder " + snapshot.keys->string(),
                         "bordergate keys create DE --directory " + snapshot.keys->string());
    }
}

void Binder::reload(const YAML::Node& node) {
    if (!node) return;
    set_time(node["grace"], snapshot.reload.grace);
    if (node["watch"]) snapshot.reload.watch = is_set(node["watch"]);
}

void Binder::limits(const YAML::Node& node) {
    auto& limits = snapshot.limits;
    set_size(node["head"], limits.head_bytes);
    set_size(node["held_body"], limits.held_body_bytes);
    set_size(node["hold_back"], limits.hold_back_bytes);
    if (node["held_total"]) limits.held_total_bytes = parse_size(node["held_total"].Scalar());
    if (node["memory"]) limits.memory_bytes = parse_size(node["memory"].Scalar());
    set_number(node["connections"], limits.connections);
    set_number(node["json_depth"], limits.json_depth);
    set_number(node["streams"], limits.streams);
    set_size(node["labels"], limits.label_bytes);
    set_size(node["message"], limits.message_bytes);
}

void Binder::audit_and_bounds(const YAML::Node& root) {
    if (const auto audit = root["audit"]) {
        auto& settings = snapshot.audit;
        settings.directory = path(audit["directory"]);
        if (const auto commit = audit["commit"]) {
            if (commit["interval"])
                settings.commit_interval = *parse_duration(commit["interval"].Scalar());
            set_number(commit["records"], settings.commit_records);
        }
        set_size(audit["segment"], settings.segment_bytes);
        set_size(audit["reserve"], settings.reserve_bytes);
    }
    if (root["limits"]) limits(root["limits"]);
    reload(root["reload"]);
    if (const auto timeouts = root["timeouts"]) {
        auto& times = snapshot.timeouts;
        for (auto [key, value] : {std::pair{"head", &times.head},
                                  {"idle", &times.idle},
                                  {"body", &times.body},
                                  {"connect", &times.connect},
                                  {"first_byte", &times.first_byte},
                                  {"total", &times.total},
                                  {"drain", &times.drain}})
            set_time(timeouts[key], *value);
    }
}

}  // namespace bordergate
