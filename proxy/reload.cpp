#include "proxy/reload.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>

#include "config/loader.hpp"
#include "filters/body/declared_paths.hpp"
#include "proxy/log.hpp"

namespace bordergate {

namespace {

void add_secret(std::vector<std::filesystem::path>& files, const SecretRef& secret) {
    if (secret.kind == SecretRef::Kind::file) files.emplace_back(secret.where);
}

void add_signing(std::vector<std::filesystem::path>& files, const Signing& signing) {
    if (const auto& sigv4 = signing.sigv4) {
        add_secret(files, sigv4->access_key);
        add_secret(files, sigv4->secret_key);
        if (sigv4->session_token) add_secret(files, *sigv4->session_token);
    }
    if (const auto& grant = signing.grant) {
        add_secret(files, grant->secret);
        if (grant->ca) files.push_back(*grant->ca);
    }
}

}  // namespace

std::vector<std::filesystem::path> watched_files(const Snapshot& snapshot) {
    std::vector<std::filesystem::path> files{snapshot.file};
    for (const auto& listener : snapshot.listeners) {
        if (!listener.tls) continue;
        for (const auto& certificate : listener.tls->certificates) {
            files.push_back(certificate.certificate);
            add_secret(files, certificate.key);
            if (certificate.ocsp) files.push_back(*certificate.ocsp);
        }
        if (listener.tls->client_ca) files.push_back(*listener.tls->client_ca);
    }
    for (const auto& source : snapshot.sources)
        if (source.match.api_key_sha256) add_secret(files, *source.match.api_key_sha256);
    // The file of an issuer's keys is read anew without a reload.
    for (const auto& source : snapshot.sources)
        if (source.match.jwt && source.match.jwt->keys.ca) files.push_back(*source.match.jwt->keys.ca);
    for (const auto& destination : snapshot.destinations) {
        const auto& tls = destination.upstream_tls;
        if (tls.ca) files.push_back(*tls.ca);
        if (tls.certificate) files.push_back(*tls.certificate);
        if (tls.key) add_secret(files, *tls.key);
        if (destination.credential) add_secret(files, destination.credential->value);
        if (destination.sign) add_signing(files, *destination.sign);
    }
    for (const auto& one : snapshot.descriptors) files.push_back(one.file);
    for (const auto& one : snapshot.word_files) files.push_back(one.file);
    if (snapshot.keys) {
        std::error_code ignored;
        for (std::filesystem::recursive_directory_iterator at(*snapshot.keys, ignored), end; at != end; at.increment(ignored)) files.push_back(at->path());
        std::sort(files.begin() + 1, files.end());
    }
    return files;
}

std::string fingerprint(const std::vector<std::filesystem::path>& files) {
    std::string text;
    for (const auto& file : files) {
        struct stat status {};
        if (::stat(file.c_str(), &status) != 0)
            text += "-;";
        else
            text += fmt::format("{}:{}:{}:{}.{};", status.st_dev, status.st_ino, status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
    }
    return text;
}

std::string needs_restart(const Snapshot& now, const Snapshot& next) {
    std::string list;
    const auto changed = [&list](bool differs, std::string_view what) {
        if (differs) list.append(list.empty() ? "" : ", ").append(what);
    };
    const auto same = [](const std::optional<Endpoint>& a, const std::optional<Endpoint>& b) {
        return a.has_value() == b.has_value() && (!a || (a->host == b->host && a->port == b->port));
    };
    changed(worker_count(now) != worker_count(next), "workers");
    changed(now.instance != next.instance, "instance");
    changed(!same(now.admin, next.admin), "admin");
    const auto& a = now.audit;
    const auto& b = next.audit;
    changed(a.directory != b.directory || a.commit_interval != b.commit_interval || a.commit_records != b.commit_records ||
                a.segment_bytes != b.segment_bytes || a.reserve_bytes != b.reserve_bytes,
            "audit");
    return list;
}

Reloader::Reloader(std::filesystem::path config, Server& server)
    : config_(std::move(config)), server_(server), in_use_(fingerprint(watched_files(*server.equipment()->snapshot))), last_look_(in_use_) {}

bool Reloader::refuse(const std::string& why) {
    log_error("reload_refused", why);
    server_.say("a changed configuration was refused; " + server_.equipment()->snapshot->digest + " stays in use");
    return false;
}

bool Reloader::reload() {
    // Whatever comes of it, the same state is not tried again before something changes.
    in_use_ = last_look_ = fingerprint(watched_files(*server_.equipment()->snapshot));
    auto loaded = load(config_);
    check_declared_paths(loaded);
    if (!loaded.snapshot) return refuse(format(loaded.diagnostics));
    for (const auto& one : loaded.diagnostics) log_warning("reload", format({one}));
    const auto fixed = needs_restart(*server_.equipment()->snapshot, *loaded.snapshot);
    if (!fixed.empty()) return refuse("these settings cannot change without a restart: " + fixed);
    auto equipment = Equipment::make(loaded.snapshot, server_.equipment().get());
    if (equipment.has_error()) return refuse(equipment.error().detail);
    const auto bound = server_.reload(std::move(*equipment));
    if (bound.has_error()) return refuse(bound.error().detail);
    for (const auto& one : *bound) log_info("listening", fmt::format("{} {}:{}", one.name, one.host, one.port));
    log_info("reloaded", "configuration " + loaded.snapshot->digest + " is in use");
    in_use_ = last_look_ = fingerprint(watched_files(*loaded.snapshot));
    return true;
}

void Reloader::look() {
    const auto& snapshot = *server_.equipment()->snapshot;
    if (!snapshot.reload.watch) return;
    const auto now = fingerprint(watched_files(snapshot));
    const bool settled = now == last_look_;
    last_look_ = now;
    if (now != in_use_ && settled) (void)reload();
}

}  // namespace bordergate
