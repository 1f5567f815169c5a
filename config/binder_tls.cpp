// What comes before the first byte of a connection: TLS on both sides (the certificates of listeners, and what a
// destination's must be), and the PROXY protocol.
#include "config/binder.hpp"

namespace bordergate {

ServerCertificate Binder::server_certificate(const YAML::Node& node) {
    ServerCertificate certificate;
    certificate.certificate = public_file(node["certificate"]);
    certificate.key = secret(node["key"]);
    if (node["ocsp"]) certificate.ocsp = public_file(node["ocsp"]);
    return certificate;
}

ServerTls Binder::server_tls(const YAML::Node& node) {
    ServerTls tls;
    if (const auto list = node["certificates"]) {
        for (const auto& one : list) tls.certificates.push_back(server_certificate(one));
        for (const char* key : {"key", "ocsp"})
            if (node[key])
                report.error(node[key].Mark(),
                             std::string(key) + " stands beside certificates, and whose it is cannot be told",
                             "put it into an element of certificates");
    } else if (node["key"]) {
        tls.certificates.push_back(server_certificate(node));
    } else {
        report.error(node.Mark(), "the certificate has no key", "add key: file:PATH or env:NAME");
    }
    tls.strict_sni = is_set(node["strict_sni"]);
    if (node["client_ca"]) tls.client_ca = public_file(node["client_ca"]);
    tls.require_client_certificate = is_set(node["require_client_certificate"]);
    if (tls.require_client_certificate && !tls.client_ca)
        report.error(node["require_client_certificate"].Mark(),
                     "client certificates are required, and no client_ca says which to trust",
                     "add client_ca: FILE");
    return tls;
}

ProxiedClients Binder::proxied_clients(const YAML::Node& node) {
    ProxiedClients clients;
    if (const auto versions = node["versions"]) {
        clients.v1 = clients.v2 = false;
        for (const auto& version : versions) (version.Scalar() == "v1" ? clients.v1 : clients.v2) = true;
    }
    for (const auto& network : node["from"]) clients.from.push_back(*parse_network(network.Scalar()));
    return clients;
}

void Binder::upstream_tls(const YAML::Node& node, Destination& destination) {
    auto& tls = destination.upstream_tls;
    if (!destination.tls)
        report.error(node.Mark(),
                     "destination " + destination.id + " has TLS settings and an http:// URL",
                     "use https://");
    if (node["ca"]) tls.ca = public_file(node["ca"]);
    if (node["server_name"]) tls.server_name = node["server_name"].Scalar();
    if (node["certificate"]) tls.certificate = public_file(node["certificate"]);
    if (node["key"]) tls.key = secret(node["key"]);
    if (tls.certificate.has_value() != tls.key.has_value())
        report.error(node.Mark(), "a client certificate needs both certificate and key");
    if (node["spiffe_id"]) tls.spiffe_id = node["spiffe_id"].Scalar();
    if (tls.spiffe_id && !tls.ca)
        report.error(node["spiffe_id"].Mark(),
                     "destination " + destination.id +
                         " is to have a SPIFFE ID, and no ca says who vouches for its trust domain",
                     "add ca: FILE");
    if (node["pins"])
        for (const auto& pin : node["pins"]) tls.pins.push_back(*parse_pin(pin.Scalar()));
}

}  // namespace bordergate
