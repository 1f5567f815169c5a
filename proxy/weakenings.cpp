#include "proxy/weakenings.hpp"

namespace bordergate {

std::vector<std::string> weakenings(const Snapshot& snapshot) {
    std::vector<std::string> said;
    for (const auto& listener : snapshot.listeners)
        if (listener.proxied) said.push_back("listener " + listener.name + " believes other proxies whose a connection is");
    for (const auto& destination : snapshot.destinations) {
        if (destination.forward_credentials) said.push_back("destination " + destination.id + " is handed the client's own credential");
        if ((destination.forwarded & ~bit(Forwarding::via)) != 0) said.push_back("destination " + destination.id + " is told the client's address");
        if (destination.allow_private_address) said.push_back("destination " + destination.id + " may stand at a private address");
        if (destination.proxy_protocol != ProxyProtocol::off) said.push_back("destination " + destination.id + " is told the addresses of clients");
    }
    for (const auto& change : snapshot.recogniser_changes) {
        if (change.off)
            said.push_back("recogniser " + change.entity + " is off");
        else if (change.data)
            said.push_back("recogniser " + change.entity + " yields class " + std::string(snapshot.classes.name(*change.data)));
        if (change.rarer && !change.off) said.push_back("recogniser " + change.entity + " recognises otherwise than built in");
    }
    for (const auto& rule : snapshot.policy.rules())
        if (rule.permit && rule.to.anywhere) said.push_back("rule " + rule.id + " permits data to go anywhere");
    return said;
}

}  // namespace bordergate
