// The conformance matrix: what an unmodified SDK of each dialect sees through a real bordergate, as a table. `--direct` asks the
// upstreams themselves, which shows that the questions are right; `--json` prints it as JSON; `--filter` takes a part of
// "dialect cell". Ends with `N passed, N failed, N skipped`.
//
// A dialect is a file of dialects/, whose default export says how its SDK is used:
//   name, dialect              what the table and the configuration call it; `destination` further lines of the latter
//   connect(url, key, {retries}), disconnect(client)
//   plain(client, text)        the text of an answer; `textless: true` if there is none, then whether there was an answer
//   stream(client, text, seen) pushes the pieces as they come; what the SDK makes of them in the end, or nothing
//   tools, toolsStream         the arguments, as an object, of the call that an answer asks for
//   afterTool(client, arguments, result), sentArguments(body), sentResult(body)   a call made and answered, and how it arrived
//   converse(client, turns)    the answer to several turns
//   opaque(client)             asks with what cannot be inspected: media, token ids, tensors
//   rejects                    of 429, 500, a refusal and a cut stream: whether an error is the SDK's own kind of it
//   code(error)                where the SDK has the code of a refusal, if it does
//   session: true              it speaks over a WebSocket
//   wire                       how a refusal and a cut look natively, for `--direct`
// Its upstream is aimock, what `besides`, `mend` and `rewrite` add where that is not on the true wire, or one of its own:
// `serve(exchange)` answers, `start()` starts it.
import { readdirSync } from 'node:fs';
import { cells, ofTheGate } from './cells.mjs';
import { startStand } from './stand.mjs';

// What an SDK rejects that nobody waits for any more is the affair of the cell that has failed already.
process.on('unhandledRejection', (error) => console.error(`after its cell: ${error.message}`));


const has = (option) => process.argv.includes(option);
const valueOf = (option) => (has(option) ? process.argv[process.argv.indexOf(option) + 1] : '');
const direct = has('--direct'), filter = valueOf('--filter');
const limit = 60_000;

const names = readdirSync(new URL('dialects', import.meta.url)).map((name) => name.replace('.mjs', '')).sort();
const dialects = await Promise.all(names.map(async (name) => (await import(`./dialects/${name}.mjs`)).default));

async function within(time, work) {
  let timer;
  const late = new Promise((_, reject) => (timer = setTimeout(() => reject(new Error(`not done within ${time / 1000} s`)), time)));
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function runCell(one, ask) {
  let stand, failure;
  try {
    stand = await startStand(one, { direct });
    await within(limit, ask(stand, one));
  } catch (error) {
    failure = error.stack ?? String(error);
  }
  const ended = (await stand?.stop()) ?? [];
  return ended.length && !failure ? ended.join('\n') : failure;
}

const rows = [];
for (const one of dialects) {
  const row = { dialect: one.name, cells: {} };
  for (const [cell, question] of Object.entries(cells)) {
    if (!`${one.name} ${cell}`.includes(filter)) continue;
    const ask = question(one);
    if (!ask || (direct && ofTheGate.has(cell))) row.cells[cell] = { outcome: 'none' };
    else {
      const failure = await runCell(one, ask);
      row.cells[cell] = failure ? { outcome: 'failed', failure } : { outcome: 'passed' };
    }
  }
  if (Object.keys(row.cells).length) rows.push(row);
}

const outcomes = rows.flatMap((row) => Object.entries(row.cells).map(([cell, { outcome, failure }]) => ({ dialect: row.dialect, cell, outcome, failure })));
const count = (outcome) => outcomes.filter((one) => one.outcome === outcome).length;
if (has('--json')) console.log(JSON.stringify({ direct, dialects: Object.fromEntries(rows.map((row) => [row.dialect, row.cells])) }, null, 2));
else if (rows.length) print();
else console.log('0 passed, 0 failed, 0 skipped');

function print() {
  const paint = (colour) => (text) => (process.stdout.isTTY || process.env.BORDERGATE_COLOUR ? `\x1b[${colour}m${text}\x1b[0m` : text);
  const show = { passed: ['ok', paint(32)], failed: ['FAILED', paint(31)], none: ['–', paint(2)] };
  const width = Math.max(...rows.map((row) => row.dialect.length), 7);
  const columns = Object.keys(cells).filter((cell) => rows.some((row) => row.cells[cell]));
  console.log(['dialect'.padEnd(width), ...columns.map((cell) => cell.padEnd(10))].join('  ').trimEnd());
  for (const row of rows) {
    const line = columns.map((cell) => {
      const [word, colour] = row.cells[cell] ? show[row.cells[cell].outcome] : ['', (text) => text];
      return colour(word.padEnd(10));
    });
    console.log([row.dialect.padEnd(width), ...line].join('  ').trimEnd());
  }
  for (const { dialect, cell, failure } of outcomes.filter((one) => one.outcome === 'failed')) console.log(`\n${dialect} ${cell}\n    ${failure.replaceAll('\n', '\n    ')}`);
  console.log(`${count('passed')} passed, ${count('failed')} failed, 0 skipped`);
}
process.exit(count('failed') === 0 ? 0 : 1);
