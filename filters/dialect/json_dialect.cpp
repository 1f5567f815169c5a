#include "filters/dialect/json_dialect.hpp"

#include <boost/json.hpp>

#include "filters/body/media_type.hpp"

namespace bordergate {

RenderedRefusal JsonDialect::refuse(const Fault& fault, const RefusalContext& context) const {
    return {"application/json", boost::json::serialize(said(fault, context)), 0, {}};
}

/// What was cut in the middle of an event or a line ends first.
std::string JsonDialect::cut(const Fault& fault, const RefusalContext& context, std::string_view content_type) const {
    const auto media = media_type_name(content_type);
    if (equal_fold(media, "application/x-ndjson") || equal_fold(media, "application/ndjson") || equal_fold(media, "application/jsonl"))
        return "\n" + boost::json::serialize(said_in_stream(fault, context)) + "\n";
    if (!equal_fold(media, "text/event-stream")) return {};
    std::string text = "\n\n";
    if (const auto event = event_name(context); !event.empty()) text.append("event: ").append(event).append("\n");
    return text.append("data: ").append(boost::json::serialize(said_in_stream(fault, context))).append("\n\n");
}

}  // namespace bordergate
