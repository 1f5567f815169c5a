import { Ollama } from 'ollama';

const tools = [{ type: 'function', function: { name: 'send_mail', description: 'sends', parameters: { type: 'object', properties: { to: { type: 'string' }, text: { type: 'string' } } } } }];
const model = 'llama3.2';
const ask = (text) => ({ model, messages: [{ role: 'user', content: text }] });

export const connect = (url, key) => new Ollama({ host: url, headers: { authorization: `Bearer ${key}` } });
// The SDK exports no error class, knows no code and, in a stream, throws a plain Error with the words of the line.
const is = (status) => (error) => error.name === 'ResponseError' && error.status_code === status;
export const rejects = { 429: is(429), 500: is(500), refusal: is(403), cut: (error) => error instanceof Error && !(error instanceof TypeError) };
export const wire = {
  refusal: ({ code, rule, attempt, message }) => ({ body: { error: message, code, rule, attempt } }),
  cut: ({ code, rule, attempt, message }) => `${JSON.stringify({ error: message, code, rule, attempt })}\n`,
};

export default {
  name: 'ollama-chat', dialect: 'ollama', connect, rejects, wire,
  async plain(client, text) {
    return (await client.chat(ask(text))).message.content;
  },
  async stream(client, text, seen) {
    for await (const event of await client.chat({ ...ask(text), stream: true })) seen.push(event.message.content);
  },
  async tools(client, text) {
    return (await client.chat({ ...ask(text), tools })).message.tool_calls[0].function.arguments;
  },
  async toolsStream(client, text) {
    let found;
    for await (const event of await client.chat({ ...ask(text), tools, stream: true })) found = event.message.tool_calls?.[0].function.arguments ?? found;
    return found;
  },
  async converse(client, turns) {
    return (await client.chat({ model, messages: turns.map(({ role, text }) => ({ role, content: text })) })).message.content;
  },
  async afterTool(client, args, result) {
    await client.chat({ model, tools, messages: [
      { role: 'user', content: 'write it' },
      { role: 'assistant', content: '', tool_calls: [{ function: { name: 'send_mail', arguments: args } }] },
      { role: 'tool', tool_name: 'send_mail', content: JSON.stringify(result) }] });
  },
  sentArguments: ({ messages }) => messages[1].tool_calls[0].function.arguments,
  sentResult: ({ messages }) => JSON.parse(messages[2].content),
  async opaque(client) {
    return client.chat({ model, messages: [{ role: 'user', content: 'what is it?', images: ['iVBORw0KGgo='] }] });
  },
};
