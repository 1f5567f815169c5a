#include "filters/body/body_filter.hpp"

#include <algorithm>

#include "filters/body/aws_events.hpp"
#include "filters/body/content_coding.hpp"
#include "filters/body/csv.hpp"
#include "filters/body/form.hpp"
#include "filters/body/grpc.hpp"
#include "filters/body/in_charset.hpp"
#include "filters/body/media_type.hpp"
#include "filters/body/multipart.hpp"
#include "filters/body/ndjson.hpp"
#include "filters/body/ndjson_events.hpp"
#include "filters/body/sealed_body.hpp"
#include "filters/body/sse.hpp"
#include "filters/body/text.hpp"
#include "filters/body/text_rewrite.hpp"
#include "filters/body/xml_rewrite.hpp"

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

JsonRewriteSpec json_spec(const BodyContext& context, const JsonPaths BodyPaths::*paths) {
    JsonRewriteSpec spec;
    spec.treatment = context.treatment;
    if (context.paths) spec.paths = &(context.paths->*paths);
    spec.labels = context.labels;
    spec.restore_in_tool_arguments = context.restore_in_tool_arguments;
    spec.bounds = {context.limits->hold_back_bytes, context.limits->json_depth};
    return spec;
}

Result<TransformPtr> csv_filter(bool response, const BodyContext& context) {
    const auto type = MediaType::read(context.content_type);
    if (type.has_error()) return type.error();
    const auto* header = type->parameters.find("header");
    const bool absent = header && equal_fold(*header, "absent");
    if (header && !absent && !equal_fold(*header, "present")) return fault(Code::body_invalid, "whether the table has a header is neither `present` nor `absent` (RFC 4180)");
    return make_csv(named_values(response, context), type->name == "text/tab-separated-values", !absent);
}

TransformPtr xml_filter(bool response, const BodyContext& context, const Charset& charset) {
    XmlRewriteSpec spec;
    spec.treatment = context.treatment;
    if (context.paths && !response) spec.selectors = &context.paths->xml;
    spec.labels = context.labels;
    spec.bounds = {context.limits->hold_back_bytes, context.limits->json_depth};
    spec.charset = &charset;
    return make_xml_rewrite(spec);
}

TransformPtr grpc_filter(bool response, const BodyContext& context) {
    GrpcSpec spec;
    spec.message.treatment = context.treatment;
    spec.message.schema = context.call->schema;
    spec.message.type = response ? context.call->method->response : context.call->method->request;
    if (!response) spec.message.fields = &context.call->request;
    spec.message.labels = context.labels;
    spec.message.bounds = {context.limits->hold_back_bytes, context.limits->json_depth};
    spec.coding = context.message_coding;
    spec.longest = context.limits->held_body_bytes;
    spec.joined = response && context.call->method->server_streaming;
    spec.dialogue = context.call->method->client_streaming;
    return make_grpc(std::move(spec));
}

}  // namespace

BodyKind body_kind(const Fields& fields, bool has_body, const GrpcCall* call) {
    if (!has_body) return BodyKind::none;
    const auto coding = fields.get("content-encoding");
    const auto codings = content_codings(coding.value_or(std::string_view()));
    if (fields.count("content-type") != 1 || fields.count("content-encoding") > 1 || !codings) return BodyKind::opaque;
    const std::string_view type = *fields.get("content-type");
    const auto media = media_type_name(type);
    const auto starts_with = [media](std::string_view text) { return equal_fold(media.substr(0, text.size()), text); };
    const auto ends_with = [media](std::string_view text) {
        return media.size() >= text.size() && equal_fold(media.substr(media.size() - text.size()), text);
    };
    const bool grpc = starts_with("application/grpc");  // `+json` after it is frames of JSON
    if (equal_fold(media, "application/json") || (ends_with("+json") && !grpc)) return BodyKind::json;
    if (equal_fold(media, "application/xml") || equal_fold(media, "text/xml") || ends_with("+xml")) return BodyKind::xml;
    // Events and messages go on one by one, which a coding of the whole would hold up.
    if (!codings->empty() && (equal_fold(media, "text/event-stream") || equal_fold(media, "application/vnd.amazon.eventstream") || grpc)) return BodyKind::opaque;
    if (equal_fold(media, "text/event-stream")) return BodyKind::sse;
    if (equal_fold(media, "application/vnd.amazon.eventstream")) return BodyKind::aws_events;
    if (equal_fold(media, "application/grpc") || equal_fold(media, "application/grpc+proto")) return call ? BodyKind::grpc : BodyKind::opaque;
    for (const char* lines : {"application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines", "application/jsonlines", "application/json-seq"})
        if (equal_fold(media, lines)) return BodyKind::ndjson;
    if (equal_fold(media, "application/x-www-form-urlencoded")) return BodyKind::form;
    if (equal_fold(media, "text/csv") || equal_fold(media, "text/tab-separated-values")) return BodyKind::csv;
    if (starts_with("multipart/")) return MediaType::read(type).has_value() && multipart_boundary(type).empty() ? BodyKind::opaque : BodyKind::multipart;
    return equal_fold(media, "text/plain") ? BodyKind::text : BodyKind::opaque;
}

NamedValuesSpec named_values(bool response, const BodyContext& context) {
    NamedValuesSpec spec;
    spec.treatment = context.treatment;
    if (context.paths) spec.paths = response ? &context.paths->response : &context.paths->request;
    spec.labels = context.labels && !context.labels->empty() ? context.labels : nullptr;
    spec.bounds = {context.limits->hold_back_bytes, context.limits->json_depth};
    return spec;
}

StreamSpec stream_spec(const BodyContext& context) {
    static const StreamRules no_rules;
    StreamSpec spec;
    spec.event = json_spec(context, &BodyPaths::event);
    spec.rules = context.paths ? &context.paths->stream : &no_rules;
    spec.most_held = context.limits->held_body_bytes;
    return spec;
}

bool comes_in_events(BodyKind kind, const BodyPaths& paths) { return kind == BodyKind::sse || kind == BodyKind::aws_events || (kind == BodyKind::ndjson && !paths.stream.empty()); }

std::string_view message_coding(const Fields& fields) {
    // Of several nobody can tell which is meant: that is none we know.
    return fields.count("grpc-encoding") > 1 ? std::string_view("several") : fields.get("grpc-encoding").value_or(std::string_view());
}

ClassSet whole_classes(BodyKind kind, ClassSet declared) {
    if (kind == BodyKind::opaque) declared.add(ClassTree::opaque);
    return kind == BodyKind::none ? ClassSet{} : declared;
}

namespace {

/// The transform for a body that is treated piece by piece; of text, for what it is in UTF-8.
Result<TransformPtr> piecewise(BodyKind kind, bool response, const BodyContext& context, const Charset& charset) {
    switch (kind) {
        case BodyKind::json: return make_json_rewrite(json_spec(context, response ? &BodyPaths::response : &BodyPaths::request));
        case BodyKind::ndjson:
            if (response && context.paths && comes_in_events(kind, *context.paths)) return make_ndjson_events(stream_spec(context));
            return make_ndjson(json_spec(context, response ? &BodyPaths::response : &BodyPaths::request));
        case BodyKind::form: return make_form(named_values(response, context), charset);
        case BodyKind::csv: return csv_filter(response, context);
        case BodyKind::xml: return xml_filter(response, context, charset);
        case BodyKind::multipart: return make_multipart(multipart_boundary(context.content_type), response, context);
        case BodyKind::sse: return make_sse(stream_spec(context));
        case BodyKind::aws_events: return make_aws_events(stream_spec(context));
        case BodyKind::text: return make_text(*context.treatment, context.labels, context.limits->hold_back_bytes);
        case BodyKind::grpc: return grpc_filter(response, context);
        case BodyKind::none:
        case BodyKind::opaque: break;
    }
    return TransformPtr(std::make_unique<Untouched>());
}

/// The same for a body in whatever charset it declares, if its readers heed that.
Result<TransformPtr> read_in_charset(BodyKind kind, bool response, const BodyContext& context) {
    const auto declared = declared_charset(context.content_type);
    if (declared.has_error()) return declared.error();
    const bool by_definition_utf8 = kind == BodyKind::json || kind == BodyKind::ndjson || kind == BodyKind::form;
    const auto read = by_definition_utf8 ? agreed_charset(**declared) : declared;
    if (read.has_error()) return read.error();
    const Charset& charset = **read;
    // Parts have charsets of their own, events and messages have none: a reader may or may not heed one that is declared.
    const bool one_text = kind != BodyKind::multipart && kind != BodyKind::sse && kind != BodyKind::aws_events && kind != BodyKind::grpc;
    if (!one_text && !charset.is_utf8() && charset.name != "US-ASCII") return fault(Code::body_invalid, "a body of this type has no charset but UTF-8, and another one is declared");
    auto made = piecewise(kind, response, context, charset);
    // Of a form it is what is escaped in it that has the charset.
    if (made.has_error() || !one_text || kind == BodyKind::form) return made;
    return make_in_charset(charset, std::move(*made));
}

}  // namespace

Result<TransformPtr> make_body_filter(BodyKind kind, bool response, const BodyContext& context) {
    const Treatment& treatment = *context.treatment;
    // Events are read one by one, in an answer: as a request they are nothing we know.
    if ((kind == BodyKind::sse || kind == BodyKind::aws_events) && !response) kind = BodyKind::opaque;
    ClassSet whole = whole_classes(kind, context.whole);
    // Of events whose texts nobody told us about a value may stand in two.
    const bool events = kind == BodyKind::sse || kind == BodyKind::aws_events;
    const bool unknown = !context.paths || (context.paths->stream.empty() && !context.paths->stream.whole_events);
    if (events && unknown && treatment.scanner) whole.add(ClassTree::opaque);
    if (kind == BodyKind::grpc && seals_whole(treatment, whole)) return fault(Code::place_cannot_carry, "a gRPC body cannot be sealed as a whole: declare its fields instead");
    if (seals_whole(treatment, whole)) return make_sealed_body(treatment, whole, context.content_type, context.limits->held_body_bytes);
    if (!whole.empty()) {
        if (treatment.findings) treatment.findings->saw(whole, {}, "body");
        if (!treatment.observe && treatment.judgement->lowest(whole).form != Form::clear) return refuse_class(treatment, whole, NamedPlace("body"));
    }
    if (kind == BodyKind::none || kind == BodyKind::opaque) return TransformPtr(std::make_unique<Untouched>());
    auto made = read_in_charset(kind, response, context);
    const auto codings = content_codings(context.content_encoding);
    if (made.has_error() || !codings || codings->empty()) return made;
    return make_coded(*codings, std::move(*made), CodingBounds{});
}

}  // namespace bordergate
