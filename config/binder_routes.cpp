// Destinations and routes.
#include <algorithm>

#include "config/binder.hpp"
#include "config/binding.hpp"
#include "config/yaml_formats.hpp"

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

template <class List, class Name>
std::vector<std::string_view> names(const List& list, Name&& name) {
    std::vector<std::string_view> all;
    for (const auto& one : list) all.push_back(name(one));
    return all;
}

}  // namespace

void Binder::destinations(const YAML::Node& root) {
    for (const auto& node : root["destinations"]) {
        unique(snapshot.destinations, node["id"]);
        Destination destination;
        destination.id = node["id"].Scalar();
        auto url = *parse_url(node["url"].Scalar());
        destination.tls = url.tls;
        destination.host = std::move(url.host);
        destination.port = url.port;
        destination.base_path = std::move(url.path);
        destination.standing = standing(node["standing"]);
        if (node["kind"] && node["kind"].Scalar() == "model") destination.kind = DestinationKind::model;
        if (node["dialect"] && node["dialect"].Scalar() == "openai") destination.dialect = DialectId::openai;
        if (node["models"])
            for (const auto& model : node["models"]) destination.models.push_back(model.Scalar());
        // What is kept can be opened again; a model can do nothing with ciphertext.
        destination.accepts = destination.kind == DestinationKind::model ? static_cast<FormSet>(bit(Form::clear) | bit(Form::mask)) : every_form;
        if (node["accepts"]) destination.accepts = forms(node["accepts"]);
        if (const auto credential = node["credential"]) {
            Credential made;
            if (credential["header"]) made.header = credential["header"].Scalar();
            if (credential["prefix"]) made.prefix = credential["prefix"].Scalar();
            made.value = secret(credential["value"]);
            destination.credential = std::move(made);
        }
        destination.forward_credentials = node["forward_credentials"] && node["forward_credentials"].Scalar() == "true";
        if (destination.forward_credentials && destination.credential)
            report.error(node["forward_credentials"].Mark(), "destination " + destination.id + " has a credential of its own; it cannot be sent the client's too");
        destination.allow_private_address = node["allow_private_address"] && node["allow_private_address"].Scalar() == "true";
        if (const auto tls = node["tls"]) {
            if (!destination.tls) report.error(tls.Mark(), "destination " + destination.id + " has TLS settings and an http:// URL", "use https://");
            if (tls["ca"]) destination.upstream_tls.ca = path(tls["ca"]);
            if (tls["server_name"]) destination.upstream_tls.server_name = tls["server_name"].Scalar();
            if (tls["certificate"]) destination.upstream_tls.certificate = path(tls["certificate"]);
            if (tls["key"]) destination.upstream_tls.key = secret(tls["key"]);
            if (destination.upstream_tls.certificate.has_value() != destination.upstream_tls.key.has_value())
                report.error(tls.Mark(), "a client certificate needs both certificate and key");
        }
        if (destination.kind == DestinationKind::model && destination.dialect == DialectId::none)
            report.warning(node.Mark(), "destination " + destination.id + " is a model without a dialect: its answers get no exception", "set dialect");
        destination.laws = binding_laws(*snapshot.atlas, destination.standing);
        snapshot.destinations.push_back(std::move(destination));
    }
}

void Binder::routes(const YAML::Node& root) {
    const auto list = root["routes"];
    if (!list) return;
    const auto listeners = names(snapshot.listeners, [](const auto& one) -> std::string_view { return one.name; });
    const auto known = names(snapshot.destinations, [](const auto& one) -> std::string_view { return one.id; });
    for (const auto& node : list) {
        unique(snapshot.routes, node["id"]);
        Route route;
        route.id = node["id"].Scalar();
        if (const auto listener = node["listener"]) {
            route.listener = listener.Scalar();
            if (std::find(listeners.begin(), listeners.end(), *route.listener) == listeners.end())
                report.error(listener.Mark(), "no listener is called \"" + *route.listener + "\"", suggest(*route.listener, listeners));
        }
        if (node["host"]) route.host = node["host"].Scalar();
        if (node["path"]) route.path = node["path"].Scalar();
        if (route.path.empty() || route.path.front() != '/') report.error(node["path"].Mark(), "a path starts with /");
        if (node["methods"])
            for (const auto& method : node["methods"]) route.methods.push_back(method.Scalar());
        for (const auto& id : node["destinations"]) {
            const auto found = std::find(known.begin(), known.end(), id.Scalar());
            if (found == known.end())
                report.error(id.Mark(), "no destination is called \"" + id.Scalar() + "\"", suggest(id.Scalar(), known));
            else
                route.destinations.push_back(static_cast<std::uint16_t>(found - known.begin()));
        }
        if (node["destinations"].size() == 0) report.error(node["destinations"].Mark(), "route " + route.id + " has no destination");
        if (node["fields"])
            for (const auto& field : node["fields"]) route.fields.push_back({field["path"].Scalar(), class_set(field["data"])});
        route.declares = class_set(node["declares"]);
        snapshot.routes.push_back(std::move(route));
    }
}

}  // namespace bordergate
