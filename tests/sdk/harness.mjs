// Starts the real bordergate between true-wire AI upstreams on loopback, for the demo and the SDK tests.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import OpenAI from 'openai';

export const apiKey = 'ward-app-demo-key';

/** The policy of the demo: a clinic in Germany, one model in the United States, one in France. */
export function clinicConfig({ us, fr }) {
  const hash = createHash('sha256').update(apiKey).digest('hex');
  return `version: 1
instance: clinic
workers: 2
node: {location: DE, operator: [{name: Klinikum Nord, law: DE}]}
listeners:
  - {name: sidecar, address: "127.0.0.1:0", mode: reverse}
  - {name: egress, address: "127.0.0.1:0", mode: forward}
admin: {address: "127.0.0.1:0"}
audit: {directory: ./audit}
keys: {directory: ./keys}
sources:
  - id: ward-app
    match: {api_key: {sha256: ${hash}}}
    standing: {location: DE, operator: [{name: Klinikum Nord, law: DE}]}
    tenant: klinikum
    purposes: inference
    carries: [personal, health]
destinations:
  - id: openai-us
    url: ${us}
    standing: {location: US, operator: [{name: OpenAI, law: US}]}
    kind: model
    dialect: openai
    models: ["gpt-*"]
    accepts: [clear, mask, seal]
    allow_private_address: true
    credential: {prefix: "Bearer ", value: "env:DEMO_UPSTREAM_KEY"}
  - id: mistral-eu
    url: ${fr}
    standing: {location: FR, operator: [{name: Mistral AI, law: FR}]}
    kind: model
    dialect: openai
    models: ["gpt-*", "mistral-*"]
    allow_private_address: true
    credential: {prefix: "Bearer ", value: "env:DEMO_UPSTREAM_KEY"}
routes:
  - id: chat
    listener: sidecar
    path: /v1
    destinations: [openai-us, mistral-eu]
    fields:
      - {path: "$.metadata.patient_id", data: health}
  - id: us-only
    listener: sidecar
    path: /us-only
    destinations: [openai-us]
rules:
  - id: plain-to-us
    permit: clear
    data: plain
    from: EEA
    to: US
  - id: personal-masked-to-us
    permit: mask
    data: personal
    from: EEA
    to: US
    with: pseudonym
    cite: GDPR Art. 46(2)(c)
  - id: health-sealed-abroad
    permit: seal
    data: health
    from: EEA
    to: US
    key: DE
    cite: GDPR Art. 9
  - id: no-bank-data-to-us
    limit: refuse
    data: financial
    from: EEA
    to: US
    cite: clinic policy 7
`;
}

/** Runs `bordergate run` on `config` in a folder of its own. */
export async function startBordergate(config) {
  const binary = process.env.BORDERGATE_BIN;
  if (!binary) throw new Error('BORDERGATE_BIN names no bordergate; run this through ./dev');
  const folder = mkdtempSync(join(tmpdir(), 'bordergate-'));
  const made = spawnSync(binary, ['keys', 'create', 'DE', '--directory', join(folder, 'keys')]);
  if (made.status !== 0) throw new Error(`keys: ${made.stderr}`);
  writeFileSync(join(folder, 'clinic.yaml'), config);
  const child = spawn(binary, ['run', join(folder, 'clinic.yaml')], {
    stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, DEMO_UPSTREAM_KEY: 'upstream-secret' },
  });
  let errors = '';
  child.stderr.on('data', (text) => (errors += text));
  const exited = new Promise((resolve) => child.on('exit', resolve));
  const addresses = {};
  for await (const line of createInterface({ input: child.stdout })) {
    const words = line.split(' ');
    if (words[0] === 'listening') addresses[words[1]] = words[2];
    if (words[0] === 'admin') addresses.admin = words[1];
    if (words[0] === 'ready') break;
  }
  if (!addresses.sidecar) throw new Error(`bordergate did not start:\n${errors}`);
  const records = () => readdirSync(join(folder, 'audit')).filter((name) => name.endsWith('.ndjson')).sort()
    .flatMap((name) => readFileSync(join(folder, 'audit', name), 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line)));
  return {
    folder, addresses, binary, pid: child.pid,
    errors: () => errors,
    /** The record of `attempt` of that kind; outcomes follow within moments. */
    async record(attempt, kind) {
      for (let tries = 0; tries < 100; ++tries) {
        const found = records().find((one) => one.attempt === attempt && one.kind === kind);
        if (found) return found;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      throw new Error(`no ${kind} record of ${attempt}`);
    },
    client(path = '/v1') {
      return new OpenAI({ apiKey, baseURL: `http://${addresses.sidecar}${path}`, maxRetries: 2, timeout: 10_000 });
    },
    async stop(keepFolder = false) {
      child.kill('SIGTERM');
      const code = await exited;
      if (!keepFolder) rmSync(folder, { recursive: true, force: true });
      return code;
    },
  };
}

/** The last request that an upstream received, or nothing. */
export const lastReceived = (upstream) => upstream.getRequests().at(-1);
