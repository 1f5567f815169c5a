// The real `ws` client and server for the flow tests: `websocket.mjs server OPTIONS` says its port and what it receives,
// `websocket.mjs client URL OPTIONS STEPS` takes its steps and says what happens. One line each, JSON where it holds data.
import http2 from 'node:http2';
import { WebSocket, WebSocketServer } from 'ws';

const say = (...words) => console.log(words.join(' '));
const text = (data) => JSON.stringify(data.toString());
const show = (data, isBinary) => (isBinary ? `binary ${Buffer.from(data).toString('hex')}` : `text ${text(data)}`);

const words = (size) => 'a word, '.repeat(Math.ceil(size / 8)).slice(0, size);

/// What the server does besides echoing, asked for by the text of a message.
const commands = {
  close: (socket, code, ...reason) => socket.close(Number(code), reason.join(' ')),
  drop: (socket) => socket.terminate(),
  ping: (socket, data) => socket.ping(data),
  big: (socket, size) => socket.send(words(Number(size))),
  raw: (socket, hex) => socket._socket.write(Buffer.from(hex, 'hex')),
  fragments: (socket, ...parts) => parts.forEach((part, i) => socket.send(part, { fin: i === parts.length - 1 })),
  say: (socket, ...words) => socket.send(words.join(' ')),
  /// A realtime answer: text in pieces of seven characters.
  deltas: (socket, ...words) => {
    const whole = words.join(' ');
    for (let i = 0; i < whole.length; i += 7) socket.send(JSON.stringify({ type: 'response.text.delta', item_id: 'i', content_index: 0, delta: whole.slice(i, i + 7) }));
    socket.send(JSON.stringify({ type: 'response.text.done', item_id: 'i', content_index: 0, text: whole }));
  },
};

function attend(socket, url, headers) {
  say('connection', url, JSON.stringify(headers));
  socket.on('message', (data, isBinary) => {
    say('message', show(data, isBinary));
    const [, name, rest] = isBinary ? [] : data.toString().match(/^!(\w+) ?(.*)$/s) ?? [];
    if (commands[name]) commands[name](socket, ...rest.split(' '));
    else socket.send(data, { binary: isBinary });
  });
  socket.on('ping', (data) => say('ping', text(data)));
  socket.on('pong', (data) => say('pong', text(data)));
  socket.on('close', (code, reason) => say('close', code, text(reason)));
  socket.on('error', (error) => say('error', error.code ?? error.message));
}

function serve(options) {
  if (options.http2) return serveHttp2(options);
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: (offered) => [...offered][0], ...options });
  server.on('listening', () => say('listening', server.address().port));
  server.on('connection', (socket, request) => attend(socket, request.url, request.headers));
}

const frames = { allowSynchronousEvents: true, maxPayload: 0, skipUTF8Validation: false };

/// The server of `ws` on streams of HTTP/2 (RFC 8441); `connect: false`: one that takes no extended CONNECT.
function serveHttp2({ connect = true }) {
  const server = http2.createServer({ settings: { enableConnectProtocol: connect } });
  server.on('session', () => say('session'));
  server.on('stream', (stream, head) => {
    if (head[':method'] !== 'CONNECT' || head[':protocol'] !== 'websocket') {
      stream.respond({ ':status': 400 });
      return stream.end(`${head[':method']} is no WebSocket`);
    }
    if (head[':path'].startsWith('/v1/none')) {
      stream.respond({ ':status': 404 });
      return stream.end('nothing here');
    }
    const offered = head['sec-websocket-protocol']?.split(', ')[0];
    stream.respond({ ':status': 200, ...(offered && { 'sec-websocket-protocol': offered }) });
    const socket = new WebSocket(null, undefined, { autoPong: true, closeTimeout: 30_000 });
    attend(socket, head[':path'], head);
    socket.setSocket(stream, Buffer.alloc(0), frames);
  });
  server.listen(0, '127.0.0.1', () => say('listening', server.address().port));
}

/// The client of `ws` on a stream of HTTP/2 (RFC 8441), which it does not open by itself.
function overHttp2(url) {
  const socket = new WebSocket(null, undefined, { autoPong: true, closeTimeout: 30_000 });
  socket._isServer = false;
  const { host, pathname, search } = new URL(url);
  const session = http2.connect(`http://${host}`);
  session.on('error', (error) => socket.emit('error', error));
  session.on('remoteSettings', ({ enableConnectProtocol }) => {
    if (!enableConnectProtocol) return socket.emit('error', new Error('no extended CONNECT'));
    const stream = session.request({
      ':method': 'CONNECT', ':protocol': 'websocket', ':scheme': 'http', ':path': pathname + search, ':authority': host,
      'sec-websocket-version': '13', authorization: 'Bearer secret',
    });
    stream.on('response', (head) => {
      if (head[':status'] === 200) socket.setSocket(stream, Buffer.alloc(0), frames);
      else socket.emit('error', new Error(`refused ${head[':status']}`));
    });
  });
  return socket;
}

async function visit(url, options, steps) {
  const { protocols, ...rest } = options;
  const socket = options.http2 ? overHttp2(url) : new WebSocket(url, protocols ?? [], { headers: { authorization: 'Bearer secret' }, ...rest });
  const seen = [], waiting = [];
  const tell = (kind, line) => {
    say(line);
    seen.push(kind);
    for (const wake of waiting.splice(0)) wake();
  };
  const wait = async (kind) => {
    while (!seen.includes(kind)) await new Promise((wake) => waiting.push(wake));
    seen.splice(0, seen.indexOf(kind) + 1);
  };
  socket.on('open', () => tell('open', `open ${text(socket.protocol)} ${text(socket.extensions)}`));
  socket.on('message', (data, isBinary) => tell('message', data.length > 100_000 ? `long ${data.length}` : show(data, isBinary)));
  socket.on('ping', (data) => tell('ping', `ping ${text(data)}`));
  socket.on('pong', (data) => tell('pong', `pong ${text(data)}`));
  socket.on('close', (code, reason) => tell('close', `close ${code} ${text(reason)}`));
  socket.on('error', (error) => say('error', error.code ?? error.message));
  socket.on('unexpected-response', (request, response) => {
    let body = '';
    response.on('data', (piece) => (body += piece)).on('end', () => tell('close', `refused ${response.statusCode} ${text(body)}`));
  });
  const act = {
    wait,
    send: (data) => socket.send(data),
    binary: (hex) => socket.send(Buffer.from(hex, 'hex')),
    big: (size) => socket.send(words(size)),
    fragments: (...parts) => parts.forEach((part, i) => socket.send(part, { fin: i === parts.length - 1 })),
    ping: (data) => socket.ping(data),
    raw: (hex) => socket._socket.write(Buffer.from(hex, 'hex')),
    close: (code, reason) => socket.close(code, reason),
    drop: () => socket.terminate(),
    ready: () => say('ready'),
    signal: () => signalled,
  };
  for (const [name, ...values] of steps) await act[name](...values);
  process.exit(0);
}

/// A test sends it when the session shall go on.
const signalled = new Promise((go) => process.once('SIGUSR2', go));
const [mode, ...values] = process.argv.slice(2);
setTimeout(() => process.exit(3), 60_000);
if (mode === 'server') serve(JSON.parse(values[0] ?? '{}'));
else await visit(values[0], JSON.parse(values[1]), JSON.parse(values[2]));
