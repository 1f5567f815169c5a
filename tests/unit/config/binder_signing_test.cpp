// How requests to a destination are signed, from the file to the snapshot, and what is refused.
#include <catch2/catch.hpp>
#include <stdlib.h>

#include "config/loader.hpp"
#include "tests/unit/config/written_folder.hpp"

using namespace bordergate;
using namespace std::chrono_literals;
using bordergate::testing::WrittenFolder;
using Catch::Contains;

namespace {

const WrittenFolder& folder() {
    static const WrittenFolder written;
    static const bool ready = [] {
        for (const char* name : {"id", "secret", "session", "key.pem", "ca.pem"}) written.write(name, "x");
        return true;
    }();
    (void)ready;
    return written;
}

Loaded with(const std::string& of_destination, const std::string& url = "https://bedrock-runtime.eu-central-1.amazonaws.com") {
    return load_text("version: 1\nnode: {location: DE, operator: DE}\nlisteners: [{name: s, address: \"127.0.0.1:0\", mode: reverse}]\naudit: {directory: ./a}\n"
                     "sources: [{id: app, match: {networks: [127.0.0.0/8]}, standing: {location: DE, operator: DE}}]\ndestinations:\n"
                     "  - id: far\n    url: \"" + url + "\"\n    standing: {location: US, operator: US}\n    " + of_destination + "\nrules:\n"
                     "  - {id: plain, permit: clear, data: plain, from: EEA, to: US}\n", "f.yaml", folder().path());
}

std::string said(const std::string& of_destination, const std::string& url = "https://bedrock-runtime.eu-central-1.amazonaws.com") {
    const auto loaded = with(of_destination, url);
    CHECK_FALSE(loaded.snapshot);
    return format(loaded.diagnostics);
}

const std::string sigv4 = "sign: {sigv4: {region: eu-central-1, access_key: file:id, secret_key: file:secret}}";
const std::string oauth2 = "sign: {oauth2: {token_url: \"https://login.example/token\", client_id: app, client_secret: file:secret}}";

}  // namespace

TEST_CASE("a destination's signature is read") {
    CHECK_FALSE(with("kind: data").snapshot->destinations[0].sign);
    const auto loaded = with("sign: {sigv4: {region: eu-central-1, service: aoss, access_key: file:id, secret_key: file:secret, session_token: file:session}}");
    INFO(format(loaded.diagnostics));
    REQUIRE(loaded.snapshot);
    CHECK_THAT(format(loaded.diagnostics), !Contains("error"));
    const auto& sign = loaded.snapshot->destinations[0].sign;
    REQUIRE(sign);
    REQUIRE(sign->sigv4);
    CHECK_FALSE(sign->grant);
    CHECK(sign->region() == "eu-central-1");
    CHECK(sign->sigv4->service == "aoss");
    CHECK(sign->sigv4->access_key == SecretRef{SecretRef::Kind::file, folder().path() / "id"});
    CHECK(sign->sigv4->secret_key == SecretRef{SecretRef::Kind::file, folder().path() / "secret"});
    REQUIRE(sign->sigv4->session_token);
    CHECK(*sign->sigv4->session_token == SecretRef{SecretRef::Kind::file, folder().path() / "session"});
    const auto least = with(sigv4);
    REQUIRE(least.snapshot);
    CHECK(least.snapshot->destinations[0].sign->sigv4->service == "bedrock");
    CHECK_FALSE(least.snapshot->destinations[0].sign->sigv4->session_token);
}

TEST_CASE("grants of access tokens are read") {
    const auto loaded = with("sign: {oauth2: {token_url: \"https://login.example/token\", ca: ca.pem, timeout: 2s, client_id: app, client_secret: file:secret, scope: a b, audience: api}}");
    INFO(format(loaded.diagnostics));
    REQUIRE(loaded.snapshot);
    const auto& grant = loaded.snapshot->destinations[0].sign->grant;
    REQUIRE(grant);
    CHECK(grant->kind == TokenGrant::Kind::client_credentials);
    CHECK((grant->token_url == "https://login.example/token" && grant->ca == folder().path() / "ca.pem" && grant->timeout == 2s));
    CHECK((grant->client_id == "app" && grant->scope == "a b" && grant->audience == "api"));
    CHECK(grant->secret == SecretRef{SecretRef::Kind::file, folder().path() / "secret"});
    CHECK(loaded.snapshot->destinations[0].sign->region().empty());

    const auto signed_ = with("sign: {jwt_bearer: {token_url: \"https://oauth2.example/token\", key: file:key.pem, key_id: one, issuer: me@project, subject: you, scope: cloud}}");
    INFO(format(signed_.diagnostics));
    REQUIRE(signed_.snapshot);
    const auto& bearer = signed_.snapshot->destinations[0].sign->grant;
    REQUIRE(bearer);
    CHECK(bearer->kind == TokenGrant::Kind::jwt_bearer);
    CHECK((bearer->issuer == "me@project" && bearer->subject == "you" && bearer->key_id == "one" && bearer->scope == "cloud"));
    CHECK(bearer->audience == "https://oauth2.example/token");
    CHECK(bearer->timeout == 5s);
    CHECK(bearer->secret.where == folder().path() / "key.pem");
}

TEST_CASE("a signature stands in place of every other credential") {
    CHECK_THAT(said(sigv4 + "\n    credential: {value: file:secret}"), Contains("f.yaml:10:11") && Contains("has a credential") && Contains("leave one of the two out"));
    CHECK_THAT(said(sigv4 + "\n    forward_credentials: true"), Contains("cannot be sent the client's credential too") && Contains("leave forward_credentials out"));
    CHECK_THAT(said("sign: {}"), Contains("\"sigv4\" or \"oauth2\" or \"jwt_bearer\" is missing"));
    CHECK_THAT(said("sign: {sigv4: {region: eu-central-1, access_key: file:id, secret_key: file:secret}, oauth2: {token_url: \"https://x\", client_id: a, client_secret: file:secret}}"),
               Contains("only one of"));
}

TEST_CASE("a client's signature is not handed on to Bedrock, which would refuse it") {
    CHECK_THAT(said("forward_credentials: true"),
               Contains("f.yaml:10:26") && Contains("names this Bordergate as the host") && Contains("sign: {sigv4: {region: eu-central-1,"));
    CHECK_FALSE(with("dialect: bedrock\n    forward_credentials: true", "https://other.example").snapshot);
    CHECK(with("forward_credentials: true", "https://other.example").snapshot);
    CHECK(with("credential: {value: file:secret, prefix: \"Bearer \"}").snapshot);
}

TEST_CASE("mistakes in a signature are named where they stand") {
    const auto region = [](const std::string& name) { return "sign: {sigv4: {region: " + name + ", access_key: file:id, secret_key: file:secret}}"; };
    CHECK_THAT(said(region("eu_central")), Contains("f.yaml:10:28") && Contains("\"eu_central\" is no region of AWS") && Contains("region: eu-central-1"));
    CHECK_THAT(said(region("frankfurt"), "https://aws.example"), Contains("regions of AWS look like eu-central-1"));
    CHECK_THAT(said(region("us-east-1")), Contains("is in eu-central-1, and takes no signature for us-east-1"));
    CHECK_THAT(said("sign: {sigv4: {region: eu-central-1, acces_key: file:id, secret_key: file:secret}}"), Contains("unknown key \"acces_key\"") && Contains("access_key"));
    CHECK_THAT(said("sign: {sigv4: {region: eu-central-1, access_key: AKIDEXAMPLE, secret_key: file:secret}}"), Contains("f.yaml:10"));
    CHECK_THAT(said("sign: {sigv4: {region: eu-central-1, access_key: file:id, secret_key: file:none}}"), Contains("cannot be found"));
    CHECK_THAT(said("sign: {sigv4: {region: eu-central-1, access_key: env:BORDERGATE_TEST_NONE, secret_key: file:secret}}"), Contains("BORDERGATE_TEST_NONE is not set"));
    CHECK_THAT(said("sign: {oauth2: {token_url: \"http://login.example/token\", client_id: app, client_secret: file:secret}}"),
               Contains("f.yaml:10:32") && Contains("would go over the network in clear") && Contains("use https://"));
    CHECK_THAT(said("sign: {oauth2: {client_id: app, client_secret: file:secret}}"), Contains("\"token_url\" is missing"));
    CHECK_THAT(said("sign: {jwt_bearer: {token_url: \"https://x\", key: file:key.pem}}"), Contains("\"issuer\" is missing"));
}

TEST_CASE("a token that goes over the network in clear is warned of") {
    const auto loaded = with(oauth2, "http://api.example");
    REQUIRE(loaded.snapshot);
    CHECK_THAT(format(loaded.diagnostics), Contains("goes over the network in clear"));
    CHECK_THAT(format(with(oauth2, "https://api.example").diagnostics), !Contains("in clear"));
}
