// The main job, shown: five kinds of requests through one real bordergate, between AI upstreams that stand in different
// jurisdictions. Exits 0 only if every one went as the policy says.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { apiKey, clinicConfig, lastReceived, startBordergate } from './harness.mjs';
import { startAimock } from './script.mjs';

const keep = process.argv.includes('--keep');
const paint = (code) => (text) => (process.stdout.isTTY ? `\x1b[${code}m${text}\x1b[0m` : text);
const [bold, dim, green, red, yellow] = ['1', '2', '32', '31', '33'].map(paint);
const colour = { clear: green, masked: yellow, sealed: yellow, rerouted: yellow, refused: red };

const upstreams = { 'openai-us': await startAimock(), 'mistral-eu': await startAimock() };
const gate = await startBordergate(clinicConfig({ us: upstreams['openai-us'].url, fr: upstreams['mistral-eu'].url }));
const client = gate.client();
const ask = (text, more = {}) => ({ model: 'gpt-4o', messages: [{ role: 'user', content: text }], ...more });

async function viaSdk(request) {
  const { data, response } = await client.chat.completions.create(request).withResponse();
  return { attempt: response.headers.get('bordergate-attempt'), back: data.choices[0].message.content };
}

async function viaStream(request) {
  const { data, response } = await client.chat.completions.create({ ...request, stream: true }).withResponse();
  let back = '', pieces = 0;
  for await (const event of data) {
    const piece = event.choices[0]?.delta?.content;
    if (piece) { back += piece; ++pieces; }
  }
  return { attempt: response.headers.get('bordergate-attempt'), back, note: `in ${pieces} pieces` };
}

async function viaCurl(request) {
  const { stdout: answer } = await promisify(execFile)('curl', ['-sS', '-i', '--max-time', '10', `http://${gate.addresses.sidecar}/v1/chat/completions`,
    '-H', `authorization: Bearer ${apiKey}`, '-H', 'content-type: application/json', '-d', JSON.stringify(request)]);
  const [head, body] = answer.split('\r\n\r\n');
  return { attempt: /bordergate-attempt: (\S+)/i.exec(head)[1], back: JSON.parse(body).choices[0].message.content };
}

async function viaRefusal(request) {
  try {
    await gate.client('/us-only').chat.completions.create(request);
    return { back: 'it was not refused' };
  } catch (error) {
    return { attempt: error.headers?.get('bordergate-attempt'), back: `${error.constructor.name} ${error.status} ${error.code}`, note: error.message };
  }
}

const shows = [
  { title: 'passes in clear', how: 'openai SDK', send: viaSdk, request: ask('What is the capital of France?'),
    verdict: 'clear', to: 'openai-us', left: (body) => body.includes('capital of France'), back: (text) => text.includes('capital of France') },
  { title: 'masked on the way out, restored in the answer', how: 'openai SDK', send: viaSdk,
    request: ask('Write to anna.schmidt@example.org or call +49 30 901820.'), verdict: 'masked', to: 'openai-us',
    left: (body) => !body.includes('anna') && !body.includes('901820') && body.includes('EMAIL_ADDRESS_'),
    back: (text) => text.includes('anna.schmidt@example.org') && text.includes('+49 30 901820') },
  { title: 'the same as a stream', how: 'openai SDK, stream', send: viaStream, request: ask('Stream to anna.schmidt@example.org please.'),
    verdict: 'masked', to: 'openai-us', left: (body) => !body.includes('anna'), back: (text) => text === 'You said: Stream to anna.schmidt@example.org please.' },
  { title: 'a field sealed under the German key', how: 'curl', send: viaCurl, request: ask('Summarise the visit.', { metadata: { patient_id: 'P-4711' } }),
    verdict: 'sealed', to: 'openai-us', left: (body) => !body.includes('4711') && body.includes('eyJ'), back: (text) => text.includes('Summarise') },
  { title: 'rerouted to a lawful upstream', how: 'openai SDK', send: viaSdk, request: ask('Pay to DE89 3704 0044 0532 0130 00.'),
    verdict: 'rerouted', to: 'mistral-eu', left: (body) => body.includes('DE89'), back: (text) => text.includes('DE89') },
  { title: 'refused with a clean SDK error', how: 'openai SDK', send: viaRefusal, request: ask('Pay to DE89 3704 0044 0532 0130 00.'),
    verdict: 'refused', to: undefined, left: (body) => body === undefined, back: (text) => text === 'PermissionDeniedError 403 limited' },
];

const short = (text, size = 100) => (text.length > size ? `${text.slice(0, size - 1)}…` : text);
const row = (name, value) => console.log(`  ${dim(name.padEnd(10))} ${value}`);
const essence = (body) => {
  const { messages, metadata } = body;
  return JSON.stringify({ content: messages.at(-1).content, ...(metadata ? { metadata } : {}) });
};

console.log(bold('\nA clinic in Germany, a model in the United States, a model in France, and one Bordergate between them.\n'));
let failed = 0;
for (const [number, show] of shows.entries()) {
  for (const upstream of Object.values(upstreams)) upstream.clearRequests();
  const result = await show.send(show.request);
  const outcome = await gate.record(result.attempt, 'outcome');
  const receiver = Object.keys(upstreams).find((name) => lastReceived(upstreams[name]));
  const received = receiver && lastReceived(upstreams[receiver]).body;
  const left = received && JSON.stringify(received);
  const good = outcome.verdict === show.verdict && receiver === show.to && show.left(left) && show.back(result.back) &&
    !(received && JSON.stringify(lastReceived(upstreams[receiver]).headers).includes(apiKey));
  failed += good ? 0 : 1;
  console.log(`${good ? green('✔') : red('✘')} ${bold(`${number + 1}. ${show.title}`)} ${dim(`(${show.how})`)}`);
  row('sent', short(essence(show.request)));
  row('left', left ? `${short(essence(received), 130)} ${dim('→ ' + receiver)}` : dim('nothing'));
  row('came back', short(result.back) + (result.note ? dim(`  ${short(result.note, 130)}`) : ''));
  row('verdict', `${colour[outcome.verdict](outcome.verdict)}  rule ${outcome.rule ?? dim('none')}  law ${outcome.law ?? dim('–')}${outcome.cite ? `  ${outcome.cite}` : ''}`);
  row('audit', dim(`${outcome.attempt}  ${outcome.entities ? JSON.stringify(outcome.entities) : 'nothing found'}  ${outcome.bytes_out} B out, ${outcome.bytes_in} B back`));
  console.log();
}
console.log(failed === 0 ? green(`All ${shows.length} went as the policy says.`) : red(`${failed} of ${shows.length} did not go as the policy says.`));

async function end() {
  const code = await gate.stop();
  for (const upstream of Object.values(upstreams)) await upstream.stop();
  if (code !== 0) console.log(red(`bordergate ended with ${code}\n${gate.errors()}`));
  process.exit(failed === 0 && code === 0 ? 0 : 1);
}

if (keep) {
  console.log(`\nEverything is running; Ctrl-C ends it. Configuration and audit log: ${gate.folder}\n
  curl -i http://${gate.addresses.sidecar}/v1/chat/completions -H 'authorization: Bearer ${apiKey}' -H 'content-type: application/json' \\
       -d '{"model":"gpt-4o","messages":[{"role":"user","content":"Write to bob@example.org"}]}'
  curl -x http://demo:${apiKey}@${gate.addresses.egress} ${upstreams['mistral-eu'].url}/v1/models
  curl http://${gate.addresses.admin}/metrics
  ${gate.binary} audit tail -n 2 --directory ${gate.folder}/audit
  ${gate.binary} explain ${gate.folder}/clinic.yaml --source ward-app --route chat --data personal account
`);
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
} else {
  await end();
}
