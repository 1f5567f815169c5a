#include "filters/dialect/refusal.hpp"

#include <boost/json.hpp>

#include "filters/body/media_type.hpp"

namespace bordergate {

std::string refusal_sentence(const Fault& fault, const RefusalContext& context) {
    const bool failed = info(fault.code).side == Side::upstream;
    std::string text = (failed ? "The destination did not answer as it should: " : "Bordergate refused this: ") + fault.detail;
    if (!text.ends_with('.')) text += '.';
    text.append(" ").append(info(fault.code).advice);
    if (!fault.rule.empty()) text.append(" Rule: ").append(fault.rule).append(fault.cite.empty() ? "" : ", " + fault.cite).append(".");
    if (!context.attempt.empty()) text.append(" Attempt: ").append(context.attempt).append(".");
    return text;
}

void tell(boost::json::object& object, const Fault& fault, const RefusalContext& context) {
    object["code"] = info(fault.code).name;
    if (!fault.rule.empty()) object["rule"] = fault.rule;
    if (!context.attempt.empty()) object["attempt"] = context.attempt;
}

bool is_event_stream(std::string_view content_type) { return equal_fold(media_type_name(content_type), "text/event-stream"); }

bool is_line_stream(std::string_view content_type) {
    const auto media = media_type_name(content_type);
    return equal_fold(media, "application/x-ndjson") || equal_fold(media, "application/ndjson") || equal_fold(media, "application/jsonl");
}

std::string cut_event(std::string_view type, const boost::json::object& data) {
    std::string text = "\n\n";
    if (!type.empty()) text.append("event: ").append(type).append("\n");
    return text.append("data: ").append(boost::json::serialize(data)).append("\n\n");
}

}  // namespace bordergate
