/**
 * ccxt pro as a referee: an unmodified client of the real exchange trades with the simulated one. When the market
 * stands still, what the client holds must be what is true on the exchange: every level of every book at the same
 * update, every trade once and in order, the latest price.
 *
 * REFEREE_SECONDS  how long the market runs before it is paused (10)
 * REFEREE_SEED     seed of the market (7)
 *
 * Prints one line of JSON; exits with 1 on any difference.
 */
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { startSimulator } from '@exchange-stream/simulator';
import ccxt from 'ccxt';

const SYMBOLS = new Map([
  ['BTC/USDT', 'BTCUSDT'],
  ['ETH/USDT', 'ETHUSDT'],
]);
const SETTLE_MS = 5_000;
/** Differences shown for each symbol; the rest is only counted. */
const SHOWN = 5;

const seconds = wholeNumber('REFEREE_SECONDS', 10);
const seed = wholeNumber('REFEREE_SEED', 7);

const simulator = await startSimulator({ exchange: 'binance', seed });
const { market } = simulator.exchange;
const { dependencies } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));
const client = await connect(simulator);
const errors = [];
let watching = true;
const watchers = [...SYMBOLS.keys()].flatMap((symbol) => [
  keepWatching('trades', symbol, () => client.watchTrades(symbol)),
  keepWatching('ticker', symbol, () => client.watchTicker(symbol)),
  keepWatching('book', symbol, () => client.watchOrderBook(symbol)),
]);

await sleep(seconds * 1000);
market.pause();
await settle();
const symbols = Object.fromEntries([...SYMBOLS].map(([symbol, native]) => [symbol, judge(symbol, native)]));
watching = false;
await client.close();
await Promise.allSettled(watchers.map(({ done }) => done));
const violations = simulator.exchange.violations;
await simulator.stop();

const differences = Object.values(symbols).reduce((sum, found) => sum + found.differences, 0);
const passed = differences === 0 && errors.length === 0 && violations.length === 0;
const updates = Object.fromEntries(watchers.map(({ name, seen }) => [name, seen()]));
console.log(
  JSON.stringify({
    referee: `ccxt ${dependencies.ccxt}`,
    seconds,
    seed,
    passed,
    symbols,
    updates,
    errors,
    violations,
  }),
);
if (!passed) {
  console.error(
    'The client and the simulated exchange do not agree: see differences, errors and violations above.',
  );
  process.exitCode = 1;
}

/** A ccxt client as anybody would make it, but for the addresses. */
async function connect({ restUrl, webSocketUrl }) {
  const exchange = new ccxt.pro.binance({
    newUpdates: true,
    options: { fetchMarkets: { types: ['spot'] }, tradesLimit: 100_000 },
  });
  exchange.has.fetchCurrencies = false;
  exchange.urls.api = redirect(exchange.urls.api, { 'http:': restUrl, 'ws:': webSocketUrl });
  // Without it ccxt refuses plain ws:// addresses.
  await exchange.loadHttpProxyAgent();
  await exchange.loadMarkets();
  return exchange;
}

/** Every address in the tree with its own path, on another host. */
function redirect(tree, hosts) {
  if (typeof tree !== 'string') {
    return Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, redirect(value, hosts)]));
  }
  const { protocol, pathname } = new URL(tree);
  return `${hosts[protocol.replace('s:', ':')]}${pathname === '/' ? '' : pathname}`;
}

function keepWatching(channel, symbol, watch) {
  let seen = 0;
  const run = async () => {
    while (watching) {
      try {
        await watch();
        seen += 1;
      } catch (error) {
        if (!watching) return;
        errors.push(`${channel} ${symbol}: ${error.name}: ${error.message}`);
        if (errors.length >= 20) return;
        await sleep(100);
      }
    }
  };
  return { name: `${channel} ${symbol}`, seen: () => seen, done: run() };
}

/** What was published before the pause needs a moment on the wire, and tickers come once a second. */
async function settle() {
  const deadline = Date.now() + SETTLE_MS;
  while (Date.now() < deadline) {
    const settled = [...SYMBOLS].every(
      ([symbol, native]) =>
        client.orderbooks[symbol]?.nonce === market.book(native).lastUpdateId &&
        Number(client.trades[symbol]?.at(-1)?.id) === market.trades(native).at(-1).id &&
        client.tickers[symbol]?.last === Number(market.trades(native).at(-1).price),
    );
    if (settled) return;
    await sleep(20);
  }
}

function judge(symbol, native) {
  const differences = [
    ...bookDifferences(client.orderbooks[symbol], market.book(native)),
    ...tradeDifferences(client.trades[symbol] ?? [], market.trades(native)),
    ...tickerDifferences(client.tickers[symbol], market.trades(native).at(-1)),
  ];
  return {
    sequence: market.book(native).lastUpdateId,
    levels: (client.orderbooks[symbol]?.bids.length ?? 0) + (client.orderbooks[symbol]?.asks.length ?? 0),
    trades: client.trades[symbol]?.length ?? 0,
    last: client.tickers[symbol]?.last,
    differences: differences.length,
    ...(differences.length > 0 && { shown: differences.slice(0, SHOWN) }),
  };
}

function bookDifferences(book, truth) {
  if (book === undefined) return ['no book'];
  if (book.nonce !== truth.lastUpdateId)
    return [`book at ${book.nonce}, the exchange is at ${truth.lastUpdateId}`];
  return ['bids', 'asks'].flatMap((side) => {
    const found = [];
    for (let rank = 0; rank < Math.max(book[side].length, truth[side].length); rank++) {
      const [price, amount] = book[side][rank] ?? [];
      const [truePrice, trueAmount] = (truth[side][rank] ?? []).map(Number);
      if (price === truePrice && amount === trueAmount) continue;
      found.push(`${side}[${rank}] is ${price} × ${amount}, on the exchange ${truePrice} × ${trueAmount}`);
    }
    return found;
  });
}

/** From the first trade the client saw, it must have seen every one, once, in order. */
function tradeDifferences(seen, truth) {
  if (seen.length === 0) return ['no trade'];
  const start = truth.findIndex(({ id }) => String(id) === seen[0].id);
  if (start < 0) return [`the exchange does not know trade ${seen[0].id}, or has forgotten it`];
  const expected = truth.slice(start);
  const found = [];
  for (let index = 0; index < Math.max(seen.length, expected.length); index++) {
    const trade = tradeText(seen[index]);
    const trueTrade = expected[index] && trueTradeText(expected[index]);
    if (trade !== trueTrade) found.push(`trade ${index} is ${trade}, on the exchange ${trueTrade}`);
  }
  return found;
}

function tradeText(trade) {
  return trade && [trade.id, trade.timestamp, trade.price, trade.amount, trade.side].join(' ');
}

function trueTradeText({ id, time, price, amount, takerSide }) {
  return [id, time, Number(price), Number(amount), takerSide].join(' ');
}

function tickerDifferences(ticker, lastTrade) {
  const last = Number(lastTrade.price);
  return ticker?.last === last ? [] : [`ticker's last is ${ticker?.last}, on the exchange ${last}`];
}

function wholeNumber(name, fallback) {
  const text = process.env[name] || String(fallback);
  if (/^\d+$/.test(text)) return Number(text);
  console.error(`${name} takes a whole number; got ${JSON.stringify(text)}.`);
  process.exit(2);
}
