// The cells of the matrix: the same questions for every dialect, asked with its real SDK. A cell that has nothing to ask of a
// dialect (embeddings do not stream) is `undefined` for it.
import assert from 'node:assert/strict';
import { account, answerTo, spoken } from './script.mjs';

export const mail = 'anna.schmidt@example.org', phone = '+49 30 901820';
const values = [mail, 'bob@example.org', 'anna.schmidt', '901820', account, '0440 5320'];
const greeting = `Write to ${mail} or call ${phone}, then pay to ${account} at once.`;
const labels = /\b[A-Z][A-Z_]*_[0-9A-Z]{14}\b/g;
const found = (text) => [...new Set(text.match(labels) ?? [])];
const kindOfLabel = { [mail]: /^EMAIL_ADDRESS_[0-9A-Z]{14}$/ };
/** A limit of a rule; the advice is one of those that the product gives. */
const code = 'limited', advice = /Leave that data out of the request|Ask the operator of this Bordergate/;

/** Nothing of a person or an account left towards the upstream. */
function assertMasked(text) {
  for (const value of values) assert.ok(!text.includes(value), `${value} arrived upstream: ${text}`);
}

/** What `promise` throws; that it throws is asserted. */
async function thrown(promise, what) {
  let answer;
  try {
    answer = await promise;
  } catch (error) {
    return error;
  }
  assert.fail(`the SDK took ${what} for an answer: ${JSON.stringify(answer)}`);
}

function holds(value, wanted) {
  if (value && typeof value === 'object') return Object.values(value).some((one) => holds(one, wanted));
  return value === wanted;
}

const named = (error) => `${error?.constructor?.name} ${error?.name} ${error?.status ?? error?.status_code ?? error?.$metadata?.httpStatusCode ?? ''} ${error?.code ?? ''}: ${error?.stack}`;

/** The requests that hold `text`: each is one time that the SDK asked. */
const asked = (tap, text) => tap.seen.filter((exchange) => exchange.text.includes(text));

/** Where the text comes back, it came back; embeddings and counts have none. */
function assertBack(one, answer, expected) {
  if (one.textless) assert.ok(answer, 'no answer');
  else assert.equal(answer, expected);
}

async function plain(stand, one) {
  const answer = await one.plain(stand.client(), greeting);
  assertBack(one, answer, answerTo(greeting).text);
  assert.equal(asked(stand.front, mail).length, 1);
  if (stand.direct) return;
  const { text, headers } = stand.back.last();
  assertMasked(text);
  assert.equal(found(text).length, 3, `three values, and upstream got ${text}`);
  assert.ok(!JSON.stringify(headers).includes(stand.key), 'the key of the client arrived upstream');
}

async function stream(stand, one) {
  for (const [size, split] of [[20, 0], ...[1, 2, 3, 4, 5, 6, 7].map((one) => [one, 0]), [4, 3], [20, 1]]) {
    const text = `in pieces of ${size}: ${greeting}`, seen = [];
    stand.back.split = split;
    const final = await one.stream(stand.client(), text, seen);
    assert.equal(seen.join(''), answerTo(text).text, `in pieces of ${size}`);
    if (final !== undefined) assert.equal(final, answerTo(text).text);
    const here = stand.front.last().events, there = stand.back.last().events;
    // Usage that only the gate asked for, to count it, is not the client's.
    if (here.at(-2) !== 'usage' && there.at(-2) === 'usage') there.splice(-2, 1);
    assert.ok(there.length > seen.join('').length / 20, 'the upstream did not answer in pieces');
    assert.deepEqual(here, there, `in pieces of ${size}`);
    if (!stand.direct) assertMasked(stand.back.last().text);
  }
  stand.back.split = 0;
  if (!one.session) await assertFlows(stand, one);
}

/** What the upstream says reaches the SDK while it speaks: it goes on only when the first words have arrived. */
async function assertFlows(stand, one) {
  const text = `in pieces of 7: ${greeting}`, seen = [];
  let timer;
  stand.back.hold = new Promise((arrived, late) => {
    seen.push = (piece) => (piece && arrived(), Array.prototype.push.call(seen, piece));
    timer = setTimeout(() => late(new Error('nothing of a stream came while the upstream spoke')), 5_000);
  });
  const held = stand.back.hold.finally(() => clearTimeout(timer));
  const asked = one.stream(stand.client(), text, seen);
  asked.catch(() => {}); // of interest only when words came
  await held;
  await asked;
  stand.back.hold = undefined;
  assert.equal(seen.join(''), answerTo(text).text);
}

async function tools(stand, one) {
  const told = `use the tool for ${mail}`, wanted = answerTo(told).tool.arguments;
  for (const ask of [one.tools, one.toolsStream].filter(Boolean)) {
    const args = await ask(stand.client(), told);
    if (stand.direct) assert.deepEqual(args, wanted);
    else {
      assert.match(args.to, kindOfLabel[mail]);
      assert.deepEqual(args, answerTo(`use the tool for ${args.to}`).tool.arguments);
      assertMasked(stand.back.last().text);
    }
  }
  if (one.afterTool) {
    const args = { to: mail, text: `say "hi" to ${mail}\n`, count: 2 }, result = { sent: 'bob@example.org', ok: true };
    await one.afterTool(stand.client(), args, result);
    const sent = one.sentArguments(stand.back.last().json), got = one.sentResult?.(stand.back.last().json);
    if (stand.direct) assert.deepEqual([sent, got], [args, got && result]);
    else {
      assertMasked(stand.back.last().text);
      assert.match(sent.to, kindOfLabel[mail]);
      assert.deepEqual(sent, { to: sent.to, text: `say "hi" to ${sent.to}\n`, count: 2 });
      if (got) assert.match(got.sent, kindOfLabel[mail]);
      if (got) assert.equal(got.ok, true);
    }
  }
  if (stand.direct || !one.tools) return;
  // Where the rule says so, they are restored, and are valid JSON whatever the values hold.
  const restoring = await stand.restoring();
  for (const ask of [one.tools, one.toolsStream].filter(Boolean)) assert.deepEqual(await ask(restoring.client(), told), wanted, 'restore_arguments: true');
}

async function error(stand, one) {
  for (const status of [429, 500]) {
    const failed = await thrown(one.plain(stand.client({ retries: 0 }), `fail with ${status}`), `${status}`);
    assert.ok(one.rejects[status](failed), `${status} was thrown as ${named(failed)}`);
    if (one.stream) {
      const cut = await thrown(one.stream(stand.client({ retries: 0 }), `fail with ${status}`, []), `${status}`);
      assert.ok(one.rejects[status](cut), `${status} of a stream was thrown as ${named(cut)}`);
    }
  }
}

/** What a refusal must tell: the code, the rule, the attempt, and what to do. */
function assertTold(failed, told, { attempt, wanted, code: own }) {
  const message = String(failed.message);
  for (const part of [wanted.rule, wanted.cite, attempt]) assert.ok(message.includes(part), `the message lacks "${part}": ${message}`);
  assert.match(message, advice);
  if (own) assert.equal(own(failed), wanted.code);
  for (const part of [wanted.code, wanted.rule, attempt])
    assert.ok(told.some((body) => holds(body, part)), `the body lacks "${part}": ${JSON.stringify(told)}`);
}

const parsed = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

async function refusal(stand, one) {
  const wanted = { code, rule: 'no-accounts-abroad', cite: 'clinic policy 7' };
  const asks = [(client) => one.plain(client, `pay to ${account}`), one.stream && ((client) => one.stream(client, `pay to ${account}`, []))].filter(Boolean);
  for (const ask of asks) {
    stand.front.clear();
    stand.back.clear();
    const failed = await thrown(ask(stand.strict()), 'a refusal');
    assert.ok(one.rejects.refusal(failed), `a refusal was thrown as ${named(failed)}`);
    const refused = asked(stand.front, account);
    assert.equal(refused.length, 1, `the SDK asked ${refused.length} times`);
    assert.equal(asked(stand.back, account).length, 0, 'it arrived upstream');
    const { answered, answer, told } = refused[0];
    const attempt = answered?.['bordergate-attempt'] ?? stand.attempt;
    assert.ok(attempt, 'no attempt id in the head');
    assertTold(failed, [parsed(answer.toString()), ...told.map(parsed), ...(answered ? [{ code: answered['bordergate-code'] }] : [])], { attempt, wanted, code: one.code });
  }
  if (!one.opaque || stand.direct) return;
  stand.back.clear();
  const failed = await thrown(one.opaque(stand.client()), 'a refusal');
  assert.ok(one.rejects.refusal(failed), `a refusal of what cannot be read was thrown as ${named(failed)}`);
  assert.match(failed.message, /Send text that can be inspected|ask the operator for a permit/);
  assert.equal(stand.back.seen.length, 0, 'what cannot be read arrived upstream');
}

async function midstream(stand, one) {
  const wanted = { code, rule: 'no-accounts-home', cite: 'clinic policy 8' };
  for (const size of [20, 3]) {
    const seen = [];
    stand.front.clear();
    const failed = await thrown(one.stream(stand.strict(), `in pieces of ${size}: speak of an account`, seen), 'half a stream');
    assert.ok(one.rejects.cut(failed), `it was thrown as ${named(failed)}`);
    assert.ok(!seen.join('').includes('DE89'), `an account came back: ${seen.join('')}`);
    assert.ok(spoken.startsWith(seen.join('')), `what came back is not what was said: ${seen.join('')}`);
    assert.ok(seen.join('').length >= 100, `only ${seen.join('').length} characters came before ${named(failed)}`);
    const cut = asked(stand.front, 'speak of an account');
    assert.equal(cut.length, 1, `the SDK asked ${cut.length} times`);
    const { answer, answered, told } = cut[0], attempt = answered?.['bordergate-attempt'] ?? stand.attempt;
    // Events of AWS and lines of JSON are looked through as text: they come in their own frames.
    const whole = `${answer} ${told.join(' ')}`, message = String(failed.message);
    for (const part of [wanted.rule, wanted.cite, attempt]) assert.ok(message.includes(part), `the message lacks "${part}": ${message}`);
    assert.match(message, advice);
    for (const part of [wanted.code, wanted.rule, attempt]) assert.ok(whole.includes(`"${part}"`), `the error in the stream lacks "${part}"`);
    if (one.code) assert.equal(one.code(failed), wanted.code);
  }
}

/** Labels are stable for one tenant and nobody else's, and what this exchange did not issue is not restored. */
async function restore(stand, one) {
  const text = `I am ${mail}.`;
  const sent = async (client, words) => {
    assertBack(one, await one.plain(client, words), answerTo(words).text);
    return found(stand.back.last().text);
  };
  const [label, ...more] = await sent(stand.client(), text);
  assert.match(label, kindOfLabel[mail]);
  assert.equal(more.length, 0);
  assert.deepEqual(await sent(stand.client(), `Once more ${mail}`), [label], 'a second client gets another label');
  if (one.converse) {
    const turns = [{ role: 'user', text }, { role: 'assistant', text: `You said: ${text}` }, { role: 'user', text: `Who is ${mail}?` }];
    assertBack(one, await one.converse(stand.client(), turns), `You said: Who is ${mail}?`);
    assert.deepEqual(found(stand.back.last().text), [label], 'turns get labels of their own');
  }
  const invented = 'EMAIL_ADDRESS_0000000000000A';
  if (!one.textless) {
    assert.equal(await one.plain(stand.client(), `${invented} is not bob@example.org`), `You said: ${invented} is not bob@example.org`);
    // A label of another exchange, typed by a user or remembered by a model, is a word like any other here.
    assert.equal(await one.plain(stand.client(), `Who is ${label}?`), `You said: Who is ${label}?`);
    if (one.stream) {
      const seen = [];
      await one.stream(stand.client(), `in pieces of 5: who is ${label} or bob@example.org?`, seen);
      assert.equal(seen.join(''), `You said: in pieces of 5: who is ${label} or bob@example.org?`);
    }
  }
  // Another tenant has another label for the same person, and does not see whose this one is.
  const [other] = await sent(stand.other(), text);
  assert.match(other, kindOfLabel[mail]);
  assert.notEqual(other, label);
  if (one.textless) return;
  assert.equal(await one.plain(stand.other(), `Who is ${label}?`), `You said: Who is ${label}?`);
  // Many at once, each with a person of its own.
  const people = Array.from({ length: 8 }, (_, i) => `person${i}@example.org`);
  const answers = await Promise.all(people.map((who, i) => one.plain(i % 2 ? stand.client() : stand.other(), `I am ${who}`)));
  assert.deepEqual(answers, people.map((who) => `You said: I am ${who}`));
}

/** The cells by name: what they ask of `one`, or nothing. */
export const cells = {
  plain: () => plain,
  stream: (one) => one.stream && stream,
  tools: (one) => (one.tools || one.afterTool) && tools,
  error: () => error,
  refusal: () => refusal,
  midstream: (one) => one.stream && midstream,
  restore: () => restore,
};
/** Those that only a gate has an answer to. */
export const ofTheGate = new Set(['restore']);
