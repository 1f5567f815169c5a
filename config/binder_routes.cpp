// Destinations and routes.
#include <algorithm>

#include "config/binder.hpp"
#include "config/binding.hpp"

namespace bordergate {

namespace {

FormSet forms(const YAML::Node& node) {
    FormSet set = 0;
    each_word(node, [&](const YAML::Node& word) {
        for (Form form : {Form::clear, Form::mask, Form::seal})
            if (to_string(form) == word.Scalar()) set = static_cast<FormSet>(set | bit(form));
    });
    return set;
}

}  // namespace

void Binder::credential(const YAML::Node& node, Destination& destination) {
    Credential credential;
    if (node["header"]) credential.header = node["header"].Scalar();
    if (node["prefix"]) credential.prefix = node["prefix"].Scalar();
    credential.value = secret(node["value"]);
    destination.credential = std::move(credential);
    if (!destination.tls && !is_loopback(destination.host) && destination.host != "localhost")
        report.warning(
            node.Mark(),
            "the credential of destination " + destination.id + " goes over the network in clear",
            "use https://");
}

Destination Binder::destination(const YAML::Node& node) {
    Destination destination;
    destination.id = node["id"].Scalar();
    auto url = *parse_url(node["url"].Scalar());
    destination.tls = url.tls;
    destination.host = std::move(url.host);
    destination.port = url.port;
    destination.base_path = std::move(url.path);
    destination.standing = standing(node["standing"]);
    destination.laws = binding_laws(*snapshot.atlas, destination.standing);
    if (node["kind"] && node["kind"].Scalar() == "model") destination.kind = DestinationKind::model;
    if (const auto dialect = node["dialect"])
        destination.dialect = static_cast<DialectId>(std::find(dialect_names.begin(), dialect_names.end(), dialect.Scalar()) - dialect_names.begin());
    if (destination.kind == DestinationKind::model && destination.dialect == DialectId::none)
        report.warning(
            node["kind"].Mark(),
            "destination " + destination.id +
                " is a model without a dialect: no answer of it can be told to be inference",
            "add the protocol that it speaks, such as dialect: openai or dialect: anthropic");
    if (node["models"])
        for (const auto& model : node["models"]) destination.models.push_back(model.Scalar());
    // What is kept can be opened again; a model can do nothing with ciphertext.
    if (destination.kind == DestinationKind::data) destination.accepts = every_form;
    if (node["accepts"]) destination.accepts = forms(node["accepts"]);
    if (node["credential"]) credential(node["credential"], destination);
    if (const auto told = node["forwarded"])
        each_word(told, [&](const YAML::Node& word) {
            const auto name = std::find(forwarding_names.begin(), forwarding_names.end(), word.Scalar());
            if (name != forwarding_names.end()) destination.forwarded |= bit(static_cast<Forwarding>(name - forwarding_names.begin()));
            else if (told.IsSequence() && told.size() > 1) report.error(word.Mark(), "\"none\" stands alone");
        });
    destination.forward_credentials = is_set(node["forward_credentials"]);
    if (destination.forward_credentials && node["credential"])
        report.error(node["forward_credentials"].Mark(),
                     "destination " + destination.id +
                         " has a credential of its own; it cannot be sent the client's too");
    signing(node, destination);
    destination.allow_private_address = is_set(node["allow_private_address"]);
    if (is_private(destination.host) && !destination.allow_private_address)
        report.warning(
            node["url"].Mark(),
            "destination " + destination.id + " is at a private address, which is never dialled",
            "add allow_private_address: true if it is meant");
    if (node["tls"]) upstream_tls(node["tls"], destination);
    destination.protocols = protocols(node["protocols"], destination.tls);
    if (!destination.tls && destination.protocols.http1 && destination.protocols.http2)
        report.error(node["protocols"].Mark(),
                     "destination " + destination.id + " has no TLS, so nothing tells which version of HTTP it speaks",
                     "name one: protocols: http2");
    destination.upstream = upstream(node);
    if (const auto version = node["proxy_protocol"])
        destination.proxy_protocol = version.Scalar() == "v1" ? ProxyProtocol::v1 : ProxyProtocol::v2;
    return destination;
}

void Binder::destinations(const YAML::Node& root) {
    const auto list = root["destinations"];
    if (!list) return;
    for (const auto& node : list) snapshot.destinations.push_back(destination(node));
}

Route Binder::route(const YAML::Node& node, const std::vector<std::string>& destination_ids) {
    Route route;
    route.id = node["id"].Scalar();
    if (const auto listener = node["listener"]) {
        route.listener = listener.Scalar();
        const auto found =
            std::find_if(snapshot.listeners.begin(), snapshot.listeners.end(),
                         [&](const auto& one) { return one.name == *route.listener; });
        if (found != snapshot.listeners.end() && found->mode == Listener::Mode::forward)
            report.error(listener.Mark(),
                         "listener " + *route.listener +
                             " is a forward proxy, where the client names the destination",
                         "routes are for reverse listeners");
    }
    if (node["host"]) route.host = node["host"].Scalar();
    if (node["path"]) route.path = node["path"].Scalar();
    if (node["methods"])
        for (const auto& method : node["methods"]) route.methods.push_back(method.Scalar());
    for (const auto& id : node["destinations"]) {
        // One that is not sound was left out, and is reported already.
        const auto found = std::find(destination_ids.begin(), destination_ids.end(), id.Scalar());
        if (found == destination_ids.end()) continue;
        const auto index = static_cast<std::uint16_t>(found - destination_ids.begin());
        if (std::find(route.destinations.begin(), route.destinations.end(), index) !=
            route.destinations.end())
            report.error(id.Mark(), in_quotes(id.Scalar()) + " stands twice in this list");
        route.destinations.push_back(index);
    }
    if (node["fields"])
        for (const auto& field : node["fields"])
            route.fields.push_back({field["path"].Scalar(), class_set(field["data"]), field["path"].Mark().line + 1,
                                    field["path"].Mark().column + 1});
    route.declares = class_set(node["declares"]);
    if (node["unseal"]) route.unseal = node["unseal"].as<bool>();
    return route;
}

void Binder::descriptors(const YAML::Node& root) {
    if (!root["grpc"]) return;
    each_word(root["grpc"]["descriptors"], [&](const YAML::Node& file) {
        snapshot.descriptors.push_back({public_file(file), file.Mark().line + 1, file.Mark().column + 1});
    });
}

void Binder::routes(const YAML::Node& root) {
    const auto list = root["routes"];
    if (!list) return;
    std::vector<std::string> ids;
    for (const auto& one : snapshot.destinations) ids.push_back(one.id);
    for (const auto& node : list) snapshot.routes.push_back(route(node, ids));
}

}  // namespace bordergate
