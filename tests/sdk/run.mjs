// The unmodified openai SDK and real gRPC peers through the real bordergate. TAP-like lines, then `N passed, N failed, N skipped`.
import assert from 'node:assert/strict';
import OpenAI from 'openai';
import { start as startGrpc } from './grpc.mjs';
import { apiKey, clinicConfig, lastReceived, startBordergate, startUpstream } from './harness.mjs';

const us = await startUpstream(), fr = await startUpstream();
const gate = await startBordergate(clinicConfig({ us: us.url, fr: fr.url }));
const client = gate.client();
const rpc = await startGrpc();
const ask = (text, more = {}) => ({ model: 'gpt-4o', messages: [{ role: 'user', content: text }], ...more });
const filter = process.argv.includes('--filter') ? process.argv[process.argv.indexOf('--filter') + 1] : '';

async function streamed(request, via = client) {
  let text = '', finish, tool = '';
  for await (const event of await via.chat.completions.create({ ...request, stream: true })) {
    const choice = event.choices[0];
    text += choice?.delta?.content ?? '';
    tool += choice?.delta?.tool_calls?.[0]?.function?.arguments ?? '';
    finish = choice?.finish_reason ?? finish;
  }
  return { text, finish, tool };
}

const tests = {
  'plain answers pass': async () => {
    const answer = await client.chat.completions.create(ask('hello'));
    assert.equal(answer.choices[0].message.content, 'You said: hello');
    assert.equal(lastReceived(us).headers.authorization?.includes(apiKey) ?? false, false);
  },
  'streams pass': async () => {
    const answer = await streamed(ask('a text that is longer than one piece of twenty characters'));
    assert.equal(answer.text, 'You said: a text that is longer than one piece of twenty characters');
    assert.equal(answer.finish, 'stop');
  },
  'labels are restored at every split of a stream': async () => {
    for (let pad = 0; pad < 24; ++pad) {
      const text = `${'x'.repeat(pad)} mail anna@example.org or bob@example.org, call +49 30 901820.`;
      assert.equal((await streamed(ask(text))).text, `You said: ${text}`);
      const left = JSON.stringify(lastReceived(us).body);
      assert.ok(!left.includes('anna@') && !left.includes('bob@') && !left.includes('901820'), left);
    }
  },
  'one value has one label, in every turn': async () => {
    const messages = [{ role: 'user', content: 'I am anna@example.org' }, { role: 'assistant', content: 'Hello anna@example.org' },
      { role: 'user', content: 'Who is anna@example.org?' }];
    const answer = await client.chat.completions.create({ model: 'gpt-4o', messages });
    assert.equal(answer.choices[0].message.content, 'You said: Who is anna@example.org?');
    const labels = new Set(JSON.stringify(lastReceived(us).body).match(/EMAIL_ADDRESS_[0-9A-Z]{14}/g));
    assert.equal(labels.size, 1);
  },
  'a label that the user invents is left alone': async () => {
    const answer = await client.chat.completions.create(ask('EMAIL_ADDRESS_0000000000000A and anna@example.org'));
    assert.equal(answer.choices[0].message.content, 'You said: EMAIL_ADDRESS_0000000000000A and anna@example.org');
  },
  'tool arguments keep their labels': async () => {
    const answer = await client.chat.completions.create(ask('use the tool for anna@example.org'));
    const { to } = JSON.parse(answer.choices[0].message.tool_calls[0].function.arguments);
    assert.match(to, /^EMAIL_ADDRESS_[0-9A-Z]{14}$/);
  },
  'arguments of earlier tool calls are masked': async () => {
    await client.chat.completions.create({ model: 'gpt-4o', messages: [
      { role: 'assistant', content: null, tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{"to":"anna@example.org"}' } }] },
      { role: 'tool', tool_call_id: 'c', content: '{"sent":"bob@example.org"}' }, { role: 'user', content: 'done?' }] });
    const left = JSON.stringify(lastReceived(us).body);
    assert.ok(!left.includes('anna@') && !left.includes('bob@'), left);
    assert.equal(typeof JSON.parse(lastReceived(us).body.messages[0].tool_calls[0].function.arguments).to, 'string');
  },
  'errors of the upstream come through as they are': async () => {
    const once = new OpenAI({ apiKey, baseURL: client.baseURL, maxRetries: 0 });
    for (const [status, type] of [[401, OpenAI.AuthenticationError], [429, OpenAI.RateLimitError], [500, OpenAI.InternalServerError]])
      await assert.rejects(once.chat.completions.create(ask(`fail with ${status}`)), (error) => error instanceof type && error.code === `code_${status}`);
  },
  'a refusal is a PermissionDeniedError with code, rule and attempt, and is not retried': async () => {
    us.clearRequests();
    await assert.rejects(gate.client('/us-only').chat.completions.create(ask('IBAN DE89370400440532013000')), (error) => {
      assert.ok(error instanceof OpenAI.PermissionDeniedError);
      assert.equal(error.code, 'limited');
      assert.equal(error.error.rule, 'no-bank-data-to-us');
      assert.match(error.message, /no-bank-data-to-us.*clinic policy 7/);
      assert.equal(error.headers.get('bordergate-attempt'), error.error.attempt);
      return true;
    });
    assert.equal(us.getRequests().length, 0);
  },
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

Object.assign(tests, rpc.tests);
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
const ended = [{ code: await gate.stop(), errors: gate.errors() }, await rpc.stop()];
await us.stop();
await fr.stop();
for (const { code, errors } of ended.filter((one) => one.code !== 0)) {
  ++failed;
  console.log(`not ok - bordergate ended with ${code}\n${errors}`);
}
console.log(`${passed} passed, ${failed} failed, 0 skipped`);
process.exit(failed === 0 ? 0 : 1);
