// A relay on loopback that keeps what passes it, byte by byte: one stands before the gate and one behind it, so that a test can
// say what the SDK sent and how often, what arrived upstream, and which events went either way.
import http from 'node:http';
import { WebSocket, WebSocketServer } from 'ws';
import { frames, kindOf } from './frames.mjs';

const hop = new Set(['connection', 'keep-alive', 'transfer-encoding', 'proxy-connection']);

/** One request and its answer: `body` and `answer` are bytes, `sent` and `told` the messages of a WebSocket. */
class Exchange {
  constructor(request) {
    Object.assign(this, { method: request.method, path: request.url, headers: request.headers, body: Buffer.alloc(0), answer: Buffer.alloc(0), sent: [], told: [] });
  }
  get text() { return this.sent.length ? this.sent.join('\n') : this.body.toString(); }
  /** Of a WebSocket, the list of its messages. */
  get json() { return this.sent.length ? this.sent.map((one) => JSON.parse(one)) : JSON.parse(this.text); }
  /** The kinds of the events of a streamed answer, in their order. */
  get events() { return this.told.length ? this.told.map((one) => JSON.parse(one).type) : frames(this.answer, this.type).map((one) => kindOf(one, this.type)); }
}

/** One write for each piece, as a model that speaks does, or for so many bytes; `hold` waits in the middle. */
async function write(response, whole, { hold, split }) {
  const bytes = split && Buffer.concat(whole.map((one) => Buffer.from(one)));
  const chunks = split ? Array.from({ length: Math.ceil(bytes.length / split) }, (_, i) => bytes.subarray(i * split, (i + 1) * split)) : whole;
  for (const [i, chunk] of chunks.entries()) {
    if (hold && i === Math.ceil(chunks.length / 2)) await hold;
    response.write(chunk);
    await new Promise(setImmediate);
  }
  response.end();
}

/**
 * Starts a relay to `target`. `answer(exchange)` may answer in its place: `{status, headers, chunks}`, or nothing to let it pass;
 * `attend(socket, exchange)` likewise takes a WebSocket. `cut(exchange, frames)` may change the pieces of an answer. Taps
 * may share what they have `seen`. `rewrite` changes the path that the target is asked for.
 * While `hold` of the tap is a promise, answers wait in their middle until it resolves; they are written `split` bytes at a time.
 */
export async function startTap(target, { answer, attend, cut, seen = [], rewrite = (path) => path } = {}) {
  const url = target && new URL(target), tap = { hold: undefined, split: 0 };
  const server = http.createServer(async (request, response) => {
    const exchange = new Exchange(request);
    const parts = [];
    try {
      for await (const part of request) parts.push(part);
    } catch {
      return; // the client went away
    }
    exchange.body = Buffer.concat(parts);
    seen.push(exchange);
    const own = await answer?.(exchange, response);
    if (own === response) return;
    if (own) {
      Object.assign(exchange, { status: own.status ?? 200, type: own.headers?.['content-type'] ?? '', answer: Buffer.concat(own.chunks.map((one) => Buffer.from(one))) });
      response.writeHead(exchange.status, own.headers);
      return write(response, own.chunks, tap);
    }
    const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !hop.has(name)));
    const onward = http.request({ host: url.hostname, port: url.port, method: request.method, path: rewrite(request.url), headers }, (back) => {
      exchange.status = back.statusCode;
      exchange.type = back.headers['content-type'] ?? '';
      exchange.answered = back.headers;
      const kept = Object.fromEntries(Object.entries(back.headers).filter(([name]) => !hop.has(name)));
      const change = cut ?? ((tap.hold || tap.split) && ((_, whole) => whole));
      if (change) delete kept['content-length'];
      response.writeHead(back.statusCode, kept);
      back.on('data', (chunk) => {
        exchange.answer = Buffer.concat([exchange.answer, chunk]);
        if (!change) response.write(chunk);
      });
      back.on('end', () => {
        if (!change) return response.end();
        const chunks = exchange.status === 200 ? change(exchange, frames(exchange.answer, exchange.type)) : [exchange.answer];
        exchange.answer = Buffer.concat(chunks.map((one) => Buffer.from(one)));
        write(response, chunks, tap);
      });
      back.on('error', () => response.destroy()); // a broken answer is handed on as a broken one
    });
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
    onward.end(exchange.body);
  });
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  server.on('upgrade', (request, socket, head) => {
    const exchange = new Exchange(request);
    seen.push(exchange);
    if (attend) return sockets.handleUpgrade(request, socket, head, (near) => attend(near, exchange));
    const { host, upgrade, connection, 'sec-websocket-key': key, 'sec-websocket-version': version, 'sec-websocket-extensions': extensions, ...headers } = request.headers;
    const offered = headers['sec-websocket-protocol']?.split(/, */) ?? [];
    delete headers['sec-websocket-protocol'];
    const far = new WebSocket(new URL(request.url, target.replace('http', 'ws')), offered, { headers, perMessageDeflate: false });
    const early = [];
    far.on('unexpected-response', (_, back) => {
      exchange.status = back.statusCode;
      exchange.answered = back.headers;
      back.on('data', (chunk) => (exchange.answer = Buffer.concat([exchange.answer, chunk])));
      back.on('end', () => {
        const fields = Object.entries(back.headers).filter(([name]) => !hop.has(name) && name !== 'content-length').map(([name, value]) => `${name}: ${value}\r\n`).join('');
        socket.end(`HTTP/1.1 ${back.statusCode} refused\r\n${fields}content-length: ${exchange.answer.length}\r\nconnection: close\r\n\r\n${exchange.answer}`);
      });
    });
    far.on('upgrade', (back) => (exchange.answered = back.headers));
    far.on('error', () => socket.destroy());
    far.on('message', (data) => early.push(data.toString()));
    far.on('open', () => sockets.handleUpgrade(request, socket, head, (near) => {
      const relay = (text) => (exchange.told.push(text), near.send(text));
      far.removeAllListeners('message');
      for (const text of early) relay(text);
      far.on('message', (data) => relay(data.toString()));
      near.on('message', (data) => (exchange.sent.push(data.toString()), far.send(data.toString())));
      near.on('close', (code, reason) => (code === 1005 || code === 1006 ? far.close() : far.close(code, reason)));
      far.on('close', (code, reason) => (code === 1005 || code === 1006 ? near.close() : near.close(code, reason)));
      near.on('error', () => far.close());
    }));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  Object.assign(tap, {
    url: `http://127.0.0.1:${server.address().port}`,
    seen,
    /** The last request that held something. */
    last: () => seen.findLast((one) => one.body.length > 0 || one.sent.length > 0),
    clear: () => seen.splice(0),
    async stop() {
      for (const one of sockets.clients) one.terminate();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
  return tap;
}
