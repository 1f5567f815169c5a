import { connect, rejects, wire } from './openai-chat.mjs';

export default {
  name: 'openai-embeddings', dialect: 'openai', connect, rejects, wire,
  code: (error) => error.code,
  textless: true, // what comes back are numbers
  async plain(client, text) {
    const { data } = await client.embeddings.create({ model: 'text-embedding-3-small', input: [text] });
    return data[0].embedding.length > 0;
  },
  async opaque(client) {
    return client.embeddings.create({ model: 'text-embedding-3-small', input: [[9906, 1917], [2]] });
  },
};
