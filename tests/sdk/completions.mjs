// The wire of legacy completions (POST /v1/completions), which aimock does not speak: OpenAI's and, the same, Hugging Face's.
import { answerTo, pieces, sizeOfPieces } from './script.mjs';

const json = { 'content-type': 'application/json' };
const base = { id: 'cmpl-1', object: 'text_completion', created: 1700000000, model: 'm' };

export function serveCompletions(exchange) {
  const { prompt, stream } = exchange.json;
  const asked = Array.isArray(prompt) ? prompt.join('') : prompt;
  const { text, status } = answerTo(asked);
  if (status) return { status, headers: json, chunks: [JSON.stringify({ error: { message: `the upstream says ${status}`, type: 'server_error', param: null, code: `code_${status}` } })] };
  const usage = { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 };
  if (!stream) return { headers: json, chunks: [JSON.stringify({ ...base, choices: [{ index: 0, text, logprobs: null, finish_reason: 'stop' }], usage })] };
  const events = pieces(text, sizeOfPieces(asked)).map((piece) => ({ ...base, choices: [{ index: 0, text: piece, logprobs: null, finish_reason: null }] }));
  events.push({ ...base, choices: [{ index: 0, text: '', logprobs: null, finish_reason: 'stop' }] });
  return { headers: { 'content-type': 'text/event-stream' }, chunks: [...events.map((one) => `data: ${JSON.stringify(one)}\n\n`), 'data: [DONE]\n\n'] };
}
