import Anthropic from '@anthropic-ai/sdk';

const tools = [{ name: 'send_mail', input_schema: { type: 'object', properties: { to: { type: 'string' }, text: { type: 'string' } } } }];
const base = { model: 'claude-sonnet-5-5', max_tokens: 1000 };
const ask = (text) => ({ ...base, messages: [{ role: 'user', content: text }] });
const inputOf = (message) => message.content.find((one) => one.type === 'tool_use').input;
const textOf = (message) => message.content.map((one) => one.text ?? '').join('');

export const connect = (url, apiKey, { retries } = {}) => new Anthropic({ apiKey, baseURL: url, maxRetries: retries, timeout: 10_000 });
export const rejects = {
  429: (error) => error instanceof Anthropic.RateLimitError,
  500: (error) => error instanceof Anthropic.InternalServerError,
  refusal: (error) => error instanceof Anthropic.PermissionDeniedError && error.type === 'permission_error',
  cut: (error) => error instanceof Anthropic.APIError && error.type === 'permission_error',
};
const body = ({ code, rule, attempt, message }) =>
  ({ type: 'error', error: { type: 'permission_error', message, code, rule, attempt }, request_id: attempt });
export const wire = {
  refusal: (fault) => ({ body: body(fault) }),
  cut: (fault) => `event: error\ndata: ${JSON.stringify(body(fault))}\n\n`,
};
export const code = (error) => error.error?.error?.code;

export default {
  name: 'anthropic-messages', dialect: 'anthropic', connect, rejects, wire, code,
  async plain(client, text) {
    return textOf(await client.messages.create(ask(text)));
  },
  async stream(client, text, seen) {
    const stream = client.messages.stream(ask(text));
    for await (const event of stream) if (event.delta?.type === 'text_delta') seen.push(event.delta.text);
    return textOf(await stream.finalMessage());
  },
  async tools(client, text) {
    return inputOf(await client.messages.create({ ...ask(text), tools }));
  },
  async toolsStream(client, text) {
    return inputOf(await client.messages.stream({ ...ask(text), tools }).finalMessage());
  },
  async converse(client, turns) {
    return textOf(await client.messages.create({ ...base, messages: turns.map(({ role, text }) => ({ role, content: text })) }));
  },
  async afterTool(client, args, result) {
    await client.messages.create({ ...base, tools, messages: [
      { role: 'user', content: 'write it' },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'send_mail', input: args }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: [{ type: 'text', text: JSON.stringify(result) }] }] }] });
  },
  sentArguments: ({ messages }) => messages[1].content[0].input,
  sentResult: ({ messages }) => JSON.parse(messages[2].content[0].content[0].text),
  async opaque(client) {
    return client.messages.create(ask([{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' } }]));
  },
};
