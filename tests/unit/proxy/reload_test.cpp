// What a reload looks at, and what it cannot change.
#include "proxy/reload.hpp"

#include <catch2/catch.hpp>
#include <fstream>

#include "tests/support/process.hpp"

using namespace bordergate;

TEST_CASE("a fingerprint changes with what a file holds, with its being there, and with nothing else") {
    testing::Folder folder;
    folder.write("a", "one");
    const std::vector<std::filesystem::path> files{folder.path("a"), folder.path("b")};
    const auto before = fingerprint(files);
    CHECK(fingerprint(files) == before);
    folder.write("a", "longer");
    const auto longer = fingerprint(files);
    CHECK(longer != before);
    folder.write("b", "there");
    CHECK(fingerprint(files) != longer);
}

TEST_CASE("a certificate, a key, a CA and a secret are watched beside the file itself") {
    Snapshot snapshot;
    snapshot.file = "gate.yaml";
    Listener listener;
    listener.tls.emplace();
    listener.tls->certificates.push_back({"server.pem", {SecretRef::Kind::file, "server.key"}, {}});
    listener.tls->client_ca = "clients.pem";
    snapshot.listeners.push_back(listener);
    Destination destination;
    destination.credential.emplace();
    destination.credential->value = {SecretRef::Kind::file, "token"};
    snapshot.destinations.push_back(destination);
    destination.credential->value = {SecretRef::Kind::env, "TOKEN"};
    snapshot.destinations.push_back(destination);
    destination.credential.reset();
    auto& sigv4 = destination.sign.emplace().sigv4.emplace();
    sigv4.access_key = {SecretRef::Kind::env, "ID"};
    sigv4.secret_key = {SecretRef::Kind::file, "aws-secret"};
    sigv4.session_token = {SecretRef::Kind::file, "aws-session"};
    snapshot.destinations.push_back(destination);
    auto& grant = destination.sign.emplace().grant.emplace();
    grant.secret = {SecretRef::Kind::file, "client-secret"};
    grant.ca = "login.pem";
    snapshot.destinations.push_back(destination);
    Source source;
    source.match.jwt.emplace();
    source.match.jwt->keys.file = "keys.json";  // read anew without a reload
    snapshot.sources.push_back(source);
    source.match.jwt->keys.file.clear();
    source.match.jwt->keys.url = "https://issuer/keys";
    source.match.jwt->keys.ca = "issuer.pem";
    snapshot.sources.push_back(source);
    const std::vector<std::filesystem::path> expected{"gate.yaml", "server.pem", "server.key", "clients.pem", "issuer.pem", "token",
                                                       "aws-secret", "aws-session", "client-secret", "login.pem"};
    CHECK(watched_files(snapshot) == expected);
}

TEST_CASE("what needs a restart is named, all of it") {
    Snapshot now, next;
    now.workers = next.workers = 2;
    CHECK(needs_restart(now, next).empty());
    next.workers = 3;
    next.instance = "other";
    next.admin = Endpoint{"127.0.0.1", 1};
    next.audit.directory = "elsewhere";
    CHECK(needs_restart(now, next) == "workers, instance, admin, audit");
}
