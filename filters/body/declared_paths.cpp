#include "filters/body/declared_paths.hpp"

#include "filters/body/grpc_services.hpp"
#include "filters/body/json_path.hpp"
#include "filters/body/xml_path.hpp"
#include "filters/mask/mask_paths.hpp"

namespace bordergate {

namespace {

/// `hint` becomes what to write instead of what does not compile.
Status compiles(const FieldRule& field, std::string& hint) {
    if (field.xml()) {
        hint = "a path of XML is names or * behind / or //, a position such as [2], and @name or text() at the end";
        const auto path = XmlPath::compile(field.path);
        return path.has_value() ? Status{} : Status(path.error());
    }
    const auto path = JsonPath::compile(field.path, &hint);
    return path.has_value() ? Status{} : Status(path.error());
}

}  // namespace

void check_declared_paths(Loaded& loaded) {
    if (!loaded.snapshot) return;
    const auto snapshot = loaded.snapshot;
    for (const auto& route : snapshot->routes) {
        for (const auto& field : route.fields) {
            if (field.grpc()) continue;
            std::string hint;
            const Status sound = compiles(field, hint);
            if (sound.has_value()) continue;
            loaded.diagnostics.push_back({snapshot->file, field.line, field.column, Diagnostic::Severity::error, sound.error().detail, std::move(hint)});
            loaded.snapshot = nullptr;
        }
    }
    const auto before = loaded.diagnostics.size();
    GrpcServices::read(*snapshot, loaded.diagnostics);
    check_mask_paths(*snapshot, loaded.diagnostics);
    if (loaded.diagnostics.size() != before) loaded.snapshot = nullptr;
}

}  // namespace bordergate
