#include "filters/dialect/dialect.hpp"

#include "filters/dialect/dialects.hpp"
#include "filters/dialect/endpoint_path.hpp"

namespace bordergate {

const Dialect& dialect(DialectId id) {
    switch (id) {
        case DialectId::openai: return openai_dialect();
        case DialectId::anthropic: return anthropic_dialect();
        case DialectId::gemini: return gemini_dialect();
        case DialectId::bedrock: return bedrock_dialect();
        case DialectId::ollama: return ollama_dialect();
        case DialectId::kserve: return kserve_dialect();
        case DialectId::huggingface: return huggingface_dialect();
        case DialectId::mcp: return mcp_dialect();
        case DialectId::none: break;
    }
    return problem_dialect();
}

Fields Dialect::cut_trailers(const Fault&, const RefusalContext&, std::string_view) const { return {}; }

const DialectEndpoint* Dialect::endpoint(std::string_view method, std::string_view path) const { return find_endpoint(endpoints(), method, path); }

}  // namespace bordergate
