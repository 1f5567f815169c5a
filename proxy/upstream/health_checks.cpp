#include "proxy/upstream/health_checks.hpp"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>

#include "proxy/http/target.hpp"
#include "proxy/log.hpp"
#include "proxy/net/addresses.hpp"

namespace bordergate {

namespace asio = boost::asio;

std::vector<std::string> HealthChecks::announced(const Snapshot& snapshot) {
    std::vector<std::string> said;
    for (const auto& destination : snapshot.destinations)
        if (const auto& checks = destination.upstream.checks)
            said.push_back("destination " + destination.id + " is asked for " + checks->path + " every " +
                           std::to_string(checks->interval.count()) + " ms, without payload, to see whether it is well");
    return said;
}

void HealthChecks::start(Worker& worker, Report report) {
    const auto self = std::make_shared<HealthChecks>(worker, std::move(report));
    for (const auto& destination : self->edition_->snapshot().destinations) {
        if (!destination.upstream.checks) continue;
        auto ended = [](std::exception_ptr failure) { log_exception("health checks", failure); };
        spawn(worker.io, watch(self, destination), std::move(ended));
    }
}

Task<void> HealthChecks::watch(Self self, const Destination& destination) {
    const auto& checks = *destination.upstream.checks;
    asio::steady_timer timer(self->worker_.io);
    while (!self->worker_.draining && self->worker_.edition == self->edition_) {
        timer.expires_after(checks.interval);
        // A name that cannot be resolved says nothing of the addresses it had.
        const auto found = co_await self->edition_->pool.names().addresses(destination.host, checks.timeout);
        if (found.has_value()) {
            auto some = std::make_shared<std::vector<Address>>(*found);
            if (!destination.allow_private_address) std::erase_if(*some, [](const auto& one) { return !is_public(one); });
            const Addresses all = std::move(some);
            for (const auto& one : *all) {
                if (!self->asking_.emplace(&destination, one).second) continue;
                auto ended = [](std::exception_ptr failure) { log_exception("health check", failure); };
                spawn(self->worker_.io, ask(self, destination, all, one), std::move(ended));
            }
        }
        co_await timer.async_wait(resumed);
    }
}

Task<void> HealthChecks::ask(Self self, const Destination& destination, Addresses all, Address one) {
    const bool good = co_await self->is_well(destination, one);
    self->asking_.erase({&destination, one});
    const Finding finding{&destination, *all, one, good};
    self->report_(self->edition_->equipment, finding);
}

Task<bool> HealthChecks::is_well(const Destination& destination, Address one) {
    const auto& checks = *destination.upstream.checks;
    Lease lease;
    lease.dial.host = destination.host;
    lease.dial.port = destination.port;
    lease.dial.protocols = destination.protocols;
    lease.dial.tls = edition_->equipment->destination_tls[edition_->equipment->index_of(destination)].get();
    lease.dial.proxy_protocol = destination.proxy_protocol;  // for no client
    lease.dial.time = checks.timeout;
    lease.address = {one, destination.port};
    const Status connected = co_await edition_->pool.connect(lease);
    if (connected.has_error()) co_return false;
    RequestHead head;
    head.method = "GET";
    head.scheme = destination.tls ? "https" : "http";
    HostPort authority{destination.host, destination.port};
    head.authority = canonical_authority(authority, head.scheme);
    head.path = checks.path;
    head.fields.add("user-agent", "bordergate-health");
    lease.link->allow(checks.timeout);
    const Status sent = co_await lease.link->send(head, BodyLength::none(), {}, true);
    if (sent.has_error()) co_return false;
    const Status received = co_await lease.link->receive(false);
    if (received.has_error()) co_return false;
    const unsigned status = lease.link->response().status;
    // Nobody reads the body.
    lease.link->abort();
    co_return std::any_of(checks.status.begin(), checks.status.end(),
                          [status](const StatusRange& range) { return status >= range.first && status <= range.last; });
}

}  // namespace bordergate
