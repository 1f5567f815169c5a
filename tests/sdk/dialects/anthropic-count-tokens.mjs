import { code, connect, rejects, wire } from './anthropic-messages.mjs';
import { answerTo } from '../script.mjs';

/** aimock does not count. */
function serve(exchange) {
  const headers = { 'content-type': 'application/json' };
  if (exchange.path.split('?')[0] !== '/v1/messages/count_tokens') return { status: 404, headers, chunks: ['{}'] };
  const { content } = exchange.json.messages.at(-1), { status } = answerTo(content);
  if (status) return { status, headers, chunks: [JSON.stringify({ type: 'error', error: { type: status === 429 ? 'rate_limit_error' : 'api_error', message: `the upstream says ${status}` } })] };
  return { headers, chunks: [JSON.stringify({ input_tokens: content.length })] };
}

export default {
  name: 'anthropic-count-tokens', dialect: 'anthropic', connect, rejects, wire, code, serve,
  textless: true,
  async plain(client, text) {
    return (await client.messages.countTokens({ model: 'claude-sonnet-5-5', system: 'Be brief.', messages: [{ role: 'user', content: text }] })).input_tokens > 0;
  },
};
