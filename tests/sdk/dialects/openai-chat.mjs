import OpenAI from 'openai';

const tools = [{ type: 'function', function: { name: 'send_mail', parameters: { type: 'object', properties: { to: { type: 'string' }, text: { type: 'string' } } } } }];
const ask = (text) => ({ model: 'gpt-4o', messages: [{ role: 'user', content: text }] });
const argumentsOf = (message) => JSON.parse(message.tool_calls[0].function.arguments);

export const connect = (url, apiKey, { retries } = {}) => new OpenAI({ apiKey, baseURL: `${url}/v1`, maxRetries: retries, timeout: 10_000 });
export const rejects = {
  429: (error) => error instanceof OpenAI.RateLimitError,
  500: (error) => error instanceof OpenAI.InternalServerError,
  refusal: (error) => error instanceof OpenAI.PermissionDeniedError,
  cut: (error) => error instanceof OpenAI.APIError,
};
export const errorBody = ({ code, rule, attempt, message }) => ({ message, type: 'permission_error', param: null, code, rule, attempt });
export const wire = {
  refusal: (fault) => ({ body: { error: errorBody(fault) } }),
  cut: (fault) => `data: ${JSON.stringify({ error: errorBody(fault) })}\n\n`,
};

export default {
  name: 'openai-chat', dialect: 'openai', connect, rejects, wire,
  code: (error) => error.code,
  async plain(client, text) {
    return (await client.chat.completions.create(ask(text))).choices[0].message.content;
  },
  async stream(client, text, seen) {
    const stream = client.chat.completions.stream(ask(text));
    for await (const event of stream) seen.push(event.choices[0]?.delta?.content ?? '');
    return (await stream.finalMessage()).content;
  },
  async tools(client, text) {
    return argumentsOf((await client.chat.completions.create({ ...ask(text), tools })).choices[0].message);
  },
  async toolsStream(client, text) {
    return argumentsOf(await client.chat.completions.stream({ ...ask(text), tools }).finalMessage());
  },
  async converse(client, turns) {
    const messages = turns.map(({ role, text }) => ({ role, content: text }));
    return (await client.chat.completions.create({ model: 'gpt-4o', messages })).choices[0].message.content;
  },
  async afterTool(client, args, result) {
    await client.chat.completions.create({ model: 'gpt-4o', tools, messages: [
      { role: 'user', content: 'write it' },
      { role: 'assistant', content: null, tool_calls: [{ id: 'c', type: 'function', function: { name: 'send_mail', arguments: JSON.stringify(args) } }] },
      { role: 'tool', tool_call_id: 'c', content: JSON.stringify(result) }] });
  },
  sentArguments: (body) => JSON.parse(body.messages[1].tool_calls[0].function.arguments),
  sentResult: (body) => JSON.parse(body.messages[2].content),
  async opaque(client) {
    return client.chat.completions.create(ask([{ type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } }]));
  },
};
