// One dialect's SDK, a real bordergate and an upstream on loopback, with a relay on either side of the gate. Directly, without a
// gate, the relay before the upstream refuses as the dialect's own service would: that shows what the cells ask can be answered.
import { createHash } from 'node:crypto';
import { startBordergate } from './harness.mjs';
import { account, startAimock } from './script.mjs';
import { startTap } from './tap.mjs';

const keys = { clinic: 'ward-app-matrix-key', other: 'practice-matrix-key' };

/** Two tenants in Germany; to the United States what is personal goes masked, to Canada and from there no account at all. */
function configuration({ upstream, dialect, destination, restoreArguments }) {
  const source = (id, key) => `  - id: ${id}
    match: {api_key: {sha256: ${createHash('sha256').update(key).digest('hex')}}}
    standing: {location: DE, operator: [{name: ${id}, law: DE}]}
    tenant: ${id}
    purposes: inference
    carries: [personal, financial]
`;
  const receiver = (id, place) => `  - id: ${id}
    url: ${upstream}
    standing: {location: ${place}, operator: [{name: Model Inc, law: ${place}}]}
    dialect: ${dialect}
    allow_private_address: true
${destination}`;
  return `version: 1
instance: matrix
workers: 1
node: {location: DE, operator: [{name: clinic, law: DE}]}
listeners:
  - {name: sidecar, address: "127.0.0.1:0", mode: reverse}
  - {name: strict, address: "127.0.0.1:0", mode: reverse}
audit: {directory: ./audit}
keys: {directory: ./keys}
sources:
${source('clinic', keys.clinic)}${source('practice', keys.other)}destinations:
${receiver('us', 'US')}${receiver('canada', 'CA')}routes:
  - {id: to-us, listener: sidecar, destinations: [us]}
  - {id: to-canada, listener: strict, destinations: [canada]}
rules:
  - {id: plain-abroad, permit: clear, data: plain, from: EEA, to: [US, CA]}
  - {id: masked-to-us, permit: mask, data: [personal, financial], from: EEA, to: US, with: pseudonym${restoreArguments ? ', restore_arguments: true' : ''}}
  - {id: masked-to-canada, permit: mask, data: personal, from: EEA, to: CA, with: pseudonym}
  - {id: home, permit: clear, data: [plain, personal, financial], from: [US, CA], to: EEA}
  - {id: no-accounts-abroad, limit: refuse, data: financial, from: EEA, to: CA, cite: clinic policy 7}
  - {id: no-accounts-home, limit: refuse, data: financial, from: CA, to: EEA, cite: clinic policy 8}
`;
}

/** What a gate would say of a refused account, in the words of the dialect. */
function fault(rule, cite, attempt) {
  return { code: 'limited', rule, attempt, message: `An account may not cross. Leave that data out of the request. Rule: ${rule}, ${cite}. Attempt: ${attempt}.` };
}

async function startDirect(one, back, attempt, seen) {
  const told = fault('no-accounts-abroad', 'clinic policy 7', attempt), spoken = fault('no-accounts-home', 'clinic policy 8', attempt);
  const refuse = (exchange) => {
    if (!exchange.text.includes(account)) return undefined;
    const { status = 403, headers, body } = one.wire.refusal(told, exchange);
    return { status, headers: { 'content-type': 'application/json', ...headers }, chunks: [JSON.stringify(body)] };
  };
  const cut = (exchange, frames) => {
    if (!exchange.text.includes('speak of an account')) return frames;
    const at = Math.floor(frames.length * 0.4); // before the account, which is in the middle
    return [...frames.slice(0, at), one.wire.cut(spoken, exchange)];
  };
  return one.direct?.(back, { seen, told, cut: spoken }) ?? startTap(back.url, { answer: refuse, cut: one.stream && cut, seen });
}

/** Everything that the cells of dialect `one` need; what they start is stopped with it. */
export async function startStand(one, { direct = false } = {}) {
  const upstream = one.serve ? undefined : await (one.start ?? startAimock)();
  const back = await startTap(upstream?.url, { answer: one.serve ?? one.besides, rewrite: one.rewrite, cut: one.mend });
  const started = [], seen = [];
  const through = async (more = {}) => {
    const gate = await startBordergate(configuration({ upstream: back.url, dialect: one.dialect, destination: one.destination ?? '    kind: model\n', ...more }));
    started.push(gate);
    const taps = {};
    for (const name of ['sidecar', 'strict']) started.push(taps[name] = await startTap(`http://${gate.addresses[name]}`, { seen }));
    return taps;
  };
  const attempt = direct ? 'attempt-of-the-test' : undefined;
  const fronts = direct ? { strict: await startDirect(one, back, attempt, seen), sidecar: await startTap(back.url, { seen }) } : await through();
  if (direct) started.push(...Object.values(fronts));
  const clients = [];
  const connect = (tap, key, options) => {
    const client = one.connect(tap.url, key, options);
    clients.push(client);
    return client;
  };
  const stand = {
    direct, attempt, back, key: keys.clinic,
    front: { seen, last: fronts.sidecar.last, clear: () => seen.splice(0) },
    client: (options) => connect(fronts.sidecar, keys.clinic, options),
    strict: (options) => connect(fronts.strict, keys.clinic, options),
    other: (options) => connect(fronts.sidecar, keys.other, options),
    /** The same with a rule that restores the arguments of tools. */
    async restoring() {
      const taps = await through({ restoreArguments: true });
      return { client: () => connect(taps.sidecar, keys.clinic) };
    },
    async stop() {
      for (const client of clients) await one.disconnect?.(await client);
      const ended = [];
      for (const what of started.reverse()) {
        const code = await what.stop();
        if (code) ended.push(`bordergate ended with ${code}\n${what.errors()}`);
      }
      await back.stop();
      await upstream?.stop();
      return ended;
    },
  };
  return stand;
}
