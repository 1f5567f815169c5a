#include "proxy/forwarding.hpp"

#include <ifaddrs.h>

#include <algorithm>
#include <optional>

#include "filters/ascii.hpp"
#include "proxy/net/addresses.hpp"

namespace bordergate {

namespace {

namespace ip = boost::asio::ip;

/// Takes what stands before the first `separator` outside of quotes off the front of `rest`.
std::string_view take(std::string_view& rest, char separator) {
    bool quoted = false;
    std::size_t at = 0;
    for (; at < rest.size() && (quoted || rest[at] != separator); ++at) {
        if (quoted && rest[at] == '\\') ++at;
        else if (rest[at] == '"') quoted = !quoted;
    }
    at = std::min(at, rest.size());
    const auto part = rest.substr(0, at);
    rest.remove_prefix(std::min(at + 1, rest.size()));
    return trimmed(part);
}

/// `for` of one element of Forwarded, without its quotes; empty if it has none.
std::string_view for_of(std::string_view element) {
    while (!element.empty()) {
        const auto pair = take(element, ';');
        const auto equals = pair.find('=');
        if (equals == std::string_view::npos || !equal_fold(trimmed(pair.substr(0, equals)), "for")) continue;
        auto value = trimmed(pair.substr(equals + 1));
        if (value.size() > 1 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
        return value;
    }
    return {};
}

/// What the lines of a field list, in order, over all hops.
std::vector<std::string_view> hops_in(const Fields& fields, std::string_view name, bool forwarded) {
    std::vector<std::string_view> hops;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (!equal_fold(fields[i].name, name)) continue;
        for (std::string_view rest = fields[i].value; !rest.empty();)
            if (const auto element = take(rest, ','); !element.empty()) hops.push_back(forwarded ? for_of(element) : element);
    }
    return hops;
}

/// `192.0.2.1`, `2001:db8::1` or `[2001:db8::1]`, with or without a port.
std::optional<ip::address> address_in(std::string_view text) {
    if (text.starts_with('[')) {
        const auto close = text.find(']');
        if (close == std::string_view::npos) return std::nullopt;
        text = text.substr(1, close - 1);
    } else if (std::count(text.begin(), text.end(), ':') == 1) {
        text = text.substr(0, text.find(':'));
    }
    boost::system::error_code error;
    auto address = ip::make_address(text, error);
    if (error) return std::nullopt;
    return address;
}

bool trusts(const Listener& listener, const ip::address& address) {
    return std::any_of(listener.trusted_hops.begin(), listener.trusted_hops.end(), [&](const auto& network) { return contains(network, address); });
}

/// The client that a list of hops names; nothing if it names none where one must stand.
std::optional<ip::address> client_of(const Listener& listener, const std::vector<std::string_view>& hops) {
    std::optional<ip::address> client;
    for (auto hop = hops.rbegin(); hop != hops.rend(); ++hop) {
        client = address_in(*hop);
        if (!client || !trusts(listener, *client)) break;
    }
    return client;
}

std::string node_of(const ip::address& address) { return address.is_v6() ? "\"[" + text_of(address) + "]\"" : text_of(address); }

ip::address plain(const ip::address& address) {
    if (address.is_v6() && address.to_v6().is_v4_mapped()) return ip::make_address_v4(ip::v4_mapped, address.to_v6());
    return address;
}

}  // namespace

Status believe_hops(const Listener& listener, const Fields& fields, Peer& peer) {
    if (listener.trusted_hops.empty() || !trusts(listener, peer.address.address())) return {};
    std::optional<ip::address> told;
    for (const bool forwarded : {false, true}) {
        const auto hops = hops_in(fields, forwarded ? "forwarded" : "x-forwarded-for", forwarded);
        if (hops.empty()) continue;
        const auto client = client_of(listener, hops);
        if (!client) return fault(Code::framing_invalid, "a trusted hop forwarded a request without saying a client's address");
        if (told && *told != *client) return fault(Code::framing_invalid, "X-Forwarded-For and Forwarded name different clients; the hop must replace both");
        told = client;
    }
    if (told) peer.address = ip::tcp::endpoint(plain(*told), 0);
    return {};
}

void add_forwarding(const Destination& destination, const Peer& peer, RequestHead& head) {
    const auto asks = [&](Forwarding what) { return (destination.forwarded & bit(what)) != 0; };
    const auto client = plain(peer.address.address());
    const std::string proto = peer.secure ? "https" : "http";
    if (asks(Forwarding::x_forwarded)) {
        head.fields.add("x-forwarded-for", text_of(client));
        head.fields.add("x-forwarded-proto", proto);
        head.fields.add("x-forwarded-host", head.authority);
    }
    if (asks(Forwarding::forwarded)) head.fields.add("forwarded", "for=" + node_of(client) + ";proto=" + proto + ";host=\"" + head.authority + "\"");
    // A pseudonym (RFC 9110, 7.6.3) that is the same everywhere: which instance it was is nobody's business abroad.
    if (asks(Forwarding::via)) head.fields.add("via", "1.1 bordergate");
}

OwnAddresses::OwnAddresses(std::vector<ip::tcp::endpoint> listening, std::vector<ip::address> local) : listening_(std::move(listening)), local_(std::move(local)) {
    for (auto& one : listening_) one.address(plain(one.address()));
    for (auto& one : local_) one = plain(one);
}

/// Connecting to the unspecified address reaches this machine too.
bool OwnAddresses::is_local(const ip::address& address) const {
    return address.is_loopback() || address.is_unspecified() || std::find(local_.begin(), local_.end(), address) != local_.end();
}

bool OwnAddresses::has(const ip::tcp::endpoint& dialled) const {
    const auto address = plain(dialled.address());
    return std::any_of(listening_.begin(), listening_.end(), [&](const auto& own) {
        if (own.port() != dialled.port()) return false;
        if (own.address() == address) return true;
        return own.address().is_unspecified() ? is_local(address) : address.is_unspecified() && own.address().is_loopback();
    });
}

std::vector<ip::address> local_addresses() {
    std::vector<ip::address> addresses;
    ifaddrs* list = nullptr;
    if (::getifaddrs(&list) != 0) return addresses;
    for (const auto* one = list; one; one = one->ifa_next) {
        if (!one->ifa_addr) continue;
        if (one->ifa_addr->sa_family == AF_INET) {
            addresses.push_back(ip::make_address_v4(ntohl(reinterpret_cast<const sockaddr_in*>(one->ifa_addr)->sin_addr.s_addr)));
        } else if (one->ifa_addr->sa_family == AF_INET6) {
            ip::address_v6::bytes_type bytes;
            std::copy_n(reinterpret_cast<const sockaddr_in6*>(one->ifa_addr)->sin6_addr.s6_addr, bytes.size(), bytes.begin());
            addresses.push_back(ip::make_address_v6(bytes));
        }
    }
    ::freeifaddrs(list);
    return addresses;
}

Status refuse_loop(const OwnAddresses& own, const ip::tcp::endpoint& dialled) {
    if (!own.has(dialled)) return {};
    return fault(Code::forwarding_loop, "the address that this request would be sent to is one that this Bordergate itself listens on");
}

}  // namespace bordergate
