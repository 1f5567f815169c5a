#include "config/config_schema.hpp"

#include "config/entities.hpp"

namespace bordergate {

namespace {

using namespace schema;

Schema words_or_list(const std::string& about, const Schema& word) { return one_of(about, {word, list(about, word)}); }

Schema operator_schema() {
    const auto party = object("a party that holds or hosts the data", {
        required("name", text("the party's name; two standings that name the same party share it")),
        required("law", text("the country (or group) whose law can compel it")),
    });
    return one_of("who can be compelled to disclose: a country code, or a list of {name, law}",
                  {text("a country code"), list("named parties, each host under the recipient too", party)});
}

Schema standing_schema(const std::string& about) {
    return object(about, {
        optional("location", text("where the bytes are: a country such as DE, a subdivision such as CA-QC; left out: unknown")),
        optional("operator", operator_schema()),
    });
}

Schema classes_schema(const std::string& about) { return words_or_list(about, text("a class such as personal or health", Format::word)); }

Schema listener_schema() {
    const auto tls = object("TLS on this listener", {
        required("certificate", text("PEM file with the certificate and its chain")),
        required("key", text("the private key", Format::secret)),
        optional("client_ca", text("PEM file of the CAs whose client certificates are asked for")),
        optional("require_client_certificate", boolean("refuse clients without a certificate")),
    });
    return object("an address that clients connect to", {
        required("name", text("how routes and logs call it", Format::word)),
        required("address", text("where to listen", Format::endpoint)),
        required("mode", words("reverse: clients change their base URL to it; forward: clients use it as HTTP(S)_PROXY", {"reverse", "forward"})),
        optional("tls", tls),
    });
}

Schema source_schema() {
    const auto api_key = object("the client's key", {required("sha256", text("its SHA-256, never the key itself", Format::api_key))});
    const auto match = object("how it is recognised; everything given must hold", {
        optional("api_key", api_key),
        optional("networks", list("networks it calls from", text("a network", Format::network))),
        optional("spiffe_id", text("the SPIFFE ID in its client certificate")),
        optional("subject", text("the subject of its client certificate (RFC 4514)")),
    });
    return object("who sends", {
        required("id", text("how rules and records call it", Format::word)),
        required("match", match),
        required("standing", standing_schema("where its data stands and who holds it")),
        optional("tenant", text("whose data it is; labels and keys are bound to it")),
        optional("purposes", words_or_list("what it wants the data for; left out: any",
            words("a purpose", {"inference", "training", "fine_tuning", "retrieval", "evaluation"}))),
        optional("carries", classes_schema("classes it may carry; what cannot be inspected is judged as all of them")),
        optional("declares", classes_schema("classes that every message of it holds, as a whole")),
    });
}

Schema destination_schema() {
    const auto credential = object("what it is sent in place of the client's credential", {
        optional("header", text("the field's name; authorization if left out")),
        optional("prefix", text("put before the secret, e.g. \"Bearer \"")),
        required("value", text("the secret", Format::secret)),
    });
    const auto tls = object("TLS towards it; its certificate is always verified", {
        optional("ca", text("PEM file of the CAs to trust; the system's store if left out")),
        optional("server_name", text("the name its certificate must have; the URL's host if left out")),
        optional("certificate", text("PEM file of our client certificate")),
        optional("key", text("our private key", Format::secret)),
    });
    return object("who would receive", {
        required("id", text("how routes and records call it", Format::word)),
        required("url", text("where it is; a path is put before the client's", Format::url)),
        required("standing", standing_schema("where it stands and who operates it")),
        optional("kind", words("model: its answers to inference may come home in clear unless a limit says otherwise; data: all else", {"model", "data"})),
        optional("dialect", words("the AI protocol it speaks", {"none", "openai"})),
        optional("models", list("models it serves, * stands for any characters; left out: any", text("a model"))),
        optional("accepts", words_or_list("forms it can use; a model cannot use ciphertext", words("a form", {"clear", "mask", "seal"}))),
        optional("credential", credential),
        optional("forward_credentials", boolean("hand on the client's own credential; never on a reroute or retry")),
        optional("allow_private_address", boolean("loopback and private addresses may be dialled")),
        optional("tls", tls),
    });
}

Schema route_schema() {
    const auto field = object("a field whose class is declared, whatever detection says", {
        required("path", text("JSONPath (RFC 9535) in the request body")),
        required("data", classes_schema("its classes")),
    });
    return object("which requests go to which destinations", {
        required("id", text("how records call it", Format::word)),
        optional("listener", text("only from this listener", Format::word)),
        optional("host", text("only for this host")),
        optional("path", text("only below this path")),
        optional("methods", list("only these methods", text("a method", Format::word))),
        required("destinations", list("in order of preference", text("a destination's id", Format::word))),
        optional("fields", list("declared fields", field)),
        optional("declares", classes_schema("classes that every message on it holds, as a whole")),
    });
}

Schema target_schema() {
    const auto codes = words_or_list("countries, subdivisions or groups", text("a code such as FR or EEA"));
    const auto negated = object("everywhere but there", {
        optional("not", codes),
        optional("location", codes),
        optional("operator", codes),
    });
    return one_of("a code, a list of codes, {not: …}, {location: …, operator: …}, or anywhere", {text("a code, or anywhere"), list("codes", text("a code")), negated});
}

Schema rule_schema() {
    const auto form = words("how much may be disclosed", {"clear", "mask", "seal", "refuse"});
    const auto character_mask = object("replaces characters", {
        optional("character", text("the character shown instead; * if left out")),
        optional("keep_first", integer("characters left in clear at the start", 0, 64)),
        optional("keep_last", integer("characters left in clear at the end", 0, 64)),
    });
    return object("which data, under which law, to where, and at most in which form; order never matters", {
        required("id", text("how records and refusals call it", Format::word)),
        optional("permit", form),
        optional("limit", form),
        required("data", classes_schema("classes it speaks of")),
        required("from", one_of("where the data stands: a code, a list, {not: …}, or anywhere", {text("a code"), list("codes", text("a code")),
            object("everywhere but there", {required("not", words_or_list("codes", text("a code")))})})),
        required("to", target_schema()),
        optional("purposes", words_or_list("only for these purposes", words("a purpose", {"inference", "training", "fine_tuning", "retrieval", "evaluation"}))),
        optional("with", one_of("the operator that masks", {
            words("an operator", {"redact", "replace_with_info_type", "character_mask", "crypto_hash", "crypto_deterministic", "pseudonym"}),
            object("an operator with parameters", {required("character_mask", character_mask)})})),
        optional("key", text("the jurisdiction whose key seals")),
        optional("on_refuse", words("hold the message until it is known, or cut it where a refused class shows", {"hold", "cut"})),
        optional("cite", words_or_list("its legal reference", text("e.g. GDPR Art. 45"))),
        optional("valid_from", text("the first day it holds (UTC)", Format::date)),
        optional("valid_to", text("the last day it holds (UTC)", Format::date)),
    });
}

Schema limits_schema() {
    return object("bounds of memory", {
        optional("head", text("longest head of a message", Format::size)),
        optional("held_body", text("longest body that is held to be classified; longer: 413", Format::size)),
        optional("hold_back", text("text a streaming rewrite may hold", Format::size)),
        optional("connections", integer("client connections over all listeners", 1, 1'000'000)),
        optional("json_depth", integer("deepest nesting of JSON", 4, 1000)),
    });
}

Schema timeouts_schema() {
    const auto wait = [](const char* about) { return text(about, Format::duration); };
    return object("longest waits", {
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
    const auto commit = object("group commit", {
        optional("interval", text("longest wait for company", Format::duration)),
        optional("records", integer("most records in one commit", 1, 1'000'000)),
    });
    return object("the audit log: nothing leaves before its intent is durable here", {
        required("directory", text("folder of its own; created with mode 0700")),
        optional("commit", commit),
        optional("segment", text("longest file", Format::size)),
        optional("reserve", text("disk kept back for records of identified sources", Format::size)),
        optional("write_behind_at_home", boolean("crossings that stay at home need not wait for the disk")),
    });
}

Schema whole_file() {
    std::vector<std::string> entities;
    for (const auto& one : builtin_entities) entities.emplace_back(one.entity);
    const auto recogniser = object("a recogniser that differs from its default", {
        required("entity", words("what it recognises", entities)),
        optional("enabled", boolean("whether it is active")),
        optional("data", text("the class it yields", Format::word)),
    });
    const auto own_class = object("a class of your own", {
        optional("under", text("its parent class", Format::word)),
        optional("special", boolean("a permit reaches it only by naming it")),
    });
    return object("Bordergate configuration", {
        required("version", integer("of this format", 1, 1)),
        optional("instance", text("names this proxy in records; the host's name if left out", Format::word)),
        optional("workers", integer("threads; one per core if left out", 1, 256)),
        required("node", standing_schema("where this Bordergate itself stands")),
        required("listeners", list("where clients connect", listener_schema())),
        optional("admin", object("health and metrics, on loopback only", {required("address", text("where to listen", Format::endpoint))})),
        required("audit", audit_schema()),
        optional("keys", object("key rings", {required("directory", text("a folder with one sub-folder per jurisdiction"))})),
        optional("classes", map("classes beside the built-in ones, by name", own_class)),
        optional("recognisers", list("changes to the recognisers", recogniser)),
        required("sources", list("who may send", source_schema())),
        required("destinations", list("who could receive", destination_schema())),
        optional("routes", list("for reverse listeners", route_schema())),
        required("rules", list("permits and limits", rule_schema())),
        optional("limits", limits_schema()),
        optional("timeouts", timeouts_schema()),
    });
}

}  // namespace

const SchemaNode& config_schema() {
    static const Schema whole = whole_file();
    return *whole;
}

}  // namespace bordergate
