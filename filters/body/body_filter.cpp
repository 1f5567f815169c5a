#include "filters/body/body_filter.hpp"

#include <algorithm>

#include "filters/body/json_rewrite.hpp"
#include "filters/body/sse.hpp"
#include "filters/body/text.hpp"
#include "filters/body/text_rewrite.hpp"

namespace bordergate {

namespace {

/// What cannot be inspected and may go all the same: bytes as they came.
class Untouched final : public Transform {
  public:
    Status feed(std::string_view in, std::string& out) override {
        out.append(in);
        return {};
    }
    Status finish(std::string&) override { return {}; }
};

std::string lower(std::string_view text) {
    std::string folded(text);
    std::transform(folded.begin(), folded.end(), folded.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return folded;
}

bool is_utf8(const std::string& content_type) {
    const auto at = content_type.find("charset=");
    if (at == std::string::npos) return true;
    auto charset = std::string_view(content_type).substr(at + 8);
    if (charset.starts_with('"')) charset.remove_prefix(1);
    return charset.starts_with("utf-8") || charset.starts_with("us-ascii");
}

/// Paths of the tables are ours and checked by tests; a broken one is a bug.
std::vector<JsonPath> compile_all(std::span<const std::string_view> paths) {
    std::vector<JsonPath> compiled;
    for (auto path : paths) compiled.push_back(JsonPath::compile(path).value());
    return compiled;
}

Result<JsonRewriteSpec> json_spec(bool response, const BodyContext& context) {
    JsonRewriteSpec spec;
    spec.treatment = context.treatment;
    spec.labels = context.labels;
    spec.restore_in_tool_arguments = context.restore_in_tool_arguments;
    spec.bounds = {context.limits->hold_back_bytes, context.limits->json_depth};
    for (const auto& field : context.fields) {
        auto path = JsonPath::compile(field.path);
        if (path.has_error()) return path.error();
        spec.selectors.push_back({std::move(*path), field.data});
    }
    if (!context.endpoint) return spec;
    if (!response) {
        for (auto& path : compile_all(context.endpoint->opaque)) spec.selectors.push_back({std::move(path), ClassSet{ClassTree::opaque}});
        if (!context.endpoint->model_path.empty()) spec.model = JsonPath::compile(context.endpoint->model_path).value();
    }
    spec.tool_arguments = compile_all(context.endpoint->tool_arguments);
    return spec;
}

Result<TransformPtr> opaque_filter(const Treatment& treatment) {
    if (treatment.findings) treatment.findings->saw(ClassSet{ClassTree::opaque}, {}, "body");
    if (!treatment.observe && treatment.judgement->lowest(ClassSet{ClassTree::opaque}).form != Form::clear)
        return refuse_class(treatment, ClassSet{ClassTree::opaque}, NamedPlace("body"));
    return TransformPtr(std::make_unique<Untouched>());
}

Result<TransformPtr> sse_filter(const BodyContext& context) {
    const Treatment& treatment = *context.treatment;
    const auto& judgement = *treatment.judgement;
    if (!(judgement.masked | judgement.sealed | judgement.refused).empty())
        return fault(Code::response_refused, "some classes of the streamed answer may not come back in clear, and a stream of events can only be passed or restored; ask for it without stream");
    if (!context.labels || !context.endpoint) return TransformPtr(std::make_unique<Untouched>());
    auto event = json_spec(true, context);
    if (event.has_error()) return event.error();
    SseSpec spec;
    spec.event = std::move(*event);
    for (auto& path : compile_all(context.endpoint->stream_text)) {
        const bool arguments = std::any_of(spec.event.tool_arguments.begin(), spec.event.tool_arguments.end(), [&](const auto& one) { return one.text() == path.text(); });
        if (!arguments) spec.stream_text.push_back(path);
        // Joined text is restored as a whole; the rest of the event by itself.
        if (!arguments) spec.event.tool_arguments.push_back(std::move(path));
    }
    spec.event.restore_in_tool_arguments = false;
    return make_sse(std::move(spec));
}

}  // namespace

BodyKind body_kind(const Fields& fields, bool has_body) {
    if (!has_body) return BodyKind::none;
    const auto coding = fields.get("content-encoding");
    if (fields.count("content-type") != 1 || (coding && !equal_fold(*coding, "identity"))) return BodyKind::opaque;
    const std::string type = lower(*fields.get("content-type"));
    const std::string media = type.substr(0, type.find_first_of("; \t"));
    if (!is_utf8(type)) return BodyKind::opaque;
    if (media == "application/json" || media.ends_with("+json")) return BodyKind::json;
    if (media == "text/event-stream") return BodyKind::sse;
    return media == "text/plain" ? BodyKind::text : BodyKind::opaque;
}

Result<TransformPtr> make_body_filter(BodyKind kind, bool response, const BodyContext& context) {
    const Treatment& treatment = *context.treatment;
    switch (kind) {
        case BodyKind::json: {
            auto spec = json_spec(response, context);
            if (spec.has_error()) return spec.error();
            return make_json_rewrite(std::move(*spec));
        }
        case BodyKind::sse:
            if (response) return sse_filter(context);
            return opaque_filter(treatment);
        case BodyKind::text: return make_text(treatment, context.labels, context.limits->hold_back_bytes);
        case BodyKind::none:
        case BodyKind::opaque: break;
    }
    return opaque_filter(treatment);
}

}  // namespace bordergate
