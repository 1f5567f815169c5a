import { serveCompletions } from '../completions.mjs';
import { connect, rejects, wire } from './openai-chat.mjs';

const model = 'gpt-3.5-turbo-instruct';

export default {
  name: 'openai-completions', dialect: 'openai', connect, rejects, wire, serve: serveCompletions,
  code: (error) => error.code,
  async plain(client, text) {
    return (await client.completions.create({ model, prompt: text })).choices[0].text;
  },
  async stream(client, text, seen) {
    for await (const event of await client.completions.create({ model, prompt: text, stream: true })) seen.push(event.choices[0].text);
  },
  async opaque(client) {
    return client.completions.create({ model, prompt: [9906, 1917] });
  },
};
