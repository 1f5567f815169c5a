#include "config/signing_schema.hpp"

namespace bordergate {

using namespace schema;

namespace {

/// What both grants have, after what is their own.
Schema grant_schema(const char* about, std::vector<SchemaMember> members) {
    for (auto& more : {required("token_url", text("the https:// address that gives tokens", Format::url)),
                       optional("ca", text("PEM file of the CAs of that address; the system's store if left out", Format::name)),
                       optional("timeout", duration("of a request to it", 100'000, 60'000'000))})
        members.push_back(more);
    return object(about, std::move(members));
}

}  // namespace

Schema signing_schema() {
    const auto sigv4 = object(
        "AWS Signature Version 4; the body is held, since its hash is signed",
        {
            required("region", text("such as eu-central-1", Format::word)),
            optional("service", text("as signatures name it; bedrock if left out", Format::word)),
            required("access_key", text("the id of the access key", Format::secret)),
            required("secret_key", text("the secret access key", Format::secret)),
            optional("session_token", text("of temporary keys", Format::secret)),
        });
    const auto oauth2 = grant_schema("an access token for a client's id and secret (OAuth 2.0 client credentials)",
                                     {
                                         required("client_id", text("who asks", Format::name)),
                                         required("client_secret", text("the client's secret", Format::secret)),
                                         optional("scope", text("what the token is for; words with a space between", Format::name)),
                                         optional("audience", text("whom the token is for, if the endpoint asks", Format::name)),
                                     });
    const auto jwt_bearer = grant_schema("an access token for a JWT that is signed here with RS256 (RFC 7523), as service accounts of Google have it",
                                         {
                                             required("key", text("the RSA key that signs, in PEM", Format::secret)),
                                             optional("key_id", text("the key's id (kid)", Format::name)),
                                             required("issuer", text("who signs (iss): the account's name", Format::name)),
                                             optional("subject", text("whom the token is to speak for (sub)", Format::name)),
                                             optional("scope", text("what the token is for; words with a space between", Format::name)),
                                             optional("audience", text("whom the JWT is for (aud); token_url if left out", Format::name)),
                                         });
    return one_key_of({"sigv4", "oauth2", "jwt_bearer"}, "how requests to it are signed, in place of the client's credential",
                      {
                          optional("sigv4", sigv4),
                          optional("oauth2", oauth2),
                          optional("jwt_bearer", jwt_bearer),
                      });
}

}  // namespace bordergate
