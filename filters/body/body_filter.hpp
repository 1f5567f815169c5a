// From what a message says of its body to the transforms that treat it. The only place that knows which
// content types can be inspected; everything else is `opaque`.
#pragma once

#include <string>
#include <string_view>

#include "config/settings.hpp"
#include "filters/body/body_paths.hpp"
#include "filters/body/grpc_services.hpp"
#include "filters/body/named_values.hpp"
#include "filters/body/streamed_texts.hpp"
#include "filters/mask/labels.hpp"
#include "filters/message.hpp"
#include "filters/transform.hpp"
#include "filters/treatment.hpp"

namespace bordergate {

enum class BodyKind { none, json, ndjson, sse, aws_events, text, form, csv, multipart, xml, grpc, opaque };

/// The kind of a body from its head: content type, content coding (content_coding.hpp; of events only `identity`). Anything it
/// is not sure of is opaque, and so is a gRPC body whose `call` is not known. What the type says besides (charset.hpp) is
/// read by make_body_filter.
BodyKind body_kind(const Fields& fields, bool has_body, const GrpcCall* call = nullptr);

/// How the messages of a gRPC body may be compressed, as its head says; empty: they are not.
std::string_view message_coding(const Fields& fields);

/// Everything a body filter is built from; borrowed for the life of the transform.
struct BodyContext {
    const Treatment* treatment = nullptr;
    const BodyPaths* paths = nullptr;         ///< null: nothing declared, and no dialect that knows this path
    ClassSet whole;                           ///< classes that the body is of as a whole, besides `opaque`
    std::string_view content_type;            ///< as the head has it; stands in a body that is sealed whole
    std::string_view content_encoding;        ///< as the head has it; empty: none
    const Labels* labels = nullptr;           ///< set on a response whose request issued labels
    bool restore_in_tool_arguments = false;
    const Limits* limits = nullptr;
    const GrpcCall* call = nullptr;           ///< of a gRPC body: never null
    std::string_view message_coding;          ///< its head's grpc-encoding; empty: none
};

/// How the values of a body are treated that stand under names in one level.
NamedValuesSpec named_values(bool response, const BodyContext& context);

/// How the events of a streamed answer, or the messages of a session, are treated.
StreamSpec stream_spec(const BodyContext& context);

/// Whether an answer of `kind` comes in events that are read and handed on one by one.
bool comes_in_events(BodyKind kind, const BodyPaths& paths);

/// What a body of `kind` is as a whole: the declared classes, and `opaque` if it cannot be inspected.
ClassSet whole_classes(BodyKind kind, ClassSet declared);

/// The transform for a request or response body of `kind`. What the body is as a whole decides first: in clear it is
/// read and treated, at `seal` it leaves as one JWE (its head then says sealed_content_type), and it cannot be masked:
/// the fault of its class. A gRPC body cannot be sealed as a whole either: its messages are what a peer reads.
/// Fault body_invalid for a body to be read whose content type, or the charset it declares, cannot be.
Result<TransformPtr> make_body_filter(BodyKind kind, bool response, const BodyContext& context);

}  // namespace bordergate
