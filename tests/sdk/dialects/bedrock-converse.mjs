import { ConverseCommand, ConverseStreamCommand } from '@aws-sdk/client-bedrock-runtime';
import { besides, connect, disconnect, model, rejects, wire } from '../bedrock.mjs';

const toolConfig = { tools: [{ toolSpec: { name: 'send_mail', inputSchema: { json: { type: 'object', properties: { to: { type: 'string' }, text: { type: 'string' } } } } } }] };
const ask = (text) => ({ modelId: model, messages: [{ role: 'user', content: [{ text }] }] });
const textOf = ({ output }) => output.message.content.map((one) => one.text ?? '').join('');

export default {
  name: 'bedrock-converse', dialect: 'bedrock', connect, disconnect, rejects, wire, besides,
  async plain(client, text) {
    return textOf(await client.send(new ConverseCommand({ ...ask(text), system: [{ text: 'Be brief.' }] })));
  },
  async stream(client, text, seen) {
    const { stream } = await client.send(new ConverseStreamCommand(ask(text)));
    for await (const event of stream) if (event.contentBlockDelta) seen.push(event.contentBlockDelta.delta.text);
  },
  async tools(client, text) {
    const { output } = await client.send(new ConverseCommand({ ...ask(text), toolConfig }));
    return output.message.content.find((one) => one.toolUse).toolUse.input;
  },
  async toolsStream(client, text) {
    const { stream } = await client.send(new ConverseStreamCommand({ ...ask(text), toolConfig }));
    let pieces = '';
    for await (const event of stream) pieces += event.contentBlockDelta?.delta.toolUse?.input ?? '';
    return JSON.parse(pieces);
  },
  async converse(client, turns) {
    return textOf(await client.send(new ConverseCommand({ modelId: model, messages: turns.map(({ role, text }) => ({ role, content: [{ text }] })) })));
  },
  async afterTool(client, args, result) {
    await client.send(new ConverseCommand({ modelId: model, toolConfig, messages: [
      { role: 'user', content: [{ text: 'write it' }] },
      { role: 'assistant', content: [{ toolUse: { toolUseId: 't', name: 'send_mail', input: args } }] },
      { role: 'user', content: [{ toolResult: { toolUseId: 't', content: [{ json: result }] } }] }] }));
  },
  sentArguments: ({ messages }) => messages[1].content[0].toolUse.input,
  sentResult: ({ messages }) => messages[2].content[0].toolResult.content[0].json,
  async opaque(client) {
    return client.send(new ConverseCommand({ modelId: model, messages: [{ role: 'user', content: [{ image: { format: 'png', source: { bytes: Buffer.from('iVBORw0KGgo=', 'base64') } } }] }] }));
  },
};
