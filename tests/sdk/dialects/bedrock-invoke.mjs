import { InvokeModelCommand, InvokeModelWithResponseStreamCommand } from '@aws-sdk/client-bedrock-runtime';
import { asChunks, besides, connect, disconnect, model, rejects, wire } from '../bedrock.mjs';

const tools = [{ name: 'send_mail', input_schema: { type: 'object', properties: { to: { type: 'string' }, text: { type: 'string' } } } }];
const base = { anthropic_version: 'bedrock-2023-05-31', max_tokens: 1000 };
const command = (Command, body) => new Command({ modelId: model, contentType: 'application/json', body: JSON.stringify({ ...base, ...body }) });
const ask = (text, more = {}) => ({ messages: [{ role: 'user', content: text }], ...more });
const parsed = (bytes) => JSON.parse(new TextDecoder().decode(bytes));
const textOf = ({ content }) => content.map((one) => one.text ?? '').join('');

const invoke = async (client, body) => parsed((await client.send(command(InvokeModelCommand, body))).body);
/** The events of the model, which travel as base64 inside those of the stream. */
async function* events(client, body) {
  const answer = await client.send(command(InvokeModelWithResponseStreamCommand, body));
  for await (const event of answer.body) if (event.chunk) yield parsed(event.chunk.bytes);
}

export default {
  name: 'bedrock-invoke', dialect: 'bedrock', connect, disconnect, rejects, wire, besides, mend: asChunks,
  async plain(client, text) {
    return textOf(await invoke(client, ask(text)));
  },
  async stream(client, text, seen) {
    for await (const event of events(client, ask(text))) if (event.delta?.text) seen.push(event.delta.text);
  },
  async tools(client, text) {
    return (await invoke(client, ask(text, { tools }))).content.find((one) => one.type === 'tool_use').input;
  },
  async toolsStream(client, text) {
    let pieces = '';
    for await (const event of events(client, ask(text, { tools }))) pieces += event.delta?.partial_json ?? '';
    return JSON.parse(pieces);
  },
  async converse(client, turns) {
    return textOf(await invoke(client, { messages: turns.map(({ role, text }) => ({ role, content: text })) }));
  },
  async afterTool(client, args, result) {
    await invoke(client, { tools, messages: [
      { role: 'user', content: 'write it' },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'send_mail', input: args }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: JSON.stringify(result) }] }] });
  },
  sentArguments: ({ messages }) => messages[1].content[0].input,
  sentResult: ({ messages }) => JSON.parse(messages[2].content[0].content),
  async opaque(client) {
    return invoke(client, ask([{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' } }]));
  },
};
