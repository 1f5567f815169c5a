// What the dialects of Bedrock share: the client, its exceptions, and the answers that aimock does not give.
import { BedrockRuntimeClient, BedrockRuntimeServiceException } from '@aws-sdk/client-bedrock-runtime';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { awsFrame } from './frames.mjs';
import { answerTo } from './script.mjs';

/** No inference profile: it runs where the destination stands. */
export const model = 'anthropic.claude-sonnet-4-5-20250929-v1:0';

/** The key is a Bedrock API key, so that nothing is signed that the gate changes. */
export const connect = (url, key, { retries } = {}) => new BedrockRuntimeClient({
  region: 'us-east-1', endpoint: url, token: { token: key }, authSchemePreference: ['httpBearerAuth'],
  requestHandler: new NodeHttpHandler({ requestTimeout: 10_000 }), ...(retries === 0 ? { maxAttempts: 1 } : {}),
});
export const disconnect = (client) => client.destroy();

const is = (name, status) => (error) => error instanceof BedrockRuntimeServiceException && error.name === name && error.$metadata.httpStatusCode === status;
export const rejects = {
  429: is('ThrottlingException', 429), 500: is('InternalServerException', 500), refusal: is('AccessDeniedException', 403),
  // The SDK has no class for an exception in a stream that the operation does not name: an Error that is called so.
  cut: (error) => error.name === 'AccessDeniedException',
};

/** Errors of Bedrock say their type in the head, which aimock leaves out. */
export function besides(exchange) {
  const { status } = answerTo(exchange.text);
  if (!status) return undefined;
  const headers = { 'content-type': 'application/json', 'x-amzn-requestid': '1', 'x-amzn-errortype': status === 429 ? 'ThrottlingException' : 'InternalServerException' };
  return { status, headers, chunks: [JSON.stringify({ message: `the upstream says ${status}` })] };
}

/** aimock leaves the events of a model as they are; on the true wire they are base64 in `bytes`, padded in `p`. */
export const asChunks = (exchange, frames) => {
  if (!exchange.path.includes('-stream')) return frames;
  return frames.map((frame, i) => {
    const event = frame.subarray(12 + frame.readUInt32BE(4), -4);
    return awsFrame({ ':event-type': 'chunk', ':content-type': 'application/json', ':message-type': 'event' },
      JSON.stringify({ bytes: event.toString('base64'), p: 'abcdefghij'.slice(0, i % 10) }));
  });
};

export const wire = {
  refusal: ({ code, rule, attempt, message }) => ({ headers: { 'x-amzn-errortype': 'AccessDeniedException' }, body: { message, code, rule, attempt } }),
  cut: ({ code, rule, attempt, message }) => awsFrame(
    { ':message-type': 'exception', ':exception-type': 'AccessDeniedException', ':content-type': 'application/json' }, JSON.stringify({ message, code, rule, attempt })),
};
