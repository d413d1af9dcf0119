/**
 * ccxt pro as a referee: an unmodified client of the real exchanges trades with the simulated ones. When the markets
 * stand still, what the client holds must be what is true on the exchange: every level of every book, at the same
 * update where it knows one, every trade once and in order, the latest price.
 *
 * REFEREE_SECONDS    how long the markets run before they are paused (10)
 * REFEREE_SEED       seed of the markets (7)
 * REFEREE_EXCHANGES  which exchanges, separated by commas (all of cases.mjs)
 *
 * Prints one line of JSON for each exchange; exits with 1 on any difference.
 */
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { startSimulator } from '@exchange-stream/simulator';
import ccxt from 'ccxt';
import { CASES } from './cases.mjs';
import { bookDifferences, tickerDifferences, tradeDifferences } from './differences.mjs';

const SETTLE_MS = 5_000;
/** Several exchanges start in one process, and clients pace what they subscribe to. */
const BEGIN_MS = 30_000;
/** Differences shown for each symbol; the rest is only counted. */
const SHOWN = 5;
/** Errors after which watching makes no sense. */
const MOST_ERRORS = 20;

const seconds = wholeNumber('REFEREE_SECONDS', 10);
const seed = wholeNumber('REFEREE_SEED', 7);
const { dependencies } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));

// All at the same time: each waits for its market most of the time.
const reports = await Promise.all(chosenCases().map(watch));
for (const report of reports) console.log(JSON.stringify(report));
if (!reports.every(({ passed }) => passed)) {
  console.error('A client and its exchange do not agree: see differences, errors and violations above.');
  process.exitCode = 1;
}

/** Lets ccxt watch one exchange, and compares when its market stands still. */
async function watch(watched) {
  const simulator = await startSimulator({ exchange: watched.exchange, seed });
  const { market } = simulator.exchange;
  const client = await connect(watched, simulator);
  const errors = [];
  let watching = true;
  const keepWatching = (channel, symbol, next) => {
    let seen = 0;
    const run = async () => {
      while (watching) {
        try {
          await next();
          seen += 1;
        } catch (error) {
          if (!watching) return;
          errors.push(`${channel} ${symbol}: ${error.name}: ${error.message}`);
          if (errors.length >= MOST_ERRORS) return;
          await sleep(100);
        }
      }
    };
    return { name: `${channel} ${symbol}`, seen: () => seen, done: run() };
  };
  const watchers = watched.symbols.flatMap(([symbol]) => [
    keepWatching('trades', symbol, () => client.watchTrades(symbol)),
    keepWatching('ticker', symbol, () => client.watchTicker(symbol)),
    keepWatching('book', symbol, () => client.watchOrderBook(symbol)),
  ]);
  await begun(watchers);
  await sleep(seconds * 1000);
  market.pause();
  await settle(watched, client, market);
  const symbols = Object.fromEntries(
    watched.symbols.map(([symbol, native]) => [symbol, judge(watched, client, market, symbol, native)]),
  );
  watching = false;
  await client.close();
  await Promise.allSettled(watchers.map(({ done }) => done));
  const { violations } = simulator.exchange;
  await simulator.stop();
  const differences = Object.values(symbols).reduce((sum, found) => sum + found.differences, 0);
  return {
    referee: `ccxt ${dependencies.ccxt}`,
    exchange: watched.exchange,
    seconds,
    seed,
    passed: differences === 0 && errors.length === 0 && violations.length === 0,
    symbols,
    updates: Object.fromEntries(watchers.map(({ name, seen }) => [name, seen()])),
    errors,
    violations,
  };
}

/** A ccxt client as anybody would make it, but for the addresses. */
async function connect({ client: name, types, credentials = {} }, { restUrl, webSocketUrl }) {
  const exchange = new ccxt.pro[name]({
    ...credentials,
    newUpdates: true,
    options: { fetchMarkets: { types }, tradesLimit: 100_000 },
  });
  exchange.has.fetchCurrencies = false;
  exchange.urls.api = redirect(exchange.urls.api, { http: restUrl, ws: webSocketUrl });
  // Without it ccxt refuses plain ws:// addresses.
  await exchange.loadHttpProxyAgent();
  await exchange.loadMarkets();
  return exchange;
}

/** Every address in the tree with its own path, on another host. Some hosts are templates, such as `api.{hostname}`. */
function redirect(tree, hosts) {
  if (typeof tree !== 'string') {
    return Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, redirect(value, hosts)]));
  }
  const [, protocol, path] = /^(http|ws)s?:\/\/[^/]+(.*)$/.exec(tree);
  return `${hosts[protocol]}${path === '/' ? '' : path}`;
}

/** Everything that is watched has come once. */
async function begun(watchers) {
  const deadline = Date.now() + BEGIN_MS;
  while (Date.now() < deadline && !watchers.every(({ seen }) => seen() > 0)) await sleep(50);
}

/** What was published before the pause needs a moment on the wire, and tickers come once a second. */
async function settle(watched, client, market) {
  const deadline = Date.now() + SETTLE_MS;
  while (Date.now() < deadline) {
    const isSettled = watched.symbols.every(
      ([symbol, native]) => judge(watched, client, market, symbol, native).differences === 0,
    );
    if (isSettled) return;
    await sleep(50);
  }
}

function judge(watched, client, market, symbol, native) {
  const [book, trades, ticker] = [client.orderbooks[symbol], client.trades[symbol], client.tickers[symbol]];
  const truth = { book: market.book(native), trades: market.trades(native) };
  const differences = [
    ...bookDifferences(book, truth.book, watched),
    ...tradeDifferences(trades ?? [], truth.trades, watched),
    ...tickerDifferences(ticker, truth.trades.at(-1)),
  ];
  return {
    sequence: truth.book.lastUpdateId,
    levels: (book?.bids.length ?? 0) + (book?.asks.length ?? 0),
    trades: trades?.length ?? 0,
    last: ticker?.last,
    differences: differences.length,
    ...(differences.length > 0 && { shown: differences.slice(0, SHOWN) }),
  };
}

function chosenCases() {
  const names = process.env.REFEREE_EXCHANGES?.split(',') ?? [];
  const known = CASES.map(({ exchange }) => exchange);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined)
    return CASES.filter(({ exchange }) => names.length === 0 || names.includes(exchange));
  console.error(`REFEREE_EXCHANGES takes ${known.join(', ')}; got ${JSON.stringify(unknown)}.`);
  process.exit(2);
}

function wholeNumber(name, fallback) {
  const text = process.env[name] || String(fallback);
  if (/^\d+$/.test(text)) return Number(text);
  console.error(`${name} takes a whole number; got ${JSON.stringify(text)}.`);
  process.exit(2);
}
