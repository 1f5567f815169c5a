import { ApiError, GoogleGenAI } from '@google/genai';

const config = { tools: [{ functionDeclarations: [{ name: 'send_mail', parametersJsonSchema: { type: 'object', properties: { to: { type: 'string' }, text: { type: 'string' } } } }] }] };
const model = 'gemini-2.5-flash';
const body = ({ code, rule, attempt, message }) => ({ error: { code: 403, message, status: 'PERMISSION_DENIED', details: [
  { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: code, domain: 'bordergate', metadata: { rule, attempt } }] } });
const is = (status) => (error) => error instanceof ApiError && error.status === status;

export default {
  name: 'gemini', dialect: 'gemini',
  connect: (url, apiKey, { retries } = {}) =>
    new GoogleGenAI({ apiKey, httpOptions: { baseUrl: url, timeout: 10_000, ...(retries === 0 ? { retryOptions: { attempts: 1 } } : {}) } }),
  rejects: { 429: is(429), 500: is(500), refusal: is(403), cut: is(403) },
  wire: { refusal: (fault) => ({ body: body(fault) }), cut: (fault) => `data: ${JSON.stringify(body(fault))}\n\n` },
  rewrite: (path) => path.replace(/^\/v1\//, '/v1beta/'), // aimock knows the older path only
  async plain(client, text) {
    return (await client.models.generateContent({ model, contents: text })).text;
  },
  async stream(client, text, seen) {
    const chat = client.chats.create({ model });
    for await (const event of await chat.sendMessageStream({ message: text })) seen.push(event.text ?? '');
    return chat.getHistory().filter((one) => one.role === 'model').flatMap((one) => one.parts).map((one) => one.text ?? '').join('');
  },
  async tools(client, text) {
    return (await client.models.generateContent({ model, contents: text, config })).functionCalls[0].args;
  },
  async toolsStream(client, text) {
    for await (const event of await client.models.generateContentStream({ model, contents: text, config }))
      if (event.functionCalls) return event.functionCalls[0].args;
  },
  async converse(client, turns) {
    const contents = turns.map(({ role, text }) => ({ role: role === 'user' ? 'user' : 'model', parts: [{ text }] }));
    return (await client.models.generateContent({ model, contents })).text;
  },
  async afterTool(client, args, result) {
    await client.models.generateContent({ model, config, contents: [
      { role: 'user', parts: [{ text: 'write it' }] },
      { role: 'model', parts: [{ functionCall: { name: 'send_mail', args } }] },
      { role: 'user', parts: [{ functionResponse: { name: 'send_mail', response: result } }] }] });
  },
  sentArguments: ({ contents }) => contents[1].parts[0].functionCall.args,
  sentResult: ({ contents }) => contents[2].parts[0].functionResponse.response,
  async opaque(client) {
    return client.models.generateContent({ model, contents: [{ inlineData: { mimeType: 'image/png', data: 'iVBORw0KGgo=' } }] });
  },
};
