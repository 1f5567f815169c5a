import { answerTo } from '../script.mjs';
import { checked, connect, post, rejects, wire } from './kserve-generate.mjs';

/** Inference of KServe v2: named tensors; those of datatype BYTES hold text. */
function serve(exchange) {
  const headers = { 'content-type': 'application/json' };
  const { text, status } = answerTo(exchange.json.inputs[0].data[0]);
  if (status) return { status, headers, chunks: [JSON.stringify({ error: `the upstream says ${status}` })] };
  return { headers, chunks: [JSON.stringify({ model_name: 'chat-1', model_version: '1', id: exchange.json.id, outputs: [{ name: 'answer', datatype: 'BYTES', shape: [1], data: [text] }] })] };
}

export default {
  name: 'kserve-infer', dialect: 'kserve', connect, rejects, wire, serve,
  async plain(client, text) {
    const inputs = [{ name: 'question', datatype: 'BYTES', shape: [1], data: [text] }];
    return (await (await checked(await post(client, 'infer', { id: '1', inputs }))).json()).outputs[0].data[0];
  },
  async opaque(client) {
    return checked(await post(client, 'infer', { inputs: [{ name: 'x', datatype: 'FP32', shape: [2], data: [1.5, 2] }] }));
  },
};
