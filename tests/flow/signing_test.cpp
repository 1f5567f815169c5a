// Requests that are signed for their destination: by AWS's signature over what really leaves, and by tokens of an endpoint.
#include <catch2/catch.hpp>
#include <unistd.h>

#include <ctime>
#include <mutex>
#include <optional>

#include "config/digest.hpp"
#include "filters/ascii.hpp"
#include "filters/sign/sigv4.hpp"
#include "proxy/jwt/jwt.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/gate.hpp"
#include "tests/support/peers.hpp"
#include "tests/support/servers.hpp"
#include "tests/support/tokens.hpp"

using namespace bordergate;
using namespace bordergate::testing;
using Catch::Contains;
using Catch::StartsWith;

namespace {

constexpr const char* masking = R"(  - {id: plain, permit: clear, data: plain, from: EEA, to: US}
  - {id: mask, permit: mask, data: personal, from: EEA, to: US, with: replace_with_info_type}
  - {id: back, permit: clear, data: [plain, opaque, personal, financial, credential], from: US, to: EEA}
)";

/// Keeps what it is sent, and answers each with what the test says.
class Service {
  public:
    Service()
        : upstream_([this](Connection& connection) {
              for (auto text = connection.message(); !text.empty(); text = connection.message()) connection.send(answer_to(text));
          }) {}
    std::uint16_t port() const { return upstream_.port(); }
    std::string last() {
        const std::scoped_lock lock(mutex_);
        return received_.empty() ? "" : received_.back();
    }
    std::size_t count() {
        const std::scoped_lock lock(mutex_);
        return received_.size();
    }
    void answer(std::string status, std::string body = "{}") {
        const std::scoped_lock lock(mutex_);
        status_ = std::move(status);
        body_ = std::move(body);
    }

  private:
    std::string answer_to(const std::string& text) {
        const std::scoped_lock lock(mutex_);
        received_.push_back(text);
        return "HTTP/1.1 " + status_ + "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body_.size()) + "\r\n\r\n" + body_;
    }
    std::mutex mutex_;
    std::vector<std::string> received_;
    std::string status_ = "200 OK", body_ = "{}";
    Upstream upstream_;
};

GateSettings settings_for(const Service& destination, const std::string& sign) {
    GateSettings settings;
    settings.destination_url = "http://127.0.0.1:" + std::to_string(destination.port());
    settings.destination_more = "    sign: {" + sign + "}\n";
    return settings;
}

std::string ask(const Gate& gate, const std::string& text) {
    Connection client(gate.port());
    client.send(text);
    return client.message();
}

/// The head of a message as it was sent.
RequestHead head_of(const std::string& message) {
    RequestHead head;
    std::string_view rest = std::string_view(message).substr(0, message.find("\r\n\r\n"));
    const auto line = rest.substr(0, rest.find("\r\n"));
    const auto target = line.substr(line.find(' ') + 1, line.rfind(' ') - line.find(' ') - 1);
    head.method = line.substr(0, line.find(' '));
    head.path = target.substr(0, target.find('?'));
    if (target.find('?') != std::string_view::npos) head.query = target.substr(target.find('?') + 1);
    while (rest.find("\r\n") != std::string_view::npos) {
        rest.remove_prefix(rest.find("\r\n") + 2);
        const auto field = rest.substr(0, rest.find("\r\n"));
        head.fields.add(field.substr(0, field.find(':')), trimmed(field.substr(field.find(':') + 1)));
    }
    head.authority = head.fields.get("host").value_or("");
    return head;
}

const Sigv4Keys keys{"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", {}};

/// As a service of AWS checks it: the signature that the sender should have made of what came.
void check_signature(const std::string& message, const Sigv4Keys& by = keys) {
    INFO(message);
    const auto head = head_of(message);
    const auto shown = head.fields.get("authorization").value_or("");
    std::vector<std::string> names;
    const auto list = shown.substr(shown.find("SignedHeaders=") + 14);
    for (auto rest = list.substr(0, list.find(',')); !rest.empty(); rest.remove_prefix(std::min(rest.size(), rest.find(';') == std::string_view::npos ? rest.size() : rest.find(';') + 1)))
        names.emplace_back(rest.substr(0, rest.find(';')));
    const auto hash = sha256_hex(message.substr(message.find("\r\n\r\n") + 4));
    CHECK(head.fields.get("x-amz-content-sha256").value_or("") == hash);
    CHECK(head.fields.count("authorization") == 1);
    CHECK(head.fields.count("x-amz-date") == 1);
    const std::string time(head.fields.get("x-amz-date").value_or(""));
    CHECK(shown == sigv4_authorization(head, names, hash, time, by, {"eu-central-1", "bedrock"}).value());
    CHECK_THAT(std::string(list), StartsWith("content-type;host;x-amz-content-sha256;x-amz-date") || StartsWith("host;x-amz-content-sha256;x-amz-date"));
    CHECK(time >= sigv4_time(std::time(nullptr) - 60));
    CHECK(time <= sigv4_time(std::time(nullptr)));
}

/// A gate whose destination takes AWS's signature, with the keys in files.
struct Aws {
    explicit Aws(const std::string& rules = {}, bool temporary = false, const std::string& top = {}) {
        folder.write("id", "AKIDEXAMPLE\n");
        folder.write("secret", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY\n");
        folder.write("session", "session/token==\n");
        auto settings = settings_for(destination, "sigv4: {region: eu-central-1, access_key: file:" + folder.path("id") + ", secret_key: file:" + folder.path("secret") +
                                                      (temporary ? ", session_token: file:" + folder.path("session") : std::string()) + "}");
        settings.rules = rules;
        settings.more = top;
        gate.emplace(settings);
    }
    Folder folder;
    Service destination;
    std::optional<Gate> gate;
};

/// A token endpoint behind TLS; it keeps what it is asked, and gives tokens with numbers.
class TokenEndpoint {
  public:
    explicit TokenEndpoint(const Folder& folder)
        : authority_(folder),
          plain_([this](Connection& connection) {
              for (auto text = connection.message(); !text.empty(); text = connection.message()) {
                  const auto said = answer_to(text);
                  if (said.empty()) {
                      connection.all();  // until whoever asks gives up
                      return;
                  }
                  connection.send(said);
              }
          }) {
        authority_.issue("login", "subjectAltName=DNS:localhost\n");
        tls_.emplace("ssl", "ssl_certificate " + folder.path("login.pem") + "; ssl_certificate_key " + folder.path("login.key") +
                                ";\nlocation / { proxy_pass http://127.0.0.1:" + std::to_string(plain_.port()) + "; }\n");
    }
    /// The keys of `sign` that say where it is.
    std::string keys() const { return "token_url: \"https://localhost:" + std::to_string(tls_->port()) + "/token\", ca: " + authority_.pem(); }
    std::size_t count() {
        const std::scoped_lock lock(mutex_);
        return asked_.size();
    }
    std::string last() {
        const std::scoped_lock lock(mutex_);
        return asked_.empty() ? "" : asked_.back();
    }
    void answer(std::string status, std::string body) {
        const std::scoped_lock lock(mutex_);
        status_ = std::move(status);
        body_ = std::move(body);
    }
    void expires_in(int seconds) {
        const std::scoped_lock lock(mutex_);
        seconds_ = seconds;
    }
    void say_nothing() { answer("", ""); }

  private:
    std::string answer_to(const std::string& text) {
        const std::scoped_lock lock(mutex_);
        asked_.push_back(text);
        if (status_.empty()) return {};
        const auto body = body_.empty() ? R"({"access_token":"token-)" + std::to_string(asked_.size()) + R"(","token_type":"Bearer","expires_in":)" + std::to_string(seconds_) + "}" : body_;
        return "HTTP/1.1 " + status_ + "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    }
    Authority authority_;
    std::mutex mutex_;
    std::vector<std::string> asked_;
    std::string status_ = "200 OK", body_;
    int seconds_ = 3600;
    Upstream plain_;
    std::optional<Nginx> tls_;
};

std::string by_client(const TokenEndpoint& endpoint, const Folder& folder, const std::string& more = {}) {
    folder.write("client-secret", "the-client's-secret");
    return "oauth2: {" + endpoint.keys() + ", client_id: app, client_secret: file:" + folder.path("client-secret") + ", scope: read" + more + "}";
}

std::string shown_to(Service& destination) { return std::string(head_of(destination.last()).fields.get("authorization").value_or("")); }

}  // namespace

TEST_CASE("what is signed for AWS is the body as it was masked, not as it came", "[signing]") {
    Aws aws(masking);
    const auto answer = ask(*aws.gate, "POST /model/eu.anthropic.claude-3-haiku-20240307-v1%3A0/converse?a=1&X-Amz-Signature=ff HTTP/1.1\r\nHost: gate\r\nAuthorization: Bearer secret\r\n"
                                            "Content-Type: application/json\r\nX-Amz-Date: 20200101T000000Z\r\nX-Amz-Content-Sha256: UNSIGNED-PAYLOAD\r\nX-Amz-Security-Token: of-the-client\r\n"
                                            "Content-Length: 26\r\n\r\n{\"mail\":\"ann@example.org\"}");
    CHECK_THAT(answer, StartsWith("HTTP/1.1 200"));
    const auto sent = aws.destination.last();
    CHECK(body_of(sent) == R"({"mail":"[EMAIL_ADDRESS]"})");
    CHECK_THAT(sent, Contains("POST /model/eu.anthropic.claude-3-haiku-20240307-v1%3A0/converse?a=1 HTTP/1.1") && !Contains("of-the-client") && !Contains("UNSIGNED") && !Contains("Bearer"));
    check_signature(sent);
    CHECK(head_of(sent).fields.count("x-amz-security-token") == 0);
    CHECK(aws.gate->recorded("\"outcome\""));
    CHECK_THAT(aws.gate->records(), !Contains("AKIDEXAMPLE") && !Contains("AWS4-HMAC"));
}

TEST_CASE("a body that may go in clear and comes in chunks is held until its hash is known", "[signing]") {
    Aws aws;
    Connection client(aws.gate->port());
    client.send("POST /v1/x HTTP/1.1\r\nHost: gate\r\nAuthorization: Bearer secret\r\nContent-Type: application/octet-stream\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
    client.send("6\r\n world\r\n0\r\n\r\n");
    CHECK_THAT(client.message(), StartsWith("HTTP/1.1 200"));
    const auto sent = aws.destination.last();
    CHECK_THAT(sent, Contains("\r\n\r\nhello world") && Contains("content-length: 11") && !Contains("hunked"));
    check_signature(sent);
    // The next one on the same connection has a signature of its own.
    client.send(request("POST", "/v1/x", "{\"a\":1}"));
    CHECK_THAT(client.message(), StartsWith("HTTP/1.1 200"));
    check_signature(aws.destination.last());
    CHECK(aws.destination.count() == 2);
}

TEST_CASE("a request without a body is signed too, and a body that is too long to be held is refused", "[signing]") {
    Aws aws({}, false, "limits: {held_body: 1KiB}\n");
    CHECK_THAT(ask(*aws.gate, request("GET", "/async-invoke?b=2&a=1")), StartsWith("HTTP/1.1 200"));
    check_signature(aws.destination.last());
    const auto refused = ask(*aws.gate, request("POST", "/v1/x", std::string(2000, 'a'), "text/plain"));
    CHECK_THAT(refused, StartsWith("HTTP/1.1 413") && Contains("must be held to be signed"));
    CHECK(aws.destination.count() == 1);
}

TEST_CASE("temporary keys send their token, and keys that change in their files are taken", "[signing]") {
    Aws aws({}, true);
    Sigv4Keys temporary = keys;
    temporary.session_token = "session/token==";
    const auto sent_with = [&](const char* token) {
        CHECK_THAT(ask(*aws.gate, request("POST", "/v1/x", "{}")), StartsWith("HTTP/1.1 200"));
        return head_of(aws.destination.last()).fields.get("x-amz-security-token").value_or("") == token;
    };
    CHECK(sent_with("session/token=="));
    check_signature(aws.destination.last(), temporary);
    aws.folder.write("session", "another");
    temporary.session_token = "another";
    bool taken = false;
    for (int tries = 0; tries < 500 && !taken; ++tries) {
        taken = sent_with("another");
        ::usleep(20'000);
    }
    CHECK(taken);
    check_signature(aws.destination.last(), temporary);
}

TEST_CASE("a body that the first destination was to be streamed is held when the next one signs it", "[signing]") {
    Folder folder;
    folder.write("id", keys.access_key);
    folder.write("secret", keys.secret_key);
    Service service;
    GateSettings settings;
    settings.destination_url = "http://127.0.0.1:" + std::to_string(free_port());
    settings.destination_more = "  - id: second\n    url: http://127.0.0.1:" + std::to_string(service.port()) +
                                "\n    standing: {location: US, operator: US}\n    allow_private_address: true\n    sign: {sigv4: {region: eu-central-1, access_key: file:" +
                                folder.path("id") + ", secret_key: file:" + folder.path("secret") + "}}\n";
    settings.route_destinations = "far, second";
    Gate gate(settings);
    Connection client(gate.port());
    client.send("POST /v1/x HTTP/1.1\r\nHost: gate\r\nAuthorization: Bearer secret\r\nContent-Type: text/plain\r\nContent-Length: 11\r\n\r\nhello");
    client.send(" world");
    CHECK_THAT(client.message(), StartsWith("HTTP/1.1 200"));
    CHECK(body_of(service.last()) == "hello world");
    check_signature(service.last());
}

TEST_CASE("a token is fetched once for the requests of all workers, and shown in place of the client's credential", "[signing]") {
    if (!have_servers()) return;
    Folder folder;
    TokenEndpoint endpoint(folder);
    Service destination;
    auto settings = settings_for(destination, by_client(endpoint, folder));
    settings.workers = 2;
    Gate gate(settings);
    for (int i = 0; i < 8; ++i) {
        CHECK_THAT(ask(gate, request("POST", "/v1/x", "{}")), StartsWith("HTTP/1.1 200") && !Contains("token-1"));
        CHECK(shown_to(destination) == "Bearer token-1");
        CHECK_THAT(destination.last(), !Contains("Bearer secret"));
    }
    CHECK(endpoint.count() == 1);
    const auto asked = endpoint.last();
    CHECK_THAT(asked, StartsWith("POST /token") && Contains("grant_type=client_credentials&scope=read"));
    CHECK_THAT(asked, Contains("uthorization: Basic YXBwOnRoZS1jbGllbnQlMjdzLXNlY3JldA=="));  // app:the-client%27s-secret
    CHECK(gate.recorded("\"outcome\""));
    CHECK_THAT(gate.records(), !Contains("token-1") && !Contains("client's"));
}

TEST_CASE("a token is replaced before it expires", "[signing]") {
    if (!have_servers()) return;
    Folder folder;
    TokenEndpoint endpoint(folder);
    endpoint.expires_in(1);
    Service destination;
    Gate gate(settings_for(destination, by_client(endpoint, folder)));
    bool replaced = false;
    for (int tries = 0; tries < 500 && !replaced; ++tries) {
        CHECK_THAT(ask(gate, request("POST", "/v1/x", "{}")), StartsWith("HTTP/1.1 200"));
        replaced = shown_to(destination) != "Bearer token-1";
        ::usleep(10'000);
    }
    CHECK(replaced);
}

TEST_CASE("a token that the destination refuses is replaced", "[signing]") {
    if (!have_servers()) return;
    Folder folder;
    TokenEndpoint endpoint(folder);
    endpoint.expires_in(10);
    Service destination;
    destination.answer("401 Unauthorized");
    Gate gate(settings_for(destination, by_client(endpoint, folder)));
    bool replaced = false;
    for (int tries = 0; tries < 500 && !replaced; ++tries) {
        CHECK_THAT(ask(gate, request("POST", "/v1/x", "{}")), StartsWith("HTTP/1.1 401"));
        replaced = shown_to(destination) == "Bearer token-2";
        ::usleep(10'000);
    }
    CHECK(replaced);
}

TEST_CASE("without a token nothing is sent, and the refusal says why", "[signing]") {
    if (!have_servers()) return;
    Folder folder;
    Service destination;
    const auto refused_by = [&](TokenEndpoint& endpoint, const std::string& more = {}) {
        Gate gate(settings_for(destination, by_client(endpoint, folder, more)));
        const auto answer = ask(gate, request("POST", "/v1/x", "{\"mail\":\"ann@example.org\"}"));
        CHECK_THAT(answer, StartsWith("HTTP/1.1 503") && Contains("bordergate-code: key_unavailable") && Contains("destination far cannot be asked") && !Contains("ann@"));
        CHECK_THAT(answer, Contains("x-should-retry: false"));
        CHECK(gate.recorded("\"outcome\""));
        return answer + gate.records();
    };
    TokenEndpoint endpoint(folder);
    endpoint.answer("400 Bad Request", R"({"error":"invalid_client","error_description":"joe at the-client's-secret"})");
    CHECK_THAT(refused_by(endpoint), Contains("status 400 (invalid_client)") && !Contains("joe"));
    endpoint.answer("200 OK", R"({"access_token":"shown\r\nx: y","token_type":"Bearer"})");
    CHECK_THAT(refused_by(endpoint), Contains("no token that a request can carry") && !Contains("shown"));
    endpoint.answer("302 Found", "{}");
    CHECK_THAT(refused_by(endpoint), Contains("status 302"));
    endpoint.say_nothing();
    CHECK_THAT(refused_by(endpoint, ", timeout: 300ms"), Contains("no token from https://localhost"));
    CHECK(destination.count() == 0);
}

TEST_CASE("a service account's key signs for its token", "[signing]") {
    if (!have_servers()) return;
    Folder folder;
    const Issuer account(JwtAlgorithm::rs256, "one");
    folder.write("key.pem", account.pem());
    TokenEndpoint endpoint(folder);
    Service destination;
    Gate gate(settings_for(destination, "jwt_bearer: {" + endpoint.keys() + ", key: file:" + folder.path("key.pem") + ", key_id: one, issuer: me@project, scope: cloud, audience: \"https://oauth2.example\"}"));
    CHECK_THAT(ask(gate, request("POST", "/v1/x", "{}")), StartsWith("HTTP/1.1 200"));
    CHECK(shown_to(destination) == "Bearer token-1");
    const auto form = body_of(endpoint.last());
    const auto from = form.find("assertion=") + 10;
    const auto token = form.substr(from, form.find('&', from) - from);
    const auto jwt = Jwt::parse(token);
    REQUIRE(jwt.has_value());
    const auto known = KeySet::parse(account.jwks()).value();
    CHECK(jwt->is_signed_by(*known.find("one", JwtAlgorithm::rs256).front()));
    JwtMatch expected;
    expected.issuer = "me@project";
    expected.audience = "https://oauth2.example";
    expected.algorithms = {JwtAlgorithm::rs256};
    expected.claims = {{"scope", {"cloud"}}};
    CHECK(jwt->check(expected, std::time(nullptr)).has_value());
}
