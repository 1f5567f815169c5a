// What the operator said, as immutable values: the snapshot every worker reads. Made by the loader from
// one YAML file; swapped whole on reload; pinned per crossing.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/class_tree.hpp"
#include "config/judgement.hpp"
#include "config/jurisdiction.hpp"
#include "config/policy.hpp"
#include "config/recogniser_spec.hpp"
#include "config/secret_ref.hpp"
#include "config/signing.hpp"
#include "config/standing.hpp"
#include "config/upstream_settings.hpp"

namespace bordergate {

/// An address to bind or to allow: numeric host and port, as written.
struct Endpoint {
    std::string host;
    std::uint16_t port = 0;  ///< 0: the kernel chooses (the chosen port is printed at start)
};

/// A network in CIDR form; IPv4 is kept as ::ffff:a.b.c.d.
struct Network {
    std::array<std::uint8_t, 16> address{};
    unsigned prefix = 128;
    bool operator==(const Network&) const = default;
};

/// A certificate of a listener, shown to clients that name one of its hosts.
struct ServerCertificate {
    std::filesystem::path certificate;  ///< PEM chain, its own certificate first
    SecretRef key;
    std::optional<std::filesystem::path> ocsp;  ///< DER OCSP response, stapled for as long as it holds
};

struct ServerTls {
    std::vector<ServerCertificate> certificates;  ///< never empty; the first is shown to those who name none
    bool strict_sni = false;                      ///< refuse clients that name no certificate's host
    std::optional<std::filesystem::path> client_ca;  ///< set: client certificates are asked for
    bool require_client_certificate = false;
};

/// Which versions of HTTP are spoken.
struct Protocols {
    bool http1 = true;
    bool http2 = false;
};

/// Versions of the PROXY protocol (HAProxy's proxy-protocol.txt).
enum class ProxyProtocol : std::uint8_t { off, v1, v2 };

/// A listener behind other proxies: each connection begins by telling whose it is.
struct ProxiedClients {
    bool operator==(const ProxiedClients&) const = default;
    bool v1 = true, v2 = true;   ///< versions that are understood
    std::vector<Network> from;  ///< those who are believed; never empty. Connections of others are closed
};

/// Fields that tell a destination who is behind us, as it asks for them.
enum class Forwarding : std::uint8_t { x_forwarded, forwarded, via, loop };
using ForwardingSet = std::uint8_t;
constexpr ForwardingSet bit(Forwarding what) { return static_cast<ForwardingSet>(1U << static_cast<unsigned>(what)); }
inline constexpr std::array<std::string_view, 4> forwarding_names{"x-forwarded", "forwarded", "via", "loop"};

struct Listener {
    enum class Mode : std::uint8_t { reverse, forward };
    std::string name;
    Endpoint address;
    Mode mode = Mode::reverse;
    Protocols protocols;  ///< HTTP/2 without TLS: with prior knowledge (RFC 9113, 3.3)
    std::optional<ServerTls> tls;
    std::vector<Network> trusted_hops;  ///< believed about the client's address
    std::optional<ProxiedClients> proxied;
};

/// How a JWT is signed (RFC 7518, 3.1; RFC 8037, 3.1). Nothing here takes a shared secret.
enum class JwtAlgorithm : std::uint8_t { es256, es384, es512, rs256, rs384, rs512, ps256, ps384, ps512, eddsa };

/// Where the keys of an issuer are: a JWK Set (RFC 7517, 5) in a file, or behind an https URL.
struct JwtKeys {
    std::filesystem::path file;                ///< empty: `url`
    std::string url;
    std::optional<std::filesystem::path> ca;   ///< of the URL's host; none: the system's store
    std::chrono::milliseconds refresh{600'000};   ///< between two fetches
    std::chrono::milliseconds timeout{5'000};     ///< of one fetch
    std::chrono::milliseconds deadline{3'600'000};///< how long keys are used that cannot be read anew
    bool operator==(const JwtKeys&) const = default;
};

/// What a bearer token must be. Expiry is always required and checked.
struct JwtMatch {
    std::string issuer, audience;  ///< exactly; of several audiences one
    JwtKeys keys;
    std::vector<JwtAlgorithm> algorithms;  ///< the only ones accepted; never empty
    std::vector<std::pair<std::string, std::vector<std::string>>> claims;  ///< each has one of its values
    std::chrono::seconds leeway{60};       ///< for clocks that differ
    bool operator==(const JwtMatch&) const = default;
};

/// How a source is recognised. Every criterion given must hold; a source has at least one.
struct SourceMatch {
    bool operator==(const SourceMatch&) const = default;
    std::optional<SecretRef> api_key_sha256;  ///< hex SHA-256 of the key, in a file or a variable
    std::optional<std::string> api_key_sha256_literal;  ///< the same hex, written in the file itself
    std::vector<Network> networks;
    std::optional<std::string> spiffe_id;     ///< URI SAN of the client certificate
    std::optional<std::string> subject;       ///< RFC 4514 subject of the client certificate
    std::optional<JwtMatch> jwt;              ///< of the bearer token
};

/// At most so many requests per time, and so many at once after a pause. The schema bounds both counts to 10,000,000 and
/// the time to one day, so that their products fit 64 bits.
struct RateLimit {
    std::uint64_t requests = 1;
    std::chrono::microseconds per{1'000'000};
    std::uint64_t burst = 1;
    friend bool operator==(const RateLimit&, const RateLimit&) = default;
};

/// What one source may ask for, over all workers; beyond it: 429.
struct SourceLimits {
    std::optional<RateLimit> rate;
    std::optional<std::uint64_t> concurrent;  ///< exchanges under way
};

struct Source {
    std::string id;
    SourceMatch match;
    Standing standing;
    std::string tenant;
    PurposeSet purposes = all_purposes;
    SourceLimits limits;
    ClassSet carries;   ///< what it may carry; `opaque` answers for all of it
    ClassSet declares;  ///< what every message of it holds, whole
    std::vector<BindingLaw> laws;  ///< of its location (permits and limits) and operator (limits only)
};

/// A header sent to a destination in place of the client's credential.
struct Credential {
    std::string header = "authorization";
    std::string prefix;  ///< e.g. "Bearer "
    SecretRef value;
};

struct UpstreamTls {
    std::optional<std::filesystem::path> ca;  ///< none: the system's store
    std::optional<std::string> server_name;   ///< none: the URL's host
    std::optional<std::filesystem::path> certificate;
    std::optional<SecretRef> key;
    std::optional<std::string> spiffe_id;  ///< its certificate must have, in place of the name
    std::vector<std::array<std::uint8_t, 32>> pins;  ///< SHA-256 of keys (SPKI), one of which must be in its chain
};

enum class DestinationKind : std::uint8_t { model, data };
enum class DialectId : std::uint8_t { none, openai, anthropic, gemini, bedrock, ollama, kserve, huggingface, mcp };
/// By DialectId: the words of the configuration.
inline constexpr std::array<std::string_view, 9> dialect_names{"none", "openai", "anthropic", "gemini", "bedrock", "ollama", "kserve", "huggingface", "mcp"};

struct Destination {
    std::string id;
    bool tls = false;
    std::string host;
    std::uint16_t port = 0;
    std::string base_path;      ///< put before the client's path; "" or "/something", never ending in /
    Standing standing;
    DestinationKind kind = DestinationKind::data;
    DialectId dialect = DialectId::none;
    std::vector<std::string> models;  ///< globs; empty: any
    FormSet accepts = bit(Form::clear) | bit(Form::mask);
    std::optional<Credential> credential;
    bool forward_credentials = false;
    std::optional<Signing> sign;         ///< in place of either
    ForwardingSet forwarded = 0;  ///< what it is told of the client
    UpstreamTls upstream_tls;
    Protocols protocols;                 ///< both: HTTP/2 if it is agreed on in the TLS handshake
    ProxyProtocol proxy_protocol = ProxyProtocol::off;  ///< on: it is told each client's address
    bool allow_private_address = false;  ///< loopback and private addresses may be dialled
    std::vector<BindingLaw> laws;        ///< of what is kept there, for the response crossing
    UpstreamSettings upstream;           ///< how it is reached
};

/// An entity that an analyser may find, and the class that it is of here.
struct AnalysedEntity {
    std::string entity;
    ClassId data{};
};

/// A service that finds what only a model can, names and places. It speaks as Presidio's analyzer does, and stands with
/// the node: whatever the node may see it may see.
struct Analyser {
    Destination at;  ///< its URL, TLS, credential and bounds of connections; nothing is ever judged as sent there
    std::vector<AnalysedEntity> entities;  ///< never empty; it may answer no other
    std::string language = "en";
    float threshold = 0.5F;                ///< what it is less sure of does not count
    std::chrono::milliseconds deadline{2'000};  ///< of one request, from its connection to the end of its answer
    std::size_t max_text = 32 * 1024;      ///< bytes of text in one request
    std::size_t batch = 32;                ///< texts in one request; 1: each is sent as a string, not in a list
};

/// Every class that `analysers` can yield.
inline ClassSet analysed_classes(const std::vector<Analyser>& analysers) {
    ClassSet classes;
    for (const auto& one : analysers)
        for (const auto& entity : one.entities) classes.add(entity.data);
    return classes;
}

/// A declared field: values at `path` have `data`, whatever detection says.
struct FieldRule {
    std::string path;  ///< JSONPath (RFC 9535), the part that can be decided while streaming; of XML such a part of XPath
                       ///< (`/a/b`, `//b/@c`); of a gRPC request `/SERVICE/METHOD:FIELDS`
    ClassSet data;
    int line = 0, column = 0;  ///< where the path stands in the file, from 1
    /// A service, a method, and a colon before the fields; XML paths have no colon.
    bool grpc() const {
        const auto slash = path.find('/', 1), colon = path.find(':');
        return path.starts_with('/') && slash != 1 && slash < colon && colon != std::string::npos && path.find('/', slash + 1) > colon;
    }
    bool xml() const { return path.starts_with('/') && !grpc(); }
};

/// A FileDescriptorSet of gRPC services. The filters read it.
struct DescriptorFile {
    std::filesystem::path file;
    int line = 0, column = 0;  ///< where it is named, from 1
};

struct Route {
    std::string id;
    std::optional<std::string> listener;  ///< none: every reverse listener
    std::optional<std::string> host;      ///< exact, lower case, without port
    std::string path = "/";               ///< prefix, on segment boundaries
    std::vector<std::string> methods;     ///< empty: any
    std::vector<std::uint16_t> destinations;  ///< indices, in order of preference
    std::vector<FieldRule> fields;
    ClassSet declares;
    bool unseal = false;  ///< sealed values in answers are opened where that is lawful
};

/// What the operator changed of a built-in recogniser.
struct RecogniserChange {
    std::string entity;
    bool off = false;             ///< one that is on otherwise
    std::optional<ClassId> data;  ///< another class
    bool rarer = false;           ///< found in fewer places: other patterns, context or scores
};

struct Limits {
    std::size_t head_bytes = 32 * 1024;
    std::size_t held_body_bytes = 8 * 1024 * 1024;   ///< a held body beyond it: 413
    std::size_t hold_back_bytes = 64 * 1024;         ///< text a streaming rewrite may hold
    std::optional<std::size_t> held_total_bytes;     ///< bodies held by all exchanges; none: a quarter of memory
    std::optional<std::size_t> memory_bytes;         ///< of the process; none: 95 % of its control group's, or of the machine's
    std::size_t connections = 20000;                 ///< over all listeners
    std::size_t json_depth = 128;
    std::uint32_t streams = 100;                     ///< concurrent on one HTTP/2 connection
    std::size_t label_bytes = 16 * 1024 * 1024;      ///< labels and their values that one exchange remembers
    std::size_t message_bytes = 16 * 1024 * 1024;    ///< a longer message of a WebSocket session closes it (1009)
};

struct Timeouts {
    std::chrono::milliseconds head{10'000};       ///< from the first byte of a head to its last
    std::chrono::milliseconds idle{75'000};       ///< between requests on a connection
    std::chrono::milliseconds body{30'000};       ///< between two reads or writes of a body
    std::chrono::milliseconds connect{5'000};     ///< resolve, TCP and TLS to an upstream
    std::chrono::milliseconds first_byte{120'000};///< from the request's end to the response's head
    std::chrono::milliseconds total{600'000};     ///< an exchange as a whole
    std::chrono::milliseconds drain{30'000};      ///< after SIGTERM
};

/// How a changed configuration takes over.
struct ReloadSettings {
    std::chrono::milliseconds grace{60'000};  ///< how long an exchange may go on under the configuration it began under
    bool watch = true;                        ///< a changed file is taken without a signal
};

struct AuditSettings {
    std::filesystem::path directory;
    std::chrono::microseconds commit_interval{2'000};  ///< longest wait for company in a group commit
    std::size_t commit_records = 1024;                 ///< most records in one commit
    std::size_t segment_bytes = 64 * 1024 * 1024;
    std::size_t reserve_bytes = 16 * 1024 * 1024;  ///< disk kept back for records of identified sources
};

/// Tells snapshots apart for the life of the process, wherever in memory they are: each copy has a number of its
/// own. What was worked out from one snapshot is never taken for another's.
class SnapshotSerial {
  public:
    SnapshotSerial() : number_(next()) {}
    SnapshotSerial(const SnapshotSerial&) : number_(next()) {}
    SnapshotSerial& operator=(const SnapshotSerial&) {
        number_ = next();
        return *this;
    }
    std::uint64_t number() const { return number_; }

  private:
    static std::uint64_t next() {
        static std::atomic<std::uint64_t> last{0};
        return ++last;
    }
    std::uint64_t number_;
};

/// A file that words to look for were read from.
struct WordFile {
    std::filesystem::path file;
    std::size_t words = 0;  ///< how many it has
};

/// Everything one configuration file says.
struct Snapshot {
    std::string file;
    std::string digest;  ///< SHA-256 of the file's text, hex
    unsigned workers = 0;  ///< 0: one per core
    std::string instance;  ///< names this proxy in attempt ids and records
    Standing node;
    std::optional<Endpoint> admin;
    AuditSettings audit;
    std::optional<std::filesystem::path> keys;  ///< a folder with one sub-folder per jurisdiction
    std::vector<Listener> listeners;
    std::vector<Source> sources;
    std::vector<Destination> destinations;
    std::vector<Route> routes;
    std::vector<DescriptorFile> descriptors;  ///< services whose messages are read
    std::vector<Recogniser> recognisers;  ///< the active ones
    std::vector<RecogniserChange> recogniser_changes;
    std::vector<Analyser> analysers;      ///< beside the recognisers
    std::vector<WordFile> word_files;
    Limits limits;
    Timeouts timeouts;
    ReloadSettings reload;
    DnsSettings dns;
    ClassTree classes;
    Policy policy;
    const Atlas* atlas = nullptr;
    SnapshotSerial serial;
};

using SnapshotPtr = std::shared_ptr<const Snapshot>;

}  // namespace bordergate
