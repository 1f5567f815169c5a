// A real gRPC server and real gRPC clients (@grpc/grpc-js) with the real bordergate between them. `start()` gives the
// tests; run.mjs runs them.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import http2 from 'node:http2';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';
import { apiKey, startBordergate } from './harness.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const load = (name) => grpc.loadPackageDefinition(loader.loadSync(join(here, name), { keepCase: true, longs: String, defaults: false }));
const { clinic } = load('clinic.proto'), { inference } = load('kserve.proto');
const { status } = grpc;
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** A server that repeats what it is told, and keeps what it saw. */
async function startServer() {
  const seen = [], calls = { cancelled: 0, deadlines: [] };
  const kept = (note) => (seen.push(note), note);
  const put = (call, done) => {
    const note = kept(call.request);
    calls.deadlines.push(call.getDeadline());
    if (note.text === 'wait') {
      call.on('cancelled', () => ++calls.cancelled);
      return;
    }
    if (note.text?.startsWith('fail')) return done({ code: status.NOT_FOUND, details: `not found: ${note.text} – ä` });
    if (note.text === 'bank') return done(null, { text: 'pay to DE89370400440532013000' });
    if (note.text === 'scan') return done(null, { scan: Buffer.from([1, 2]) });
    const trailers = new grpc.Metadata();
    trailers.set('x-internal', 'anna');
    done(null, note, trailers);
  };
  const server = new grpc.Server();
  server.addService(clinic.v1.Records.service, {
    Put: put,
    Watch: (call) => {
      const note = kept(call.request);
      for (let i = 0; i < 3; ++i) call.write({ ...note, labels: { turn: String(i) } });
      if (note.text === 'bank') call.write({ text: 'pay to DE89370400440532013000' });
      call.end();
    },
    Collect: (call, done) => {
      const texts = [];
      call.on('data', (note) => texts.push(kept(note).text));
      call.on('end', () => done(null, { text: texts.join(' | ') }));
    },
    Talk: (call) => {
      call.on('data', (note) => call.write({ text: `you said ${kept(note).text}` }));
      call.on('end', () => call.end());
      call.on('error', () => {});
    },
  });
  server.addService(inference.GRPCInferenceService.service, {
    ModelInfer: (call, done) => {
      const { model_name, inputs, raw_input_contents } = kept(call.request);
      const outputs = inputs.map((one) => ({ ...one, name: 'out', parameters: undefined }));
      done(null, { model_name, outputs, raw_output_contents: raw_input_contents });
    },
  });
  const port = await new Promise((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) => (error ? reject(error) : resolve(bound))));
  return { port, seen, calls, stop: () => server.forceShutdown() };
}

function configuration(port, descriptors) {
  const hash = createHash('sha256').update(apiKey).digest('hex');
  return `version: 1
instance: grpc
workers: 1
node: {location: DE, operator: [{name: Klinikum Nord, law: DE}]}
listeners:
  - {name: sidecar, address: "127.0.0.1:0", mode: reverse, protocols: [http1, http2]}
audit: {directory: ./audit}
keys: {directory: ./keys}
grpc: {descriptors: ${descriptors}}
sources:
  - id: ward-app
    match: {api_key: {sha256: ${hash}}}
    standing: {location: DE, operator: [{name: Klinikum Nord, law: DE}]}
    tenant: klinikum
    purposes: inference
    carries: [personal, health]
destinations:
  - id: records-us
    url: http://127.0.0.1:${port}
    protocols: http2
    standing: {location: US, operator: [{name: Records Inc, law: US}]}
    accepts: [clear, mask, seal]
    allow_private_address: true
  - id: triton-us
    url: http://127.0.0.1:${port}
    protocols: http2
    standing: {location: US, operator: [{name: Records Inc, law: US}]}
    kind: model
    dialect: kserve
    models: ["chat-*"]
    allow_private_address: true
routes:
  - {id: infer, listener: sidecar, path: /inference.GRPCInferenceService, destinations: [triton-us]}
  - id: records
    listener: sidecar
    destinations: [records-us]
    unseal: true
    fields:
      - {path: "/clinic.v1.Records/*:patient.note", data: health}
      - {path: "/clinic.v1.Records/Put:patient.number", data: identifier}
rules:
  - {id: plain-to-us, permit: clear, data: plain, from: EEA, to: US}
  - {id: personal-masked-to-us, permit: mask, data: personal, from: EEA, to: US, with: pseudonym}
  - {id: health-sealed-abroad, permit: seal, data: health, from: EEA, to: US, key: DE}
  - {id: no-bank-data-to-us, limit: refuse, data: financial, from: EEA, to: US, cite: clinic policy 7}
  - {id: home-again, permit: clear, data: [plain, personal, health], from: US, to: EEA}
`;
}

/** The tests by name, and what ends them. */
export async function start() {
  const server = await startServer();
  const set = join(tmpdir(), `bordergate-clinic-${process.pid}.binpb`);
  const made = spawnSync('protoc', [`-I${here}`, '--include_imports', `--descriptor_set_out=${set}`, 'clinic.proto']);
  if (made.status !== 0) throw new Error(`protoc: ${made.stderr ?? made.error}`);
  const gate = await startBordergate(configuration(server.port, set));
  const address = gate.addresses.sidecar;
  const credentials = grpc.credentials.createInsecure();
  const metadata = () => {
    const fields = new grpc.Metadata();
    fields.set('authorization', `Bearer ${apiKey}`);
    return fields;
  };
  const records = new clinic.v1.Records(address, credentials);
  const zipped = new clinic.v1.Records(address, credentials, { 'grpc.default_compression_algorithm': grpc.compressionAlgorithms.gzip });
  const triton = new inference.GRPCInferenceService(address, credentials);
  const unary = (client, method, request, options = {}, fields = metadata()) => new Promise((resolve, reject) => {
    client[method](request, fields, options, (error, answer) => (error ? reject(error) : resolve(answer)));
  });
  const put = (note, ...more) => unary(records, 'Put', note, ...more);
  const received = (call) => new Promise((resolve, reject) => {
    const notes = [];
    call.on('data', (note) => notes.push(note));
    call.on('end', () => resolve(notes));
    call.on('error', (error) => reject(Object.assign(error, { notes })));
  });
  const last = () => server.seen.at(-1);
  const mail = 'mail anna@example.org';
  const label = /^mail EMAIL_ADDRESS_[0-9A-Z]{14}$/;
  const strings = (...texts) => Buffer.concat(texts.flatMap((text) => {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(Buffer.byteLength(text));
    return [length, Buffer.from(text)];
  }));
  const refused = (code, pattern) => (error) => {
    assert.equal(error.code, code, error.message);
    assert.match(error.details, pattern);
    return true;
  };

  const tests = {
    'gRPC: a unary call is masked on its way and restored on its way back': async () => {
      const answer = await put({ patient: { name: mail }, text: 'hello', labels: { k: mail } });
      assert.deepEqual(answer, { patient: { name: mail }, text: 'hello', labels: { k: mail } });
      assert.match(last().patient.name, label);
      assert.equal(last().labels.k, last().patient.name);
    },
    'gRPC: compressed messages are read too': async () => {
      const answer = await unary(zipped, 'Put', { text: `${mail} ${'x'.repeat(4000)}` });
      assert.equal(answer.text, `${mail} ${'x'.repeat(4000)}`);
      assert.ok(!last().text.includes('anna'));
    },
    'gRPC: a declared field arrives sealed and comes home opened': async () => {
      const answer = await put({ patient: { note: 'has the flu' } });
      assert.match(last().patient.note, /^eyJ[\w-]+\.[\w-]*\.[\w-]+\.[\w-]+\.[\w-]+$/);
      assert.equal(answer.patient.note, 'has the flu');
    },
    'gRPC: a number that must be masked has no place': async () => {
      await assert.rejects(put({ patient: { number: 4711 } }), refused(status.PERMISSION_DENIED, /patient\.number cannot carry/));
    },
    'gRPC: a server stream is restored message by message': async () => {
      const notes = await received(records.Watch({ text: mail }, metadata()));
      assert.deepEqual(notes.map((note) => [note.text, note.labels.turn]), [[mail, '0'], [mail, '1'], [mail, '2']]);
      assert.match(last().text, label);
    },
    'gRPC: a client stream is masked as it goes': async () => {
      const answer = await new Promise((resolve, reject) => {
        const call = records.Collect(metadata(), (error, note) => (error ? reject(error) : resolve(note)));
        for (const text of ['one', mail, 'three']) call.write({ text });
        call.end();
      });
      assert.equal(answer.text, `one | ${mail} | three`);
      assert.match(server.seen.at(-2).text, label);
    },
    'gRPC: both sides of a call talk in turns': async () => {
      const call = records.Talk(metadata());
      const answers = [];
      for (const text of ['hi', mail, 'bye']) {
        call.write({ text });
        answers.push(await new Promise((resolve, reject) => call.once('data', (note) => resolve(note.text)).once('error', reject)));
      }
      assert.deepEqual(answers, ['you said hi', `you said ${mail}`, 'you said bye']);
      const ended = new Promise((resolve) => call.on('status', resolve));
      call.end();
      assert.equal((await ended).code, status.OK);
    },
    'gRPC: what may not go is PERMISSION_DENIED, with rule and attempt, and never arrives': async () => {
      const before = server.seen.length;
      await assert.rejects(put({ text: 'IBAN DE89370400440532013000' }), (error) => {
        refused(status.PERMISSION_DENIED, /account at text.*no-bank-data-to-us, clinic policy 7|account.*no-bank-data-to-us, clinic policy 7/)(error);
        assert.equal(error.metadata.get('bordergate-code')[0], 'limited');
        assert.ok(error.details.includes(error.metadata.get('bordergate-attempt')[0]));
        return true;
      });
      assert.equal(server.seen.length, before);
    },
    'gRPC: in the middle of a call it is the status that ends it': async () => {
      const call = records.Talk(metadata());
      const talk = received(call);
      call.write({ text: 'hi' });
      await new Promise((resolve) => call.once('data', resolve));
      const before = server.seen.length;
      call.write({ text: 'IBAN DE89370400440532013000' });
      await assert.rejects(talk, (error) => refused(status.PERMISSION_DENIED, /no-bank-data-to-us/)(error) && error.notes.length === 1);
      assert.equal(server.seen.length, before);
    },
    'gRPC: an answer that may not come home is cut where it shows': async () => {
      await assert.rejects(put({ text: 'bank' }), refused(status.PERMISSION_DENIED, /account/));
      await assert.rejects(received(records.Watch({ text: 'bank' }, metadata())), (error) => {
        // How many of the three before it had been handed on by then is a matter of time.
        assert.ok(error.notes.length <= 3 && error.notes.every((note) => note.text === 'bank'));
        return refused(status.PERMISSION_DENIED, /account/)(error);
      });
      await assert.rejects(put({ text: 'scan' }), refused(status.PERMISSION_DENIED, /opaque at scan/));
    },
    'gRPC: bytes and services that nobody declared stay at home': async () => {
      await assert.rejects(put({ scan: Buffer.from('x') }), refused(status.PERMISSION_DENIED, /opaque/));
      const hidden = new grpc.Client(address, credentials);
      const call = new Promise((resolve, reject) => hidden.makeUnaryRequest('/clinic.v1.Unknown/Put', (x) => x, (x) => x, Buffer.from([]), metadata(), (error, answer) => (error ? reject(error) : resolve(answer))));
      await assert.rejects(call, refused(status.PERMISSION_DENIED, /opaque/));
      hidden.close();
    },
    'gRPC: errors of the server come through, and its own metadata does not': async () => {
      await assert.rejects(put({ text: `fail ${mail}` }), (error) => {
        assert.equal(error.code, status.NOT_FOUND);
        assert.match(error.details, /^not found: fail mail EMAIL_ADDRESS_[0-9A-Z]{14} – ä$/);
        return true;
      });
      const call = records.Put({ text: 'x' }, metadata(), () => {});
      const { metadata: trailers, code } = await new Promise((resolve) => call.on('status', resolve));
      assert.equal(code, status.OK);
      assert.deepEqual(trailers.get('x-internal'), []);
    },
    'gRPC: a deadline reaches the server, and bounds the exchange itself': async () => {
      await assert.rejects(put({ text: 'wait' }, { deadline: Date.now() + 400 }), (error) => error.code === status.DEADLINE_EXCEEDED);
      assert.ok(server.calls.deadlines.at(-1) - Date.now() < 400);
      for (let tries = 0; server.calls.cancelled === 0 && tries < 100; ++tries) await sleep(20);
      assert.equal(server.calls.cancelled, 1);
      // One whose client does not count the time itself.
      const session = http2.connect(`http://${address}`);
      const stream = session.request({ ':method': 'POST', ':path': '/clinic.v1.Records/Put', 'content-type': 'application/grpc', te: 'trailers',
        'grpc-timeout': '300m', authorization: `Bearer ${apiKey}` });
      stream.end(Buffer.from([0, 0, 0, 0, 6, 0x12, 4, ...Buffer.from('wait')]));
      const head = await new Promise((resolve, reject) => stream.on('response', resolve).on('error', reject));
      assert.equal(head[':status'], 200);
      assert.equal(head['grpc-status'], String(status.DEADLINE_EXCEEDED));
      session.destroy();
    },
    'gRPC: who is not known is UNAUTHENTICATED': async () => {
      await assert.rejects(put({ text: 'x' }, {}, new grpc.Metadata()), refused(status.UNAUTHENTICATED, /API key/));
    },
    'gRPC: KServe: text tensors are masked and restored, typed or raw': async () => {
      const typed = await unary(triton, 'ModelInfer', { model_name: 'chat-1', inputs: [{ name: 'in', datatype: 'BYTES', shape: [2], contents: { bytes_contents: [Buffer.from(mail), Buffer.from('x')] } }] });
      assert.deepEqual(typed.outputs[0].contents.bytes_contents.map(String), [mail, 'x']);
      assert.match(String(last().inputs[0].contents.bytes_contents[0]), label);
      const raw = await unary(triton, 'ModelInfer', { model_name: 'chat-1', inputs: [{ name: 'in', datatype: 'BYTES', shape: [2] }], raw_input_contents: [strings('a', mail)] });
      assert.deepEqual(raw.raw_output_contents[0], strings('a', mail));
      assert.ok(!String(last().raw_input_contents[0]).includes('anna'));
    },
    'gRPC: KServe: other tensors stay at home, and models are chosen by name': async () => {
      await assert.rejects(unary(triton, 'ModelInfer', { model_name: 'chat-1', inputs: [{ name: 'in', datatype: 'FP32', shape: [1], contents: { fp32_contents: [1.5] } }] }), refused(status.PERMISSION_DENIED, /opaque/));
      await assert.rejects(unary(triton, 'ModelInfer', { model_name: 'other', inputs: [] }), refused(status.PERMISSION_DENIED, /model it names/));
    },
  };
  return {
    tests,
    async stop() {
      for (const client of [records, zipped, triton]) client.close();
      const code = await gate.stop();
      server.stop();
      rmSync(set, { force: true });
      return { code, errors: gate.errors() };
    },
  };
}
