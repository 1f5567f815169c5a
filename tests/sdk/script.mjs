// What the upstreams of the matrix say, whatever dialect they speak it in: they repeat what they are told unless it asks for more.
import { LLMock } from '@copilotkit/aimock';

export const account = 'DE89370400440532013000';
/** An answer that speaks of an account in its middle. */
export const spoken = `${'This is said before it. '.repeat(10)}Pay to ${account} soon. ${'This is said after it. '.repeat(10)}`;

/** The answer to `text`: `{text}`, `{tool: {name, arguments}}` or `{status}`. */
export function answerTo(text) {
  if (typeof text !== 'string') return { text: 'You said no text' };
  const tool = /use the tool for (\S+)/.exec(text);
  if (tool) return { tool: { name: 'send_mail', arguments: { to: tool[1], text: `say "hello" to ${tool[1]}\nand ${tool[1]} again` } } };
  const status = /fail with (\d+)/.exec(text);
  if (status) return { status: Number(status[1]) };
  if (text.includes('speak of an account')) return { text: spoken };
  return { text: `You said: ${text}` };
}

/** How many characters each piece of a streamed answer has: what the text asks for. */
export const sizeOfPieces = (text) => Number(/in pieces of (\d+)/.exec(text)?.[1] ?? 20);
export function pieces(text, size) {
  const found = [];
  for (let at = 0; at < text.length; at += size) found.push(text.slice(at, at + size));
  return found;
}

function last({ messages, embeddingInput }) {
  const content = messages?.at(-1)?.content ?? embeddingInput ?? '';
  return typeof content === 'string' ? content : content.map((part) => part.text ?? '').join('');
}

function respond(request) {
  const { text, tool, status } = answerTo(last(request));
  if (status) return { error: { message: `the upstream says ${status}`, type: status === 429 ? 'rate_limit_error' : 'api_error', code: `code_${status}` }, status };
  if (tool) return { toolCalls: [{ name: tool.name, arguments: JSON.stringify(tool.arguments) }] };
  if (request._endpointType === 'embedding') return { embedding: [0.1, 0.2, 0.3] };
  return { content: text };
}

/** An AI upstream of many dialects that says what the script says. */
export async function startAimock() {
  const mock = new LLMock({ port: 0, host: '127.0.0.1', logLevel: 'silent' });
  for (let size = 1; size <= 7; ++size)
    mock.on({ predicate: (request) => sizeOfPieces(last(request)) === size }, respond, { chunkSize: size });
  mock.on({ predicate: () => true }, respond);
  await mock.start();
  return mock;
}
