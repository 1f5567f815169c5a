// The paths a body is read by, compiled once for each route and operation of a dialect.
#pragma once

#include <span>
#include <vector>

#include "config/settings.hpp"
#include "filters/body/json_rewrite.hpp"
#include "filters/body/stream_event.hpp"
#include "filters/body/xml_path.hpp"
#include "filters/dialect/dialect.hpp"

namespace bordergate {

struct BodyPaths {
    JsonPaths request;   ///< declared fields, parts that cannot be inspected, the model, tool arguments
    JsonPaths response;  ///< tool arguments
    JsonPaths event;     ///< of a stream: the same
    std::vector<XmlSelector> xml;  ///< declared fields of requests that are XML
    StreamRules stream;            ///< texts that come over many events

    /// `fields` are the operator's: a path that cannot be decided while streaming is a fault (internal) that names it
    /// and the reason. `endpoint` may be null.
    static Result<BodyPaths> compile(std::span<const FieldRule> fields, const DialectEndpoint* endpoint);
};

}  // namespace bordergate
