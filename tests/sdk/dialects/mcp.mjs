import http from 'node:http';
import { randomUUID } from 'node:crypto';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport, StreamableHTTPError } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { McpError } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import { answerTo } from '../script.mjs';

/** A server of tools, each session with a transport of its own; what it says on the way are notifications of progress. */
function tools() {
  const server = new McpServer({ name: 'records', version: '1.0.0' });
  server.registerTool('ask', { description: 'answers', inputSchema: { text: z.string() } }, async ({ text }, { _meta, sendNotification }) => {
    const { text: answer, status } = answerTo(text);
    if (status) throw new McpError(-32000 - status, `the upstream says ${status}`);
    // Whole words: each notification is a message, and no label stands in two.
    if (_meta?.progressToken !== undefined)
      for (const [i, word] of answer.split(/(?<= )/).entries())
        await sendNotification({ method: 'notifications/progress', params: { progressToken: _meta.progressToken, progress: i + 1, message: word } });
    return { content: [{ type: 'text', text: answer }] };
  });
  server.registerTool('send_mail', { inputSchema: { to: z.string(), text: z.string(), count: z.number() } }, async ({ to }) => ({ content: [{ type: 'text', text: JSON.stringify({ sent: to }) }] }));
  return server;
}

async function start() {
  const sessions = new Map();
  const server = http.createServer(async (request, response) => {
    let transport = sessions.get(request.headers['mcp-session-id']);
    if (!transport) {
      transport = new StreamableHTTPServerTransport({ sessionIdGenerator: randomUUID, onsessioninitialized: (id) => sessions.set(id, transport) });
      await tools().connect(transport);
    }
    await transport.handleRequest(request, response);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    async stop() {
      for (const transport of sessions.values()) await transport.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function connect(url, key) {
  const client = new Client({ name: 'ward-app', version: '1.0.0' });
  await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/mcp`), { requestInit: { headers: { authorization: `Bearer ${key}` } } }));
  return client;
}

const textOf = ({ content, isError }) => {
  if (isError) throw new ToolError(content[0].text);
  return content[0].text;
};
/** The SDK hands what a tool throws to the model, as a result that says it is an error. */
class ToolError extends Error {}
const is = (status) => (error) => error instanceof ToolError && error.message.includes(`the upstream says ${status}`);
const told = ({ code, rule, attempt, message }) => ({ code: -32001, message, data: { code, rule, attempt } });
const idOf = (exchange) => exchange.json.id;

export default {
  name: 'mcp', dialect: 'mcp', start, connect,
  destination: '    kind: data\n',
  async disconnect(client) {
    await client.close();
  },
  rejects: {
    429: is(429), 500: is(500),
    refusal: (error) => (error instanceof StreamableHTTPError && error.code === 403) || error instanceof McpError,
    cut: (error) => error instanceof McpError,
  },
  wire: {
    refusal: (fault, exchange) => ({ body: { jsonrpc: '2.0', id: idOf(exchange), error: told(fault) } }),
    cut: (fault, exchange) => `event: message\ndata: ${JSON.stringify({ jsonrpc: '2.0', id: idOf(exchange), error: told(fault) })}\n\n`,
  },
  async plain(client, text) {
    return textOf(await (await client).callTool({ name: 'ask', arguments: { text } }));
  },
  async stream(client, text, seen) {
    const said = textOf(await (await client).callTool({ name: 'ask', arguments: { text } }, undefined, { onprogress: ({ message }) => seen.push(message) }));
    return said;
  },
  async afterTool(client, args) {
    await (await client).callTool({ name: 'send_mail', arguments: args });
  },
  sentArguments: ({ params }) => params.arguments,
};
