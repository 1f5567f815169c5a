#include "filters/body/declared_paths.hpp"

#include "filters/body/grpc_services.hpp"
#include "filters/body/json_path.hpp"
#include "filters/mask/mask_paths.hpp"

namespace bordergate {

void check_declared_paths(Loaded& loaded) {
    if (!loaded.snapshot) return;
    const auto snapshot = loaded.snapshot;
    for (const auto& route : snapshot->routes) {
        for (const auto& field : route.fields) {
            if (field.grpc()) continue;
            std::string hint;
            const auto path = JsonPath::compile(field.path, &hint);
            if (path.has_value()) continue;
            loaded.diagnostics.push_back({snapshot->file, field.line, field.column, Diagnostic::Severity::error, path.error().detail, std::move(hint)});
            loaded.snapshot = nullptr;
        }
    }
    const auto before = loaded.diagnostics.size();
    GrpcServices::read(*snapshot, loaded.diagnostics);
    check_mask_paths(*snapshot, loaded.diagnostics);
    if (loaded.diagnostics.size() != before) loaded.snapshot = nullptr;
}

}  // namespace bordergate
