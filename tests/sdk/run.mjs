// What no cell of the matrix asks: the policy of the clinic with the openai SDK, and real gRPC peers, through the real bordergate.
// TAP-like lines, then `N passed, N failed, N skipped`.
import assert from 'node:assert/strict';
import OpenAI from 'openai';
import { start as startGrpc } from './grpc.mjs';
import { start as startSigning } from './signing.mjs';
import { clinicConfig, startBordergate } from './harness.mjs';
import { startAimock } from './script.mjs';

const us = await startAimock(), fr = await startAimock();
const gate = await startBordergate(clinicConfig({ us: us.url, fr: fr.url }));
const client = gate.client();
const rpc = await startGrpc(), signing = await startSigning();
const ask = (text, more = {}) => ({ model: 'gpt-4o', messages: [{ role: 'user', content: text }], ...more });
const filter = process.argv.includes('--filter') ? process.argv[process.argv.indexOf('--filter') + 1] : '';

const tests = {
  'media cannot be inspected and stays at home': async () => {
    const picture = ask([{ type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }]);
    await assert.rejects(gate.client('/us-only').chat.completions.create(picture), OpenAI.PermissionDeniedError);
  },
  'a model that nobody serves is refused': async () => {
    await assert.rejects(client.chat.completions.create({ ...ask('hi'), model: 'claude' }), (error) => error.code === 'model_not_served');
  },
  'an unknown key is an AuthenticationError': async () => {
    await assert.rejects(new OpenAI({ apiKey: 'wrong', baseURL: client.baseURL }).chat.completions.create(ask('hi')), OpenAI.AuthenticationError);
  },
};

Object.assign(tests, rpc.tests, signing.tests);
let passed = 0, failed = 0;
for (const [name, test] of Object.entries(tests)) {
  if (!name.includes(filter)) continue;
  try {
    await test();
    ++passed;
    console.log(`ok - ${name}`);
  } catch (error) {
    ++failed;
    console.log(`not ok - ${name}\n    ${String(error.stack).replaceAll('\n', '\n    ')}`);
  }
}
const ended = [{ code: await gate.stop(), errors: gate.errors() }, await rpc.stop(), await signing.stop()];
await us.stop();
await fr.stop();
for (const { code, errors } of ended.filter((one) => one.code !== 0)) {
  ++failed;
  console.log(`not ok - bordergate ended with ${code}\n${errors}`);
}
console.log(`${passed} passed, ${failed} failed, 0 skipped`);
process.exit(failed === 0 ? 0 : 1);
