import { answerTo, pieces, sizeOfPieces } from '../script.mjs';

const json = { 'content-type': 'application/json' };

/** The generate extension of KServe v2 (Triton): text in, text out, as server-sent events if asked to stream. */
function serve(exchange) {
  const asked = exchange.json.text_input, { text, status } = answerTo(asked), stream = exchange.path.endsWith('/generate_stream');
  if (status) return { status, headers: json, chunks: [JSON.stringify({ error: `the upstream says ${status}` })] };
  const base = { model_name: 'chat-1', model_version: '1' };
  if (!stream) return { headers: json, chunks: [JSON.stringify({ ...base, text_output: text })] };
  return { headers: { 'content-type': 'text/event-stream' }, chunks: pieces(text, sizeOfPieces(asked)).map((piece) => `data: ${JSON.stringify({ ...base, text_output: piece })}\n\n`) };
}

/** There is no SDK for it in npm; this is what its clients do by hand. */
export class KserveError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}
export const post = (client, path, body) =>
  fetch(`${client.url}/v2/models/chat-1/${path}`, { method: 'POST', headers: { ...json, authorization: `Bearer ${client.key}` }, body: JSON.stringify(body) });
export async function checked(response) {
  if (!response.ok) throw new KserveError(response.status, (await response.json()).error);
  return response;
}
const is = (status) => (error) => error instanceof KserveError && error.status === status;
export const connect = (url, key) => ({ url, key });
export const rejects = { 429: is(429), 500: is(500), refusal: is(403), cut: (error) => error instanceof KserveError };
export const wire = {
  refusal: ({ code, rule, attempt, message }) => ({ body: { error: message, code, rule, attempt } }),
  cut: ({ code, rule, attempt, message }) => `data: ${JSON.stringify({ error: message, code, rule, attempt })}\n\n`,
};

export default {
  name: 'kserve-generate', dialect: 'kserve', connect, rejects, wire, serve,
  async plain(client, text) {
    return (await (await checked(await post(client, 'generate', { text_input: text, parameters: {} }))).json()).text_output;
  },
  async stream(client, text, seen) {
    const response = await checked(await post(client, 'generate_stream', { text_input: text, parameters: { stream: true } }));
    let rest = '';
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      const events = (rest + chunk).split('\n\n');
      rest = events.pop();
      for (const event of events.filter((one) => one.startsWith('data:'))) {
        const { text_output, error } = JSON.parse(event.slice(5));
        if (error) throw new KserveError(response.status, error);
        seen.push(text_output);
      }
    }
  },
};
