#include "proxy/equipment.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <thread>

#include "config/digest.hpp"
#include "proxy/keys/file_keys.hpp"
#include "proxy/keys/secrets.hpp"

namespace bordergate {

namespace {

Result<TlsContextPtr> tls_of(const Destination& destination) {
    if (!destination.tls) return TlsContextPtr{};
    std::optional<std::string> key;
    if (destination.upstream_tls.key) {
        auto read = read_secret(*destination.upstream_tls.key);
        if (read.has_error()) return read.error();
        key = std::move(*read);
    }
    return TlsContext::client(destination.upstream_tls, destination.protocols,
                              destination.upstream_tls.server_name.value_or(destination.host), std::move(key));
}

Result<TlsContextPtr> tls_of(const Listener& listener) {
    if (!listener.tls) return TlsContextPtr{};
    std::vector<std::string> keys;
    for (const auto& certificate : listener.tls->certificates) {
        auto key = read_secret(certificate.key);
        if (key.has_error()) return key.error();
        keys.push_back(std::move(*key));
    }
    return TlsContext::server(*listener.tls, listener.protocols, std::move(keys), listener.name);
}

/// Whom a listener believes: the CAs of its clients by what their file holds, and the proxies that may speak for others.
std::string admission_of(const Listener& listener) {
    std::string text = listener.tls ? "tls" : "plain";
    if (listener.tls && listener.tls->client_ca) {
        std::ifstream file(*listener.tls->client_ca, std::ios::binary);
        text.append(listener.tls->require_client_certificate ? " must " : " may ").append(std::istreambuf_iterator<char>(file), {});
    }
    if (listener.proxied) {
        text += listener.proxied->v1 ? " v1" : "";
        text += listener.proxied->v2 ? " v2" : "";
        for (const auto& network : listener.proxied->from) text.append(" ").append(network.address.begin(), network.address.end()).append(std::to_string(network.prefix));
    }
    return sha256_hex(text);
}

Result<std::string> credential_of(const Destination& destination) {
    if (!destination.credential) return std::string{};
    auto secret = read_secret(destination.credential->value);
    if (secret.has_error()) return secret.error();
    return destination.credential->prefix + *secret;
}

/// Adds the value to `list`, or keeps the fault and where it belongs.
template <class T>
Status collect(std::vector<T>& list, Result<T> made, const std::string& whose) {
    if (made.has_error()) return fault(made.error().code, whose + ": " + made.error().detail);
    list.push_back(std::move(*made));
    return {};
}

/// Tokens that are there already go on being used.
Status make_signers(const Snapshot& snapshot, const Equipment* before, std::vector<Signer>& signers) {
    for (const auto& destination : snapshot.destinations) {
        std::vector<const Signer*> others;
        for (const auto& one : signers) others.push_back(&one);
        if (before)
            for (const auto& one : before->signers) others.push_back(&one);
        const Status kept = collect(signers, make_signer(destination, others), "destination " + destination.id);
        if (kept.has_error()) return kept;
    }
    return {};
}

/// For every route, and for none, with every operation of every dialect, and with none.
Status compile_paths(const Snapshot& snapshot, decltype(Equipment::body_paths)& compiled) {
    std::vector<const DialectEndpoint*> endpoints{nullptr};
    for (const auto id : dialect_ids)
        for (const auto& endpoint : dialect(id).endpoints()) endpoints.push_back(&endpoint);
    std::vector<const Route*> routes{nullptr};
    for (const auto& route : snapshot.routes) routes.push_back(&route);
    for (const auto* route : routes) {
        const auto fields = route ? std::span(route->fields) : std::span<const FieldRule>();
        for (const auto* endpoint : endpoints) {
            auto paths = BodyPaths::compile(fields, endpoint);
            if (paths.has_error()) return fault(Code::internal, "route " + route->id + ": " + paths.error().detail);
            compiled.emplace(std::pair(route, endpoint), std::move(*paths));
        }
    }
    return {};
}

}  // namespace

const BodyPaths& Equipment::paths(const Route* route, const DialectEndpoint* endpoint) const { return body_paths.at({route, endpoint}); }

const Listener* Equipment::listener(std::string_view name, const TlsContext*& tls) const {
    for (std::size_t i = 0; i < snapshot->listeners.size(); ++i) {
        if (snapshot->listeners[i].name != name) continue;
        tls = listener_tls[i].get();
        return &snapshot->listeners[i];
    }
    return nullptr;
}

TreatmentKeys Equipment::treatment_keys(const Source& source, const Destination& destination) const {
    TreatmentKeys keys;
    keys.tenant = source.tenant;
    keys.source = source.id;
    keys.destination = destination.id;
    keys.policy_digest = snapshot->digest;
    keys.jurisdiction = snapshot->atlas->describe(source.standing.location);
    keys.rings = &rings;
    keys.paths = &mask_paths;
    keys.label_bytes = snapshot->limits.label_bytes;
    return keys;
}

StandingText describe_standing(const Atlas& atlas, const Standing& standing) {
    StandingText text;
    text.location = standing.location_known ? atlas.describe(standing.location) : "unknown";
    if (!standing.operator_known) text.operators = "unknown";
    for (const auto& party : standing.operators) {
        if (!text.operators.empty()) text.operators += ", ";
        const auto law = atlas.describe(party.law);
        text.operators += party.name.empty() ? law : party.name + " (" + law + ")";
    }
    return text;
}

unsigned worker_count(const Snapshot& snapshot) {
    return snapshot.workers ? snapshot.workers : std::max(1U, std::thread::hardware_concurrency());
}

Result<EquipmentPtr> Equipment::make(SnapshotPtr snapshot, const Equipment* before) {
    auto equipment = std::make_shared<Equipment>();
    equipment->snapshot = snapshot;
    equipment->quotas = std::make_shared<const SourceQuotas>(snapshot->sources, worker_count(*snapshot), before ? before->quotas.get() : nullptr);
    auto sources = SourceIndex::make(snapshot->sources, before ? &before->sources : nullptr);
    if (sources.has_error()) return sources.error();
    equipment->sources = std::move(*sources);
    equipment->scanner = Scanner(snapshot->recognisers);
    equipment->analysed = analysed_classes(snapshot->analysers);
    equipment->detectable = equipment->scanner.yields() | equipment->analysed;
    const Status compiled = compile_paths(*snapshot, equipment->body_paths);
    if (compiled.has_error()) return compiled.error();
    auto mask_paths = MaskPaths::compile(snapshot->policy);
    if (mask_paths.has_error()) return mask_paths.error();
    equipment->mask_paths = std::move(*mask_paths);
    Diagnostics mistakes;
    equipment->grpc = GrpcServices::read(*snapshot, mistakes);
    if (!mistakes.empty()) return fault(Code::internal, mistakes.front().what);
    if (snapshot->keys) {
        auto rings = load_key_rings(*snapshot->keys);
        if (rings.has_error()) return rings.error();
        equipment->rings = std::move(*rings);
    }
    for (const auto& listener : snapshot->listeners) {
        equipment->admissions.push_back(admission_of(listener));
        const auto kept = collect(equipment->listener_tls, tls_of(listener), "listener " + listener.name);
        if (kept.has_error()) return kept.error();
    }
    for (const auto& source : snapshot->sources) equipment->source_texts.push_back(describe_standing(*snapshot->atlas, source.standing));
    for (const auto& destination : snapshot->destinations) {
        equipment->destination_texts.push_back(describe_standing(*snapshot->atlas, destination.standing));
        auto kept = collect(equipment->destination_tls, tls_of(destination), "destination " + destination.id);
        if (kept.has_error()) return kept.error();
        kept = collect(equipment->credentials, credential_of(destination), "destination " + destination.id);
        if (kept.has_error()) return kept.error();
    }
    const Status signs = make_signers(*snapshot, before, equipment->signers);
    if (signs.has_error()) return signs.error();
    for (const auto& analyser : snapshot->analysers) {
        auto kept = collect(equipment->analyser_tls, tls_of(analyser.at), "analyser " + analyser.at.id);
        if (kept.has_error()) return kept.error();
        kept = collect(equipment->analyser_credentials, credential_of(analyser.at), "analyser " + analyser.at.id);
        if (kept.has_error()) return kept.error();
    }
    return EquipmentPtr(std::move(equipment));
}

}  // namespace bordergate
