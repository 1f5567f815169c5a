// The dialects, each in a file of its own: its tables, and how it says no.
#pragma once

#include "filters/dialect/dialect.hpp"

namespace bordergate {

/// OpenAI's API, which many others speak too: chat, responses, completions, embeddings, files, batches, realtime.
const Dialect& openai_dialect();
/// Anthropic's Messages API.
const Dialect& anthropic_dialect();
/// Google's Gemini API, also as Vertex AI serves it.
const Dialect& gemini_dialect();
/// Amazon Bedrock's runtime: Converse and InvokeModel.
const Dialect& bedrock_dialect();
/// Ollama's own API.
const Dialect& ollama_dialect();
/// The Open Inference Protocol v2 (KServe), over HTTP and gRPC.
const Dialect& kserve_dialect();
/// Hugging Face: text generation (TGI), inference providers, and downloads of the hub.
const Dialect& huggingface_dialect();
/// The Model Context Protocol over streamable HTTP and SSE: JSON-RPC 2.0.
const Dialect& mcp_dialect();
/// application/problem+json (RFC 9457), for what speaks no AI protocol.
const Dialect& problem_dialect();

}  // namespace bordergate
