// The paths a body is read by, compiled once for each route and operation of a dialect.
#pragma once

#include <span>
#include <vector>

#include "config/settings.hpp"
#include "filters/body/json_rewrite.hpp"
#include "filters/body/xml_path.hpp"
#include "filters/dialect/dialect.hpp"

namespace bordergate {

struct BodyPaths {
    JsonPaths request;   ///< declared fields, parts that cannot be inspected, the model, tool arguments
    JsonPaths response;  ///< tool arguments
    JsonPaths event;     ///< of a stream: besides tool arguments the text that is joined over events
    std::vector<XmlSelector> xml;  ///< declared fields of requests that are XML
    std::vector<JsonPath> stream_text;  ///< joined over events; tool arguments are not

    /// `fields` are the operator's: a path that cannot be decided while streaming is a fault (internal) that names it
    /// and the reason. `endpoint` may be null.
    static Result<BodyPaths> compile(std::span<const FieldRule> fields, const DialectEndpoint* endpoint);
};

}  // namespace bordergate
