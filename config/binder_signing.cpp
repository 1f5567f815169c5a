// How requests to destinations are signed.
#include "config/binder.hpp"

namespace bordergate {

namespace {

std::string text_of(const YAML::Node& node) { return node ? node.Scalar() : std::string(); }

}  // namespace

Sigv4Signing Binder::sigv4(const YAML::Node& node, const Destination& destination) {
    Sigv4Signing signing;
    signing.region = node["region"].Scalar();
    if (node["service"]) signing.service = node["service"].Scalar();
    signing.access_key = secret(node["access_key"]);
    signing.secret_key = secret(node["secret_key"]);
    if (node["session_token"]) signing.session_token = secret(node["session_token"]);
    const auto endpoint = bedrock_region(destination.host);
    const auto meant = endpoint.empty() ? std::string("regions of AWS look like eu-central-1") : "region: " + std::string(endpoint);
    if (!is_aws_region(signing.region))
        report.error(node["region"].Mark(), in_quotes(signing.region) + " is no region of AWS", meant);
    else if (!endpoint.empty() && endpoint != signing.region)
        report.error(node["region"].Mark(), "destination " + destination.id + " is in " + std::string(endpoint) + ", and takes no signature for " + signing.region, meant);
    return signing;
}

TokenGrant Binder::token_grant(const YAML::Node& node, TokenGrant::Kind kind) {
    TokenGrant grant;
    grant.kind = kind;
    grant.token_url = node["token_url"].Scalar();
    if (!grant.token_url.starts_with("https://")) report.error(node["token_url"].Mark(), "a secret and a token would go over the network in clear", "use https://");
    if (node["ca"]) grant.ca = public_file(node["ca"]);
    if (node["timeout"]) grant.timeout = std::chrono::ceil<std::chrono::milliseconds>(*parse_duration(node["timeout"].Scalar()));
    grant.scope = text_of(node["scope"]);
    grant.audience = text_of(node["audience"]);
    if (kind == TokenGrant::Kind::client_credentials) {
        grant.client_id = node["client_id"].Scalar();
        grant.secret = secret(node["client_secret"]);
        return grant;
    }
    grant.secret = secret(node["key"]);
    grant.key_id = text_of(node["key_id"]);
    grant.issuer = node["issuer"].Scalar();
    grant.subject = text_of(node["subject"]);
    if (grant.audience.empty()) grant.audience = grant.token_url;
    return grant;
}

/// Reports a credential that two keys are to set.
void Binder::signing(const YAML::Node& node, Destination& destination) {
    if (const auto sign = node["sign"]) {
        auto& signing = destination.sign.emplace();
        if (sign["sigv4"]) signing.sigv4 = sigv4(sign["sigv4"], destination);
        if (sign["oauth2"]) signing.grant = token_grant(sign["oauth2"], TokenGrant::Kind::client_credentials);
        if (sign["jwt_bearer"]) signing.grant = token_grant(sign["jwt_bearer"], TokenGrant::Kind::jwt_bearer);
        if (node["credential"])
            report.error(sign.Mark(), "destination " + destination.id + " has a credential, and is to be sent a signature in its place", "leave one of the two out");
        if (destination.forward_credentials)
            report.error(sign.Mark(), "destination " + destination.id + " is sent a signature; it cannot be sent the client's credential too", "leave forward_credentials out");
        if (!destination.tls && !is_loopback(destination.host) && destination.host != "localhost")
            report.warning(sign.Mark(), "what requests to destination " + destination.id + " are signed with goes over the network in clear", "use https://");
        return;
    }
    const bool bedrock = is_bedrock_host(destination.host) || text_of(node["dialect"]) == "bedrock";
    if (!destination.forward_credentials || !bedrock) return;
    const auto region = bedrock_region(destination.host);
    report.error(node["forward_credentials"].Mark(),
                 "a client's signature for Bedrock names this Bordergate as the host, and the body as it was before any masking: destination " + destination.id + " would refuse it",
                 "in place of forward_credentials, add sign: {sigv4: {region: " + std::string(region.empty() ? "eu-central-1" : region) +
                     ", access_key: env:AWS_ACCESS_KEY_ID, secret_key: env:AWS_SECRET_ACCESS_KEY}}");
}

}  // namespace bordergate
