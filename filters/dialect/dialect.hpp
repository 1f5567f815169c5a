// Dialects: where text, model, opaque parts and errors live in an AI protocol. Each is a table plus the
// little code it needs.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "config/settings.hpp"
#include "filters/fault.hpp"
#include "filters/message.hpp"

namespace bordergate {

/// One operation of a dialect, found by method and path.
struct DialectEndpoint {
    std::string_view method;
    std::string_view path_suffix;  ///< e.g. `/chat/completions`
    bool inference = false;        ///< its answer may come home under limits alone (design, section 2)
    Purpose purpose = Purpose::inference;
    std::string_view model_path;                    ///< JSONPath of the model in the request
    std::span<const std::string_view> opaque;       ///< JSONPaths of request parts that cannot be inspected
    std::span<const std::string_view> stream_text;  ///< JSONPaths of text pieces in a streamed event that are
                                                    ///< joined over events (per index of their arrays)
    std::span<const std::string_view> tool_arguments;  ///< JSONPaths (request, response, event) of JSON in a string
    bool session = false;                    ///< reached by an upgrade to WebSocket; bodies are its messages
    std::string_view model_query = {};       ///< name of the query parameter that names the model
    std::span<const std::string_view> deltas = {};  ///< types of a session's messages whose text comes in pieces (delta_restore)
};

/// How a refusal looks before the response began and in the middle of a stream.
struct RenderedRefusal {
    std::string content_type;
    std::string body;
    unsigned status = 0;  ///< in place of the fault's own; 0: that
    Fields fields;        ///< besides those of every refusal
};

/// What a refusal tells, besides the fault.
struct RefusalContext {
    std::string_view attempt;  ///< attempt id, for the developer to quote
};

class Dialect {
  public:
    virtual ~Dialect() = default;
    virtual std::string_view name() const = 0;
    /// The operation, or null if this dialect does not know it (its body is then `opaque` unless JSON).
    virtual const DialectEndpoint* endpoint(std::string_view method, std::string_view path) const = 0;
    /// Every operation it knows. They live as long as the program.
    virtual std::span<const DialectEndpoint> endpoints() const = 0;
    virtual RenderedRefusal refuse(const Fault& fault, const RefusalContext& context) const = 0;
    /// Bytes that tell a client in the middle of a stream of `content_type` that it was cut; empty if the
    /// protocol has no way to say it (the connection is then aborted).
    virtual std::string cut(const Fault& fault, const RefusalContext& context, std::string_view content_type) const = 0;
    /// Trailers that say the same, where the protocol tells failures by them; else none.
    virtual Fields cut_trailers(const Fault& fault, const RefusalContext& context, std::string_view content_type) const;
    /// A text message that tells the client of a session why it ends, before the close; empty if the protocol has none.
    virtual std::string last_message(const Fault&, const RefusalContext&) const { return {}; }
};

/// The dialect by id. DialectId::none renders application/problem+json (RFC 9457).
const Dialect& dialect(DialectId id);

/// Every dialect that a destination can have.
inline constexpr std::array dialect_ids{DialectId::none, DialectId::openai, DialectId::kserve};

/// The dialect in which a client is told no whatever its destination speaks, as its request shows; null: none.
const Dialect* native_dialect(const RequestHead& request);

}  // namespace bordergate
