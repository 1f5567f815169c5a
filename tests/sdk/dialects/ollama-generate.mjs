import { connect, rejects, wire } from './ollama-chat.mjs';

const model = 'llama3.2';

export default {
  name: 'ollama-generate', dialect: 'ollama', connect, rejects, wire,
  async plain(client, text) {
    return (await client.generate({ model, prompt: text })).response;
  },
  async stream(client, text, seen) {
    for await (const event of await client.generate({ model, prompt: text, stream: true })) seen.push(event.response);
  },
  async converse(client, turns) {
    return (await client.generate({ model, system: turns.slice(0, -1).map((turn) => turn.text).join('\n'), prompt: turns.at(-1).text })).response;
  },
  async opaque(client) {
    return client.generate({ model, prompt: 'go on', context: [9906, 1917] });
  },
};
