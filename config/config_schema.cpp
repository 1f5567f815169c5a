#include "config/config_schema.hpp"

#include "config/analyser_schema.hpp"
#include "config/connection_schema.hpp"
#include "config/checksum_names.hpp"
#include "config/mask_schema.hpp"
#include "config/signing_schema.hpp"
#include "config/upstream_schema.hpp"

namespace bordergate {

namespace {

using namespace schema;

/// One word, or a list of them that is not empty.
Schema words_or_list(const std::string& about, const Schema& word) {
    return one_of(about, {word, some(about, word)});
}

Schema operator_schema() {
    const auto party = object(
        "a party that holds or hosts the data",
        {
            required("name",
                     text("the party's name; two standings that name the same party share it",
                          Format::name)),
            required("law", text("the country (or group) whose law can compel it", Format::place)),
        });
    return one_of("who can be compelled to disclose: a country code, or a list of {name, law}",
                  {text("a country code", Format::place),
                   some("named parties, each host under the recipient too", party)});
}

Schema standing_schema(const std::string& about) {
    return object(about,
                  {
                      optional("location", text("where the bytes are: a country such as DE, a "
                                                "subdivision such as CA-QC; left out: unknown",
                                                Format::place)),
                      optional("operator", operator_schema()),
                  });
}

Schema classes_schema(const std::string& about) {
    return words_or_list(about, text("a class such as personal or health", Format::class_name));
}

Schema protocols_schema(const std::string& about) {
    return words_or_list(about, words("a version", {"http1", "http2"}));
}

Schema listener_schema() {
    return object("an address that clients connect to",
                  {
                      required("name", text("how routes and logs call it", Format::word)),
                      required("address", text("where to listen", Format::endpoint)),
                      required("mode", words("reverse: clients change their base URL to it; "
                                             "forward: clients use it as HTTP(S)_PROXY",
                                             {"reverse", "forward"})),
                      optional("trusted_hops", some("proxies before us that are believed about the client's address",
                                                    text("a network", Format::network))),
                      optional("protocols", protocols_schema("versions of HTTP that clients may speak; left out: both over TLS, http1 without")),
                      optional("tls", server_tls_schema()),
                      optional("proxy_protocol", proxied_clients_schema()),
                  });
}

Schema source_limits_schema() {
    constexpr long long millisecond = 1000, day = 86'400'000'000;
    const auto rate = one_of(
        "requests per time such as 100/s, or {requests: 100, per: 10s}",
        {text("requests per second, minute or hour", Format::rate),
         object("requests per any time", {required("requests", integer("how many", 1, most_requests)),
                                          required("per", duration("in how long", millisecond, day))})});
    return some_of("what it may ask for, over all workers; beyond it: 429",
                   {
                       optional("rate", rate),
                       optional("burst", integer("requests at once after a pause; those of one rate if "
                                                 "left out",
                                                 1, most_requests)),
                       optional("concurrent", integer("requests under way at once", 1, 1'000'000)),
                   });
}

Schema source_schema() {
    const auto api_key =
        object("the client's key",
               {required("sha256", text("its SHA-256, never the key itself", Format::api_key))});
    const auto match = some_of(
        "how it is recognised, by api_key, jwt, networks, spiffe_id or subject; everything given "
        "must hold",
        {
            optional("api_key", api_key),
            optional("jwt", jwt_schema()),
            optional("networks",
                     some("networks it calls from", text("a network", Format::network))),
            optional("spiffe_id", text("the SPIFFE ID in its client certificate", Format::spiffe)),
            optional("subject",
                     text("the subject of its client certificate (RFC 4514)", Format::name)),
        });
    return object(
        "who sends",
        {
            required("id", text("how rules and records call it", Format::word)),
            required("match", match),
            required("standing", standing_schema("where its data stands and who holds it")),
            optional("tenant",
                     text("whose data it is; labels and keys are bound to it", Format::name)),
            optional("purposes",
                     words_or_list("what it wants the data for; left out: any",
                                   words("a purpose", {"inference", "training", "fine_tuning",
                                                       "retrieval", "evaluation"}))),
            optional(
                "carries",
                classes_schema(
                    "classes it may carry; what cannot be inspected is judged as all of them")),
            optional("declares",
                     classes_schema("classes that every message of it holds, as a whole")),
            optional("limits", source_limits_schema()),
        });
}

Schema credential_schema() {
    return object(
        "what it is sent in place of the client's credential",
        {
            optional("header", text("the field's name; authorization if left out", Format::field)),
            optional("prefix", text("put before the secret, e.g. \"Bearer \"")),
            required("value", text("the secret", Format::secret)),
        });
}

Schema destination_schema() {
    return object(
        "who would receive",
        with_upstream_members({
            required("id", text("how routes and records call it", Format::word)),
            required("url", text("where it is; a path is put before the client's", Format::url)),
            required("standing", standing_schema("where it stands and who operates it")),
            optional("kind", words("model: its answers to inference may come home in clear unless "
                                   "a limit says otherwise; data: all else",
                                   {"model", "data"})),
            optional("dialect", words("the AI protocol it speaks", {dialect_names.begin(), dialect_names.end()})),
            optional("models", some("models it serves, * stands for any characters; left out: any",
                                    text("a model", Format::name))),
            optional("accepts", words_or_list("forms it can use; a model cannot use ciphertext",
                                              words("a form", {"clear", "mask", "seal"}))),
            optional("credential", credential_schema()),
            optional("sign", signing_schema()),
            optional("forwarded", words_or_list("what it is told of the client: none unless it says so; the client's "
                                                "address is then disclosed to it. To gateways: loop, a mark (CDN-Loop) by "
                                                "which a request that comes back is known",
                                                words("fields", {"none", "x-forwarded", "forwarded", "via", "loop"}))),
            optional("forward_credentials",
                     boolean("hand on the client's own credential; never on a reroute or retry")),
            optional("protocols", protocols_schema("versions of HTTP that it speaks; left out: what it prefers over TLS, http1 without")),
            optional("allow_private_address",
                     boolean("loopback and private addresses may be dialled")),
            optional("tls", upstream_tls_schema()),
            optional("proxy_protocol", words("tell it each client's address by this version of the "
                                             "PROXY protocol",
                                             {"v1", "v2"})),
        }));
}

Schema route_schema() {
    const auto field = object(
        "a field whose class is declared, whatever detection says",
        {
            required("path", text("JSONPath (RFC 9535) in the request body; of XML a path such as //patient/@id; of a gRPC request "
                                  "/package.Service/Method:field.path. A filter looks at the value it chooses (@), which is "
                                  "held until it is decided, within limits.hold_back", Format::field_path)),
            required("data", classes_schema("its classes")),
        });
    return object(
        "which requests go to which destinations",
        {
            required("id", text("how records call it", Format::word)),
            optional("listener", text("only from this listener", Format::listener)),
            optional("host", text("only for this host", Format::host)),
            optional("path", text("only below this path", Format::path)),
            optional("methods", some("only these methods", text("a method", Format::method))),
            required("destinations", some("in order of preference",
                                          text("a destination's id", Format::destination))),
            optional("fields", list("declared fields", field)),
            optional("unseal", boolean("open sealed values in answers for a source that stands in the key's "
                                       "jurisdiction")),
            optional("declares",
                     classes_schema("classes that every message on it holds, as a whole")),
        });
}

Schema target_schema() {
    const auto codes = words_or_list("countries, subdivisions or groups",
                                     text("a code such as FR or EEA", Format::place));
    const auto negated =
        some_of("everywhere but there, or one axis alone", {
                                                               optional("not", codes),
                                                               optional("location", codes),
                                                               optional("operator", codes),
                                                           });
    return one_of("a code, a list of codes, {not: …}, {location: …, operator: …}, or anywhere",
                  {text("a code, or anywhere", Format::place_or_anywhere),
                   some("codes", text("a code", Format::place)), negated});
}

Schema rule_schema() {
    const auto form = words("how much may be disclosed", {"clear", "mask", "seal", "refuse"});
    return one_key_of(
        {"permit", "limit"},
        "permit: FORM grants up to a form, limit: FORM is a ceiling; which data, under which law, "
        "to where",
        {
            required("id", text("how records and refusals call it", Format::word)),
            optional("permit", form),
            optional("limit", form),
            required("data", classes_schema("classes it speaks of")),
            required(
                "from",
                one_of("where the data stands: a code, a list, {not: …}, or anywhere",
                       {text("a code, or anywhere", Format::place_or_anywhere),
                        some("codes", text("a code", Format::place)),
                        object("everywhere but there",
                               {required("not", words_or_list("codes",
                                                              text("a code", Format::place)))})})),
            required("to", target_schema()),
            optional("purposes",
                     words_or_list("only for these purposes",
                                   words("a purpose", {"inference", "training", "fine_tuning",
                                                       "retrieval", "evaluation"}))),
            optional("with", mask_schema()),
            optional("restore_arguments", boolean("labels that this rule makes are restored in arguments of tools too, which act by themselves")),
            optional("key", text("the jurisdiction whose key seals", Format::territory)),
            optional(
                "on_refuse",
                words("hold the message until it is known, or cut it where a refused class shows",
                      {"hold", "cut"})),
            optional("cite",
                     words_or_list("its legal reference", text("e.g. GDPR Art. 45", Format::name))),
            optional("valid_from", text("the first day it holds (UTC)", Format::date)),
            optional("valid_to", text("the last day it holds (UTC)", Format::date)),
        });
}

Schema limits_schema() {
    return object(
        "bounds of memory",
        {
            optional("head", size("longest head of a message; it is read into one buffer", 1024,
                                  64 * 1024)),
            optional("held_body", size("longest body that is held to be classified; longer: 413",
                                       1024, 1LL << 32)),
            optional("hold_back", size("text a streaming rewrite may hold; it needs room for the "
                                       "longest thing it looks for",
                                       4096, 64 << 20)),
            optional("held_total", size("bodies held by all requests together, before new ones are turned away with "
                                        "503; left out: a quarter of memory",
                                        1024, 1LL << 40)),
            optional("memory", size("what the process may hold, before new requests are turned away with 503; left "
                                    "out: 95 % of its control group's or the machine's",
                                    1 << 20, 1LL << 44)),
            optional("connections", integer("client connections over all listeners", 1, 1'000'000)),
            optional("streams", integer("concurrent streams on one HTTP/2 connection", 1, 10'000)),
            optional("json_depth", integer("deepest nesting of JSON and XML", 4, 1000)),
            optional("labels", size("labels of pseudonyms and their values that one exchange remembers; beyond it those "
                                    "unused for longest are not restored",
                                    4096, 1LL << 30)),
            optional("message", size("longest message of a WebSocket session; each is held whole to be judged",
                                     1024, 1LL << 30)),
        });
}

Schema timeouts_schema() {
    constexpr long long millisecond = 1000, day = 86'400'000'000;
    const auto wait = [](const char* about) { return duration(about, millisecond, day); };
    return object(
        "longest waits",
        {
            optional("head", wait("from the first byte of a request's head to its last")),
            optional("idle", wait("between requests on a connection")),
            optional("body", wait("between two reads or writes of a body")),
            optional("connect", wait("resolving, connecting and TLS towards a destination")),
            optional("first_byte", wait("from the request's end to the response's head")),
            optional("total", wait("a whole exchange")),
            optional("drain", wait("for exchanges to finish after SIGTERM")),
        });
}

Schema audit_schema() {
    const auto commit =
        object("group commit",
               {
                   optional("interval", duration("longest wait for company", 0, 1'000'000)),
                   optional("records", integer("most records in one commit", 1, 1'000'000)),
               });
    return object(
        "the audit log: nothing leaves before its intent is durable here",
        {
            required("directory", text("folder of its own; created with mode 0700", Format::name)),
            optional("commit", commit),
            optional("segment", size("longest file", 64 * 1024, 1LL << 40)),
            optional("reserve",
                     size("disk kept back for records of identified sources", 0, 1LL << 40)),
        });
}

Schema whole_file() {
    const auto percent = [](const char* about) { return integer(about, 0, 100); };
    const auto recogniser = object(
        "a built-in recogniser that differs from its default, or one of your own",
        {
            required("entity", text("what it recognises, such as EMAIL_ADDRESS or EMPLOYEE_NUMBER", Format::name)),
            optional("enabled", boolean("whether it is active")),
            optional("title", text("what it is called", Format::name)),
            optional("data", text("the class it yields", Format::class_name)),
            optional("patterns", words_or_list("regular expressions (RE2), matched as whole words", text("e.g. EMP-\\d{6}", Format::name))),
            optional("words", words_or_list("words or names, matched whole and in any case", text("a word or several", Format::name))),
            optional("words_file", text("a file with one of them a line", Format::name)),
            optional("checksum", words("check digits that a match must have", {checksum_names.begin(), checksum_names.end()})),
            optional("context", words_or_list("words that announce it: up to 64 bytes before it, 24 behind, or in the field's name", text("a word", Format::name))),
            optional("score", some_of("how sure a match is; from 50 on it counts", {optional("alone", percent("in percent, without such a word")), optional("near", percent("with one"))})),
        });
    const auto own_class =
        object("a class of your own",
               {
                   optional("under", text("its parent class", Format::class_name)),
                   optional("special", boolean("a permit reaches it only by naming it")),
               });
    return object(
        "Bordergate configuration",
        {
            required("version", integer("of this format", 1, 1)),
            optional("instance", text("names this proxy in records; the host's name if left out",
                                      Format::word)),
            optional("workers", integer("threads; one per core if left out", 1, 256)),
            required("node", standing_schema("where this Bordergate itself stands")),
            required("listeners", some_unique("where clients connect", "name", listener_schema())),
            optional("admin",
                     object("health and metrics, on loopback only",
                            {required("address", text("where to listen", Format::endpoint))})),
            required("audit", audit_schema()),
            optional("keys", object("key rings",
                                    {required("directory",
                                              text("a folder with one sub-folder per jurisdiction",
                                                   Format::name))})),
            optional("classes", map("classes beside the built-in ones, by name", own_class)),
            optional("recognisers",
                     unique_list("changes to the recognisers, and your own", "entity", recogniser)),
            optional("analysers", unique_list("services that find names and places in texts", "id",
                                              analyser_schema(standing_schema("where it stands and who operates it; left out: with the node, for a loopback address"), credential_schema()))),
            required("sources", unique_list("who may send", "id", source_schema())),
            required("destinations", unique_list("who could receive", "id", destination_schema())),
            optional("routes", unique_list("for reverse listeners", "id", route_schema())),
            required("rules", unique_list("permits and limits", "id", rule_schema())),
            optional("grpc", object("gRPC services whose messages are read; KServe v2 is known without",
                                    {required("descriptors",
                                              words_or_list("files that protoc --include_imports "
                                                            "--descriptor_set_out writes",
                                                            text("a file", Format::name)))})),
            optional("limits", limits_schema()),
            optional("timeouts", timeouts_schema()),
            optional("reload", object("how a changed configuration takes over",
                                      {
                                          optional("grace", duration("how long an exchange may go on under the configuration it began under", 0, 86'400'000'000)),
                                          optional("watch", boolean("take a changed file without SIGHUP; true if left out")),
                                      })),
            optional("dns", dns_schema()),
        });
}

}  // namespace

const SchemaNode& config_schema() {
    static const Schema whole = whole_file();
    return *whole;
}

}  // namespace bordergate
