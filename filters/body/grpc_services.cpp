#include "filters/body/grpc_services.hpp"

#include <fstream>
#include <optional>

#include "config/yaml_formats.hpp"

namespace bordergate {

namespace {

constexpr std::uintmax_t longest_set = 64 * 1024 * 1024;

std::optional<std::string> read_set(const std::filesystem::path& file) {
    std::error_code error;
    if (std::filesystem::file_size(file, error) > longest_set || error) return std::nullopt;
    std::ifstream in(file, std::ios::binary);
    std::string bytes((std::istreambuf_iterator<char>(in)), {});
    if (in.bad()) return std::nullopt;
    return bytes;
}

/// The services that `schema` knows, or the methods of one.
std::vector<std::string> names_in(const ProtoSchema& schema, std::string_view service) {
    std::vector<std::string> names;
    for (const auto& [path, method] : schema.methods()) {
        const auto slash = path.rfind('/');
        const auto of = path.substr(1, slash - 1);
        if (service.empty() && (names.empty() || names.back() != of)) names.push_back(of);
        if (of == service) names.push_back(path.substr(slash + 1));
    }
    return names;
}

}  // namespace

GrpcServices GrpcServices::read(const Snapshot& snapshot, Diagnostics& mistakes) {
    GrpcServices services;
    std::vector<ProtoSchema::Set> sound;
    for (const auto& one : snapshot.descriptors) {
        const auto mistake = [&](std::string what) {
            mistakes.push_back({snapshot.file, one.line, one.column, Diagnostic::Severity::error, std::move(what), "protoc --include_imports --descriptor_set_out=FILE makes one"});
        };
        auto bytes = read_set(one.file);
        if (!bytes) {
            mistake("the descriptor set " + one.file.string() + " cannot be read, or is longer than 64 MiB");
            continue;
        }
        // Together with those before it, so that the mistake is told where it was made.
        sound.push_back({one.file.string(), std::move(*bytes)});
        auto made = ProtoSchema::make(sound);
        if (made.has_value()) {
            services.schema_ = std::move(*made);
        } else {
            mistake(made.error().detail);
            sound.pop_back();
        }
    }
    if (!services.schema_) services.schema_ = ProtoSchema::make({}).value();
    for (const auto& [path, method] : services.schema_->methods()) services.calls_[{nullptr, &method}] = {services.schema_.get(), &method, {}};
    for (const auto& route : snapshot.routes)
        for (const auto& field : route.fields)
            if (field.grpc()) services.declare(snapshot, route, field, mistakes);
            else if (field.xml() && services.schema_->method(field.path))
                mistakes.push_back({snapshot.file, field.line, field.column, Diagnostic::Severity::error, in_quotes(field.path) + " is a gRPC method, and no field of it", field.path + ":field.path"});
    return services;
}

void GrpcServices::declare(const Snapshot& snapshot, const Route& route, const FieldRule& field, Diagnostics& mistakes) {
    const auto mistake = [&](std::string what, std::string suggestion) {
        mistakes.push_back({snapshot.file, field.line, field.column, Diagnostic::Severity::error, std::move(what), std::move(suggestion)});
    };
    const auto path = parse_proto_path(field.path);
    if (!path) return mistake(in_quotes(field.path) + " is no field of a gRPC request", "/package.Service/Method:field.path, where Method may be *");
    const auto methods = names_in(*schema_, path->service);
    if (methods.empty()) return mistake("no descriptor set knows the service " + in_quotes(path->service), suggest(path->service, names_in(*schema_, {})));
    bool known = false, declared = false;
    std::optional<ProtoMistake> why;
    for (const auto& name : methods) {
        if (path->method != "*" && path->method != name) continue;
        known = true;
        const ProtoMethod* method = schema_->method("/" + std::string(path->service) + "/" + name);
        GrpcCall call = calls_.at({nullptr, method});
        if (const auto found = calls_.find({&route, method}); found != calls_.end()) call = found->second;
        const auto wrong = declare_field(*method->request, path->fields, field.data, call.request);
        if (!wrong)
            calls_[{&route, method}] = std::move(call);
        else
            why = wrong;
        declared = declared || !wrong;
    }
    if (!known) return mistake("service " + std::string(path->service) + " has no method " + in_quotes(path->method), suggest(path->method, methods));
    if (!declared) mistake(why->what, why->suggestion);
}

const GrpcCall* GrpcServices::call(const Route* route, std::string_view path) const {
    const ProtoMethod* method = schema_ ? schema_->method(path) : nullptr;
    if (!method) return nullptr;
    const auto found = calls_.find({route, method});
    return found != calls_.end() ? &found->second : &calls_.at({nullptr, method});
}

}  // namespace bordergate
