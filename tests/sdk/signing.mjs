// The unmodified Bedrock client through the real bordergate, to a service that checks the signature of what reaches it as AWS
// does: with AWS's own signer, over the path, the fields and the body that came.
import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import { BedrockRuntimeClient, ConverseCommand } from '@aws-sdk/client-bedrock-runtime';
import { SignatureV4 } from '@smithy/signature-v4';
import { startBordergate } from './harness.mjs';

class Sha256 {
  constructor(key) { this.hash = key ? createHmac('sha256', key) : createHash('sha256'); }
  update(data) { this.hash.update(data); }
  async digest() { return new Uint8Array(this.hash.digest()); }
}

const region = 'eu-central-1';
const keys = { accessKeyId: 'AKIDGATE', secretAccessKey: 'the-secret-of-the-gate', sessionToken: 'session/of+the=gate' };

/** What the keys of the gate sign for a request that came. */
async function signatureOf({ method, url, headers }, body) {
  const names = headers.authorization.match(/SignedHeaders=([^,]*)/)[1].split(';');
  const date = headers['x-amz-date'].replace(/(....)(..)(..)T(..)(..)(..)Z/, '$1-$2-$3T$4:$5:$6Z');
  const signer = new SignatureV4({ service: 'bedrock', region, credentials: keys, sha256: Sha256 });
  const { pathname, searchParams } = new URL(url, 'http://service');
  const signed = await signer.sign({
    method, protocol: 'http:', hostname: headers.host, path: pathname, query: Object.fromEntries(searchParams),
    headers: Object.fromEntries(names.filter((name) => !['x-amz-date', 'x-amz-content-sha256', 'x-amz-security-token'].includes(name)).map((name) => [name, headers[name]])), body,
  }, { signingDate: new Date(date) });
  return signed.headers.authorization;
}

/** A Converse endpoint that refuses what is not signed, and keeps what it is sent. */
async function startService() {
  const received = [];
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    received.push({ url: request.url, headers: request.headers, body: body.toString() });
    const good = request.headers.authorization === (await signatureOf(request, body)) && request.headers['x-amz-security-token'] === keys.sessionToken;
    response.writeHead(good ? 200 : 403, { 'content-type': 'application/json', ...(good ? {} : { 'x-amzn-errortype': 'InvalidSignatureException' }) });
    response.end(JSON.stringify(good ? {
      output: { message: { role: 'assistant', content: [{ text: 'heard' }] } }, stopReason: 'end_turn', usage: { inputTokens: 1, outputTokens: 1, totalTokens: 2 }, metrics: { latencyMs: 1 },
    } : { message: 'The request signature we calculated does not match the signature you provided.' }));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { received, port: server.address().port, stop: () => server.close() };
}

const configFor = (port) => `version: 1
node: {location: DE, operator: DE}
listeners: [{name: sidecar, address: "127.0.0.1:0", mode: reverse, protocols: [http1, http2]}]
audit: {directory: ./audit}
sources: [{id: app, match: {networks: [127.0.0.0/8]}, standing: {location: DE, operator: DE}, carries: personal}]
destinations:
  - id: bedrock
    url: http://127.0.0.1:${port}
    standing: {location: US, operator: US}
    allow_private_address: true
    sign: {sigv4: {region: ${region}, access_key: "env:GATE_ACCESS_KEY", secret_key: "env:GATE_SECRET_KEY", session_token: "env:GATE_SESSION_TOKEN"}}
routes: [{id: all, destinations: [bedrock]}]
rules:
  - {id: plain, permit: clear, data: plain, from: EEA, to: US}
  - {id: mask, permit: mask, data: personal, from: EEA, to: US, with: replace_with_info_type}
  - {id: back, permit: clear, data: [plain, opaque, personal, financial, credential], from: US, to: EEA}
`;

/** Tests by name, and what ends their gate. */
export async function start() {
  const service = await startService();
  Object.assign(process.env, { GATE_ACCESS_KEY: keys.accessKeyId, GATE_SECRET_KEY: keys.secretAccessKey, GATE_SESSION_TOKEN: keys.sessionToken });
  const gate = await startBordergate(configFor(service.port));
  const client = new BedrockRuntimeClient({
    region, endpoint: `http://${gate.addresses.sidecar}`, maxAttempts: 1, credentials: { accessKeyId: 'AKIDCLIENT', secretAccessKey: 'of-the-client', sessionToken: 'of-the-client' },
  });
  const converse = (text) => client.send(new ConverseCommand({
    modelId: 'eu.anthropic.claude-3-haiku-20240307-v1:0', messages: [{ role: 'user', content: [{ text }] }],
  }));
  const tests = {
    'bedrock: what leaves masked is signed as it leaves': async () => {
      const answer = await converse('mail anna@example.org, café');
      assert.equal(answer.output.message.content[0].text, 'heard');
      const { url, headers, body } = service.received.at(-1);
      assert.equal(url, '/model/eu.anthropic.claude-3-haiku-20240307-v1%3A0/converse');
      assert.match(body, /\[EMAIL_ADDRESS\], café/);
      assert.doesNotMatch(JSON.stringify(headers), /of-the-client|AKIDCLIENT/);
    },
    'bedrock: what leaves as it came is signed too': async () => {
      assert.equal((await converse('hello')).stopReason, 'end_turn');
      assert.match(service.received.at(-1).body, /hello/);
    },
  };
  return { tests, async stop() {
    client.destroy();
    const code = await gate.stop();
    service.stop();
    return { code, errors: gate.errors() };
  } };
}
