#include "config/connection_schema.hpp"

namespace bordergate {

using namespace schema;

Schema server_tls_schema() {
    const auto certificate = [] {
        return text("PEM file with the certificate and its chain", Format::name);
    };
    const auto key = [] { return text("the private key", Format::secret); };
    const auto ocsp = [] {
        return text("DER file with the OCSP response that is stapled while it holds", Format::name);
    };
    const auto one_certificate = object("a certificate", {
                                                             required("certificate", certificate()),
                                                             required("key", key()),
                                                             optional("ocsp", ocsp()),
                                                         });
    return one_key_of(
        {"certificate", "certificates"}, "TLS on this listener",
        {
            optional("certificate", certificate()),
            optional("key", key()),
            optional("ocsp", ocsp()),
            optional("certificates",
                     some("each is shown to clients that name one of its hosts, the first to those "
                          "who name none",
                          one_certificate)),
            optional("strict_sni", boolean("refuse clients that name no certificate's host")),
            optional(
                "client_ca",
                text("PEM file of the CAs whose client certificates are asked for", Format::name)),
            optional("require_client_certificate", boolean("refuse clients without a certificate")),
        });
}

Schema upstream_tls_schema() {
    return object(
        "TLS towards it; its certificate is always verified",
        {
            optional("ca", text("PEM file of the CAs to trust; the system's store if left out",
                                Format::name)),
            optional("server_name",
                     text("the name its certificate must have; the URL's host if left out",
                          Format::host)),
            optional("certificate", text("PEM file of our client certificate", Format::name)),
            optional("key", text("our private key", Format::secret)),
            optional("spiffe_id", text("the SPIFFE ID its certificate must have, in place of a "
                                       "name; needs ca",
                                       Format::spiffe)),
            optional("pins", some("keys one of which must be in its certificate's chain, beside all "
                                  "else that is verified",
                                  text("a key's SHA-256", Format::pin))),
        });
}

Schema proxied_clients_schema() {
    return object(
        "each connection begins with a PROXY protocol header that tells whose it is",
        {
            optional("versions", some("versions understood; both if left out",
                                      words("a version", {"v1", "v2"}))),
            required("from", some("the proxies that are believed; connections of others are closed",
                                  text("a network", Format::network))),
        });
}

Schema jwt_schema() {
    constexpr long long second = 1'000'000, day = 86'400 * second;
    const auto keys = one_key_of(
        {"file", "url"}, "the issuer's keys, a JWK Set",
        {
            optional("file", text("in this file; read anew when it changes", Format::name)),
            optional("url", text("at this https:// address", Format::url)),
            optional("ca", text("PEM file of the CAs of that address; the system's store if left out",
                                Format::name)),
            optional("refresh", duration("between two fetches", second, 30 * day)),
            optional("timeout", duration("of a fetch", 100'000, 60 * second)),
            optional("deadline", duration("how long keys are used that cannot be read anew", second,
                                          30 * day)),
        });
    return object(
        "the bearer token it shows, a signed JWT that expires",
        {
            required("issuer", text("who signed it (iss), exactly", Format::name)),
            required("audience", text("whom it is for (aud), exactly", Format::name)),
            required("jwks", keys),
            required("algorithms", some("the only ones accepted",
                                        words("a signature algorithm",
                                              {"ES256", "ES384", "ES512", "RS256", "RS384", "RS512",
                                               "PS256", "PS384", "PS512", "EdDSA"}))),
            optional("claims", map("claims it must have, by name, each with one of these values",
                                   one_of("values", {text("a value", Format::name), some("values", text("a value", Format::name))}))),
            optional("leeway", duration("for clocks that differ", 0, 600 * second)),
        });
}

}  // namespace bordergate
