import net from 'node:net';
import OpenAI from 'openai';
import { OpenAIRealtimeError } from 'openai/realtime/internal-base';
import { OpenAIRealtimeWS } from 'openai/realtime/ws';
import { WebSocket } from 'ws';
import { account } from '../script.mjs';
import { startTap } from '../tap.mjs';
import { errorBody } from './openai-chat.mjs';

const tools = [{ type: 'function', name: 'send_mail', parameters: { type: 'object', properties: { to: { type: 'string' }, text: { type: 'string' } } } }];
const said = (role, text) => ({ type: 'message', role, content: [{ type: role === 'user' ? 'input_text' : 'output_text', text }] });

/** What a session answers to `items`, event by event, in a session of its own. */
function answer(client, items, { session, on = () => {} } = {}) {
  // The SDK insists on wss; that the connection below is not encrypted is all that differs.
  const { hostname: host, port } = new URL(client.baseURL);
  const socket = new OpenAIRealtimeWS({ model: 'gpt-realtime', options: { createConnection: () => net.connect({ host, port }) } }, client);
  return new Promise((resolve, reject) => {
    const send = () => {
      if (session) socket.send({ type: 'session.update', session });
      for (const item of items) socket.send({ type: 'conversation.item.create', item });
      socket.send({ type: 'response.create', response: { output_modalities: ['text'] } });
    };
    socket.on('session.created', send);
    socket.on('event', (event) => {
      on(event);
      if (event.type !== 'response.done') return;
      if (event.response.status === 'failed') reject(new ResponseFailed(event.response.status_details.error));
      else resolve(event.response);
    });
    socket.on('error', reject);
    socket.socket.on('close', (code, reason) => reject(new Error(`closed with ${code} ${reason}`)));
  }).finally(() => socket.close());
}

/** A response that failed in a session that goes on: the SDK has no exception for it. */
class ResponseFailed extends Error {
  constructor(error) {
    super(error.message);
    this.code = error.code;
  }
}
const textOf = (response) => response.output.flatMap((one) => one.content ?? []).map((one) => one.text ?? '').join('');
const argumentsOf = (response) => JSON.parse(response.output.find((one) => one.type === 'function_call').arguments);
const itemOf = (messages, type) => messages.find((one) => one.item?.type === type).item;
const is = (status) => (error) => (error instanceof OpenAIRealtimeError || error instanceof ResponseFailed) && error.message.includes(`the upstream says ${status}`);
const refused = (error) => error instanceof OpenAIRealtimeError && error.error?.type === 'permission_error';
const errorEvent = (fault) => JSON.stringify({ type: 'error', event_id: 'event_1', error: errorBody(fault) });

/** A gate's part, played before the upstream itself: it refuses an account that is said and cuts before one that comes back. */
function startDirect(back, { seen, told, cut }) {
  const attend = (near, exchange) => {
    const far = new WebSocket(back.url.replace('http', 'ws') + exchange.path, { perMessageDeflate: false }), early = [];
    let text = '';
    const end = (fault) => {
      exchange.told.push(errorEvent(fault));
      near.send(errorEvent(fault));
      near.close(1008);
      far.close();
    };
    far.on('open', () => early.splice(0).forEach((one) => far.send(one)));
    far.on('message', (data) => {
      const event = JSON.parse(data);
      text += event.type === 'response.output_text.delta' ? event.delta : '';
      if (text.includes('Pay')) return near.readyState === WebSocket.OPEN && end(cut);
      exchange.told.push(data.toString());
      near.send(data.toString());
    });
    near.on('message', (data) => {
      exchange.sent.push(data.toString());
      if (data.includes(account)) return end(told);
      far.readyState === WebSocket.OPEN ? far.send(data.toString()) : early.push(data.toString());
    });
    near.on('close', () => far.close());
  };
  return startTap(back.url, { attend, seen });
}

export default {
  name: 'openai-realtime', dialect: 'openai', direct: startDirect, session: true,
  connect: (url, apiKey) => new OpenAI({ apiKey, baseURL: `${url}/v1` }),
  rejects: { 429: is(429), 500: is(500), refusal: refused, cut: refused },
  code: (error) => error.error.code,
  async plain(client, text) {
    return textOf(await answer(client, [said('user', text)]));
  },
  async stream(client, text, seen) {
    const texts = new Set();
    texts.add(textOf(await answer(client, [said('user', text)], { on(event) {
      if (event.type === 'response.output_text.delta') seen.push(event.delta);
      if (event.type === 'response.output_text.done') texts.add(event.text);
      if (event.type === 'response.content_part.done') texts.add(event.part.text);
    } })));
    return [...texts].join(' ≠ ');
  },
  async tools(client, text) {
    return argumentsOf(await answer(client, [said('user', text)], { session: { type: 'realtime', tools } }));
  },
  async toolsStream(client, text) {
    let pieces = '', done;
    await answer(client, [said('user', text)], { session: { type: 'realtime', tools }, on(event) {
      if (event.type === 'response.function_call_arguments.delta') pieces += event.delta;
      if (event.type === 'response.function_call_arguments.done') done = event.arguments;
    } });
    if (pieces !== done) throw new Error(`${pieces} ≠ ${done}`);
    return JSON.parse(done);
  },
  async converse(client, turns) {
    return textOf(await answer(client, turns.map(({ role, text }) => said(role, text))));
  },
  async afterTool(client, args, result) {
    await answer(client, [said('user', 'write it'), { type: 'function_call', call_id: 'c', name: 'send_mail', arguments: JSON.stringify(args) },
      { type: 'function_call_output', call_id: 'c', output: JSON.stringify(result) }]);
  },
  sentArguments: (messages) => JSON.parse(itemOf(messages, 'function_call').arguments),
  sentResult: (messages) => JSON.parse(itemOf(messages, 'function_call_output').output),
};
