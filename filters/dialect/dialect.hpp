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

/// A text that comes in pieces, one in each of many events of a stream (or messages of a session).
struct StreamPiece {
    enum class Holds : std::uint8_t {
        text,
        json,         ///< the text is JSON: arguments of a tool
        tokens,       ///< it repeats a text in an array of tokens
        signed_text,  ///< somebody has signed it: it may not change
    };
    std::string_view path;       ///< JSONPath of the piece, a string
    std::string_view type = {};  ///< of the events that bring it (`type` at their root, or as their frame says); empty: any
    std::string_view done = {};  ///< of the event that ends it, which has the same ids; empty: there is none
    Holds holds = Holds::text;
    std::span<const std::string_view> ids = {};  ///< members at the root of its event that tell one text from another
    bool in_tool = false;   ///< what a tool is called with: labels in it are restored only if the rule says so
    bool one_text = false;  ///< elements of arrays that have no `index` are parts of one text
};

/// One operation of a dialect, found by method and path.
struct DialectEndpoint {
    std::string_view method;
    std::string_view path;     ///< how the path ends, e.g. `/chat/completions`; a `*` in it is the model
    bool inference = false;    ///< its answer may come home under limits alone (design, section 2)
    Purpose purpose = Purpose::inference;
    std::string_view model_path = {};   ///< JSONPath of the model in the request
    std::string_view model_query = {};  ///< name of the query parameter that names the model
    std::string_view correlation = {};  ///< JSONPath of what an answer in the middle of a stream must repeat of the request
    std::span<const std::string_view> opaque = {};          ///< JSONPaths of request parts that cannot be inspected
    std::span<const std::string_view> signed_blocks = {};   ///< JSONPaths (request, response, event) of texts and seals that may not change
    std::span<const std::string_view> tool_arguments = {};  ///< JSONPaths (request, response, event) of what a tool is called with
    std::span<const StreamPiece> pieces = {};      ///< texts that come over many events
    std::span<const std::string_view> ends = {};   ///< members whose text, or `true`, ends all texts of the object that they stand in
    bool whole_events = false;  ///< events of its streams are messages of their own: no text goes on from one to the next
    std::span<const std::string_view> answer_opaque = {};  ///< JSONPaths of what repeats texts in a way that cannot be inspected, in a whole answer
    std::span<const std::string_view> event_opaque = {};   ///< the same in events
    bool session = false;  ///< reached by an upgrade to WebSocket; bodies are its messages
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
    const DialectEndpoint* endpoint = nullptr;  ///< the operation that was asked for; null: none that is known
    std::string_view correlation = {};          ///< the JSON of DialectEndpoint::correlation in the request; empty: not known
};

class Dialect {
  public:
    virtual ~Dialect() = default;
    virtual std::string_view name() const = 0;
    /// The operation, or null if this dialect does not know it (its body is then `opaque` unless JSON).
    const DialectEndpoint* endpoint(std::string_view method, std::string_view path) const;
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
inline constexpr std::array dialect_ids{DialectId::none,   DialectId::openai,  DialectId::anthropic,   DialectId::gemini, DialectId::bedrock,
                                        DialectId::ollama, DialectId::kserve, DialectId::huggingface, DialectId::mcp};

/// The dialect in which a client is told no whatever its destination speaks, as its request shows; null: none.
const Dialect* native_dialect(const RequestHead& request);

}  // namespace bordergate
