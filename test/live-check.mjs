/**
 * Subscribes to everything that exchanges have, for a minute, and prints a report in Markdown to paste into an issue. For a
 * machine that reaches the exchanges; expects a build.
 *
 *   npm run live-check [-- --exchange=okx --seconds=60 --simulated]
 *
 * --exchange   one of them; all by default
 * --seconds    how long the data is watched (60)
 * --simulated  meets the simulated exchanges instead, to try the report out
 *
 * Of each kind of instrument and category the one with the base BTC is taken, or the first one that trades. Exits with 1 where
 * a subscription was refused, or a frame or row could not be read.
 */
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { ADAPTERS } from '@exchange-stream/adapters';
import { ExchangeStream } from '@exchange-stream/nestjs/engine';
import { startSimulator } from '@exchange-stream/simulator';

const LISTED_WITHIN_MS = 60_000;
const LOOK_MS = 250;

const { values } = parseArgs({
  options: {
    exchange: { type: 'string' },
    seconds: { type: 'string', default: '60' },
    simulated: { type: 'boolean', default: false },
  },
});
const seconds = Number(values.seconds);
if (!(seconds >= 1 && seconds <= 3_600)) refuse(`--seconds: got ${values.seconds}, allowed are 1 to 3600.`);
if (values.exchange !== undefined && !Object.hasOwn(ADAPTERS, values.exchange))
  refuse(`--exchange: got ${values.exchange}, allowed are ${Object.keys(ADAPTERS).join(', ')}.`);
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

console.log(
  `Live check of exchange-stream ${version} on Node ${process.version}, ${new Date().toISOString()}, ${seconds} s` +
    `${values.simulated ? ', against simulated exchanges' : ''}.`,
);
for (const exchange of values.exchange === undefined ? Object.keys(ADAPTERS) : [values.exchange])
  if (!(await check(exchange))) process.exitCode = 1;
process.exit();

function refuse(reason) {
  console.error(reason);
  process.exit(2);
}

/** @returns whether everything was as declared */
async function check(exchange) {
  const adapter = ADAPTERS[exchange]();
  const simulator = values.simulated ? await startSimulator({ exchange }) : undefined;
  const stream = new ExchangeStream({
    exchanges: [adapter],
    ...(simulator && { settings: { [exchange]: { urls: urlsOf(adapter, simulator) } } }),
  });
  const problems = new Map();
  stream.onLifecycle((event) => {
    if (event.type !== 'frame-problem') return;
    const known = problems.get(event.problem) ?? { count: 0, sample: event.detail };
    problems.set(event.problem, { ...known, count: known.count + 1 + event.suppressed });
  });
  stream.start();
  const { instruments } = stream.manager(exchange);
  for (let waitedMs = 0; !instruments.loaded && waitedMs < LISTED_WITHIN_MS; waitedMs += LOOK_MS)
    await sleep(LOOK_MS);
  console.log(`\n## ${adapter.name} (${exchange})\n`);
  if (!instruments.loaded) {
    console.log(
      `No instruments within ${LISTED_WITHIN_MS / 1_000} s: ${instruments.error?.message ?? 'no answer'}.`,
    );
    await stream.close();
    await simulator?.stop();
    return false;
  }
  const chosen = choose(instruments.list());
  console.log(
    `${instruments.list().length} instruments; ${chosen.map(({ symbol }) => symbol).join(', ')}.\n`,
  );
  const watched = chosen.flatMap((instrument) => subscribeAll(stream, adapter, instrument));
  await sleep(seconds * 1_000);
  const rows = watched.map(({ handle, count, request }) => ({
    ...handle.view(),
    events: count.events,
    request,
  }));
  const isFine = report(adapter, rows, problems);
  await stream.close();
  await simulator?.stop();
  return isFine;
}

function urlsOf({ endpoints }, { restUrl, webSocketUrl }) {
  return { ...Object.fromEntries(Object.keys(endpoints).map((key) => [key, webSocketUrl])), rest: restUrl };
}

/** One instrument of each kind and category. */
function choose(instruments) {
  const chosen = new Map();
  for (const instrument of instruments) {
    if (instrument.status !== 'trading') continue;
    const kind = `${instrument.category} ${instrument.kind}`;
    const known = chosen.get(kind);
    if (!known || (known.base !== 'BTC' && instrument.base === 'BTC')) chosen.set(kind, instrument);
  }
  return [...chosen.values()];
}

/** Every channel with every value of every parameter. */
function subscribeAll(stream, { exchange, channels }, { symbol, kind }) {
  return Object.entries(channels).flatMap(([channel, { kinds, params, candles }]) => {
    if (kinds && !kinds.includes(kind)) return [];
    // Where none are streamed, those of REST.
    const [ofRest] = candles?.restIntervals ?? [];
    const valuesOf = ({ kinds: having, values: general, perKind }) =>
      having && !having.includes(kind) ? [] : (perKind?.[kind]?.values ?? general);
    const plainest = Object.fromEntries(
      Object.entries(params).flatMap(([name, param]) => {
        const [value = name === 'interval' ? ofRest : undefined] = valuesOf(param);
        return param.required && value !== undefined ? [[name, value]] : [];
      }),
    );
    const others = Object.entries(params).flatMap(([name, param]) =>
      valuesOf(param).map((value) => ({ ...plainest, [name]: value })),
    );
    return [plainest, ...others].map((own) => {
      const request = { exchange, channel, symbol: channel === 'status' ? '' : symbol, params: own };
      const handle = stream.subscribe(request);
      const count = { events: 0 };
      handle.on(({ type }) => {
        if (type !== 'status') count.events++;
      });
      return { handle, count, request };
    });
  });
}

function report({ channels }, rows, problems) {
  const unique = [...new Map(rows.map((row) => [row.key, row])).values()];
  console.log(
    '| channel | subscriptions | live | without an event | failed | events | rows rejected | gaps |',
  );
  console.log('| --- | --- | --- | --- | --- | --- | --- | --- |');
  for (const channel of Object.keys(channels)) {
    const of = unique.filter((row) => row.channel === channel);
    const count = (is) => of.filter(is).length;
    const sum = (number) => of.reduce((total, row) => total + number(row), 0);
    const cells = [
      channel,
      of.length,
      count(({ data }) => data === 'live'),
      count(({ events }) => events === 0),
      count(({ state }) => state === 'failed'),
      sum(({ events }) => events),
      sum(({ counters }) => counters.rejected),
      sum(({ counters }) => counters.gaps),
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
  const wrong = unique.filter(({ state, counters }) => state !== 'subscribed' || counters.rejected > 0);
  for (const { channel, symbol, request, state, reason, counters } of wrong)
    console.log(
      `\n- ${channel} ${symbol} ${JSON.stringify(request.params)}: ${state}, ${reason}, ${counters.rejected} rows rejected`,
    );
  for (const [problem, { count, sample }] of problems)
    console.log(`\n- ${count} × ${problem}: ${sample.slice(0, 300)}`);
  if (wrong.length === 0 && problems.size === 0)
    console.log('\nEverything was subscribed, and every frame was read.');
  return wrong.length === 0 && problems.size === 0;
}
