import { InferenceClient, InferenceClientProviderApiError } from '@huggingface/inference';

const tools = [{ type: 'function', function: { name: 'send_mail', parameters: { type: 'object', properties: { to: { type: 'string' }, text: { type: 'string' } } } } }];
const model = 'meta-llama/Llama-3.3-70B-Instruct';
const ask = (text) => ({ model, messages: [{ role: 'user', content: text }] });
const argumentsOf = (message) => JSON.parse(message.tool_calls[0].function.arguments);
const is = (status) => (error) => error instanceof InferenceClientProviderApiError && error.httpResponse.status === status;

// The SDK names the endpoint as the model: an address in numbers would be an IP address in the body.
export const connect = (url, key) => new InferenceClient(key).endpoint(url.replace('127.0.0.1', 'localhost'));
// In the middle of a stream its error has the status of the answer that began.
export const rejects = { 429: is(429), 500: is(500), refusal: is(403), cut: is(200) };
export const code = (error) => error.httpResponse.body.code;
/** The SDK reads an error in words only: of an object it says [object Object], unless it asked for a stream. */
const body = ({ code, rule, attempt, message }) => ({ error: message, error_type: 'permission', code, rule, attempt });
export const wire = { refusal: (fault) => ({ body: body(fault) }), cut: (fault) => `data: ${JSON.stringify(body(fault))}\n\n` };

export default {
  name: 'huggingface-chat', dialect: 'huggingface', connect, rejects, code, wire,
  async plain(client, text) {
    return (await client.chatCompletion(ask(text))).choices[0].message.content;
  },
  async stream(client, text, seen) {
    for await (const event of client.chatCompletionStream(ask(text))) seen.push(event.choices[0]?.delta?.content ?? '');
  },
  async tools(client, text) {
    return argumentsOf((await client.chatCompletion({ ...ask(text), tools })).choices[0].message);
  },
  async toolsStream(client, text) {
    let pieces = '';
    for await (const event of client.chatCompletionStream({ ...ask(text), tools })) pieces += event.choices[0]?.delta?.tool_calls?.[0]?.function?.arguments ?? '';
    return JSON.parse(pieces);
  },
  async converse(client, turns) {
    return (await client.chatCompletion({ model, messages: turns.map(({ role, text }) => ({ role, content: text })) })).choices[0].message.content;
  },
  async afterTool(client, args, result) {
    await client.chatCompletion({ model, tools, messages: [
      { role: 'user', content: 'write it' },
      { role: 'assistant', content: '', tool_calls: [{ id: 'c', type: 'function', function: { name: 'send_mail', arguments: JSON.stringify(args) } }] },
      { role: 'tool', tool_call_id: 'c', content: JSON.stringify(result) }] });
  },
  sentArguments: ({ messages }) => JSON.parse(messages[1].tool_calls[0].function.arguments),
  sentResult: ({ messages }) => JSON.parse(messages[2].content),
  async opaque(client) {
    return client.chatCompletion(ask([{ type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } }]));
  },
};
