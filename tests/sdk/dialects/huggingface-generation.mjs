import { serveCompletions } from '../completions.mjs';
import { code, connect, rejects, wire } from './huggingface-chat.mjs';

export default {
  name: 'huggingface-generation', dialect: 'huggingface', connect, rejects, code, wire, serve: serveCompletions,
  async plain(client, text) {
    return (await client.textGeneration({ inputs: text })).generated_text;
  },
  async stream(client, text, seen) {
    for await (const event of client.textGenerationStream({ inputs: text })) seen.push(event.choices[0].text);
  },
};
