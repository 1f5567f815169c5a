#include "proxy/candidates.hpp"

#include <algorithm>

#include "config/binding.hpp"
#include "proxy/http/target.hpp"

namespace bordergate {

namespace {

bool matches(const Route& route, const Listener& listener, const RequestHead& head, std::string_view host) {
    if (route.listener && *route.listener != listener.name) return false;
    if (route.host && *route.host != host) return false;
    if (!lies_below(head.path, route.path)) return false;
    return route.methods.empty() ||
           std::find(route.methods.begin(), route.methods.end(), head.method) != route.methods.end();
}

Result<Candidates> by_route(const Snapshot& snapshot, const Listener& listener, const RequestHead& head,
                            std::string_view host) {
    Candidates candidates;
    for (const auto& route : snapshot.routes) {
        if (!matches(route, listener, head, host)) continue;
        candidates.route = &route;
        for (auto index : route.destinations) candidates.destinations.push_back(&snapshot.destinations[index]);
        return candidates;
    }
    return fault(Code::no_route, "no route of listener " + listener.name + " takes this method, host and path");
}

Result<Candidates> by_target(const Snapshot& snapshot, const RequestHead& head, const HostPort& target) {
    const bool tunnel = head.method == "CONNECT";
    const bool tls = head.scheme == "https" || tunnel;
    const std::uint16_t port = target.port.value_or(tls ? 443 : 80);
    Candidates candidates;
    for (const auto& destination : snapshot.destinations) {
        if (destination.host != target.host || destination.port != port) continue;
        // What is inside a tunnel is the client's affair: it may carry TLS or not.
        if (!tunnel && destination.tls != tls) continue;
        candidates.destinations.push_back(&destination);
        return candidates;
    }
    candidates.undeclared = std::make_unique<Destination>();
    auto& unknown = *candidates.undeclared;
    unknown.host = target.host;
    unknown.port = port;
    unknown.tls = tls && !tunnel;
    unknown.standing = Standing::unknown(*snapshot.atlas);
    unknown.accepts = every_form;
    unknown.laws = binding_laws(*snapshot.atlas, unknown.standing);
    candidates.destinations.push_back(&unknown);
    return candidates;
}

}  // namespace

bool lies_below(std::string_view path, std::string_view prefix) {
    if (!path.starts_with(prefix)) return false;
    return prefix.empty() || prefix.back() == '/' || path.size() == prefix.size() || path[prefix.size()] == '/';
}

Result<Candidates> derive_candidates(const Snapshot& snapshot, const Listener& listener, const RequestHead& head,
                                     bool absolute) {
    auto target = parse_authority(head.authority);
    if (target.has_error()) return target.error();
    if (listener.mode == Listener::Mode::reverse) {
        if (head.method == "CONNECT") return fault(Code::no_route, "listener " + listener.name + " opens no tunnels");
        return by_route(snapshot, listener, head, target->host);
    }
    if (!absolute) return fault(Code::no_route, "listener " + listener.name + " is a forward proxy: the target must be a URL");
    return by_target(snapshot, head, *target);
}

}  // namespace bordergate
