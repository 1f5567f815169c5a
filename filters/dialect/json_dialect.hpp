// Dialects that say no in JSON: as a body before an answer has begun, as an event or a line of their own in the middle of a
// stream. What such a dialect adds are its tables, and the object that its SDKs read.
#pragma once

#include <boost/json/object.hpp>

#include "filters/dialect/dialect.hpp"

namespace bordergate {

class JsonDialect : public Dialect {
  public:
    std::string_view name() const final { return name_; }
    std::span<const DialectEndpoint> endpoints() const final { return endpoints_; }
    RenderedRefusal refuse(const Fault& fault, const RefusalContext& context) const override;
    std::string cut(const Fault& fault, const RefusalContext& context, std::string_view content_type) const override;

  protected:
    /// Both live as long as the program.
    JsonDialect(std::string_view name, std::span<const DialectEndpoint> endpoints) : name_(name), endpoints_(endpoints) {}
    /// What is said in answer to a request.
    virtual boost::json::object said(const Fault& fault, const RefusalContext& context) const = 0;
    /// The same in the middle of a stream of events, where that differs.
    virtual boost::json::object said_in_stream(const Fault& fault, const RefusalContext& context) const { return said(fault, context); }
    /// The name of that event; empty: it has none.
    virtual std::string_view event_name(const RefusalContext&) const { return {}; }

  private:
    std::string_view name_;
    std::span<const DialectEndpoint> endpoints_;
};

}  // namespace bordergate
