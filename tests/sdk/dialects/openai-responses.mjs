import { connect, errorBody, rejects } from './openai-chat.mjs';

const tools = [{ type: 'function', name: 'send_mail', strict: false, parameters: { type: 'object', properties: { to: { type: 'string' }, text: { type: 'string' } } } }];
const model = 'gpt-4o';
const argumentsOf = (response) => JSON.parse(response.output.find((one) => one.type === 'function_call').arguments);

/** All the places of a streamed answer that repeat its text; they must agree. */
function repeated(event) {
  const text = { 'response.output_text.done': () => event.text, 'response.content_part.done': () => event.part.text,
    'response.output_item.done': () => event.item.content?.[0].text, 'response.completed': () => event.response.output.at(-1).content?.[0].text }[event.type]?.();
  return text === undefined ? [] : [text];
}

export default {
  name: 'openai-responses', dialect: 'openai', connect, rejects,
  code: (error) => error.code,
  wire: {
    refusal: (fault) => ({ body: { error: errorBody(fault) } }),
    cut: (fault) => `event: error\ndata: ${JSON.stringify({ type: 'error', sequence_number: 99, ...errorBody(fault) })}\n\n`,
  },
  /** aimock does not number its events. */
  mend: (_, frames) => frames.map((frame, i) => frame.replace(/^data: \{/m, `data: {"sequence_number":${i},`)),
  async plain(client, text) {
    return (await client.responses.create({ model, instructions: 'Be brief.', input: text })).output_text;
  },
  async stream(client, text, seen) {
    const stream = client.responses.stream({ model, input: text }), texts = new Set(), numbers = [];
    for await (const event of stream) {
      if (event.type === 'response.output_text.delta') seen.push(event.delta);
      for (const one of repeated(event)) texts.add(one);
      numbers.push(event.sequence_number);
    }
    if (numbers.some((one, i) => one !== numbers[0] + i)) throw new Error(`sequence numbers ${numbers}`);
    texts.add((await stream.finalResponse()).output_text);
    return [...texts].join(' ≠ ');
  },
  async tools(client, text) {
    return argumentsOf(await client.responses.create({ model, input: text, tools }));
  },
  async toolsStream(client, text) {
    const stream = client.responses.stream({ model, input: text, tools });
    let pieces = '', done;
    for await (const event of stream) {
      if (event.type === 'response.function_call_arguments.delta') pieces += event.delta;
      if (event.type === 'response.function_call_arguments.done') done = event.arguments;
    }
    if (pieces !== done) throw new Error(`${pieces} ≠ ${done}`);
    const found = argumentsOf(await stream.finalResponse());
    if (JSON.stringify(found) !== JSON.stringify(JSON.parse(done))) throw new Error(`${JSON.stringify(found)} ≠ ${done}`);
    return found;
  },
  async converse(client, turns) {
    const input = turns.map(({ role, text }) => ({ role, content: text }));
    return (await client.responses.create({ model, instructions: turns[0].text, input })).output_text;
  },
  async afterTool(client, args, result) {
    await client.responses.create({ model, tools, input: [
      { role: 'user', content: 'write it' },
      { type: 'function_call', call_id: 'c', name: 'send_mail', arguments: JSON.stringify(args) },
      { type: 'function_call_output', call_id: 'c', output: JSON.stringify(result) }] });
  },
  sentArguments: ({ input }) => JSON.parse(input[1].arguments),
  sentResult: ({ input }) => JSON.parse(input[2].output),
  async opaque(client) {
    return client.responses.create({ model, input: [{ role: 'user', content: [{ type: 'input_image', detail: 'auto', image_url: 'data:image/png;base64,iVBORw0KGgo=' }] }] });
  },
};
