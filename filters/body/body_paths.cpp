#include "filters/body/body_paths.hpp"

namespace bordergate {

namespace {

/// Paths of the tables are ours and checked by tests; a broken one is a bug.
std::vector<JsonPath> compile_all(std::span<const std::string_view> paths) {
    std::vector<JsonPath> compiled;
    for (auto path : paths) compiled.push_back(JsonPath::compile(path).value());
    return compiled;
}

}  // namespace

Result<BodyPaths> BodyPaths::compile(std::span<const FieldRule> fields, const DialectEndpoint* endpoint) {
    BodyPaths paths;
    for (const auto& field : fields) {
        if (field.grpc()) continue;  // GrpcServices has it
        if (field.xml()) {
            auto path = XmlPath::compile(field.path);
            if (path.has_error()) return path.error();
            paths.xml.push_back({std::move(*path), field.data});
            continue;
        }
        auto path = JsonPath::compile(field.path);
        if (path.has_error()) return fault(Code::internal, "path " + field.path + ": " + path.error().detail);
        paths.request.selectors.push_back({std::move(*path), field.data});
    }
    if (!endpoint) return paths;
    for (auto& path : compile_all(endpoint->opaque)) paths.request.selectors.push_back({std::move(path), ClassSet{ClassTree::opaque}});
    if (!endpoint->model_path.empty()) paths.request.model = JsonPath::compile(endpoint->model_path).value();
    if (!endpoint->correlation.empty()) paths.request.correlation = JsonPath::compile(endpoint->correlation).value();
    paths.request.signed_blocks = paths.response.signed_blocks = paths.event.signed_blocks = compile_all(endpoint->signed_blocks);
    paths.request.tool_arguments = paths.response.tool_arguments = paths.event.tool_arguments = compile_all(endpoint->tool_arguments);
    for (auto& path : compile_all(endpoint->answer_opaque)) paths.response.selectors.push_back({std::move(path), ClassSet{ClassTree::opaque}});
    for (auto& path : compile_all(endpoint->event_opaque)) paths.event.selectors.push_back({std::move(path), ClassSet{ClassTree::opaque}});
    paths.stream = StreamRules::compile(*endpoint);
    return paths;
}

}  // namespace bordergate
