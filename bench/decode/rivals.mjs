/** How other libraries are made to read a frame of Binance, from its bytes to what they hand on or keep. */
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { requireRival } from '../measure.mjs';

const NATIVE = 'BTCUSDT';
const SYMBOL = 'BTC/USDT';

/** What tardis-dev calls the kinds. */
const NORMALIZERS = {
  trade: 'normalizeTrades',
  bookTicker: 'normalizeBookTickers',
  'depth of 8 changes': 'normalizeBookChanges',
};

/**
 * Reads by index, and what must have come of them. Books go on where `before`, the sequence before the first frame, ends;
 * they begin with `levels` on both sides.
 */
export async function rivalsOf(kind, frames, { before, bids, asks }) {
  const snapshot = { lastUpdateId: before, bids, asks };
  return { 'tardis-dev': tardis(kind, frames, snapshot), 'ccxt pro': await ccxt(kind, frames, snapshot) };
}

/** Its mapper alone: not its pipeline of generators, which every message passes, too. */
function tardis(kind, frames, snapshot) {
  const mapper = requireRival('tardis-dev')[NORMALIZERS[kind]]('binance', new Date());
  let events = 0;
  const feed = (message) => {
    if (!mapper.canHandle(message)) return;
    for (const event of mapper.map(message, new Date()) ?? []) if (event.symbol === NATIVE) events++;
  };
  if (kind.startsWith('depth')) {
    feed({ stream: `${NATIVE.toLowerCase()}@depthSnapshot`, generated: true, data: snapshot });
  }
  return {
    read: (index) => feed(JSON.parse(frames[index])),
    results: () => events,
  };
}

/** What its client does with a message of the socket, up to its caches and its book. */
async function ccxt(kind, frames, snapshot) {
  for (const name of Object.keys(process.env)) {
    if (/^(https?|all|wss?|socks)_proxy$/i.test(name)) delete process.env[name];
  }
  const { default: library } = await import(pathToFileURL(requireRival.resolve('ccxt')));
  const exchange = new library.pro.binance({ enableRateLimit: false });
  await exchange.loadHttpProxyAgent();
  exchange.setMarkets([
    exchange.safeMarketStructure({
      ...{ id: NATIVE, lowercaseId: NATIVE.toLowerCase(), symbol: SYMBOL },
      ...{ base: 'BTC', quote: 'USDT', baseId: 'BTC', quoteId: 'USDT', type: 'spot', spot: true },
      ...{ active: true, precision: { amount: 1e-8, price: 1e-8 }, info: {} },
    }),
  ]);
  const client = exchange.client('ws://127.0.0.1:1/stream');
  let refused = 0;
  client.reject = () => void refused++;
  let count = 0;
  const count1 = (name) => {
    const handle = exchange[name].bind(exchange);
    exchange[name] = (...given) => {
      count++;
      return handle(...given);
    };
  };
  const isBook = kind.startsWith('depth');
  count1(isBook ? 'handleOrderBookMessage' : kind === 'trade' ? 'handleTrade' : 'handleBidsAsks');
  const book = exchange.orderBook({}, 1000);
  if (isBook) {
    client.subscriptions[`orderbook:${SYMBOL}`] = {};
    exchange.orderbooks[SYMBOL] = book;
    book.reset({ ...exchange.parseOrderBook(snapshot, SYMBOL), nonce: snapshot.lastUpdateId });
  }
  return {
    read: (index) => {
      // The frames come again and again, and the book must take them each time.
      if (isBook && index === 0) book.nonce = snapshot.lastUpdateId;
      client.onMessage({ data: frames[index] });
    },
    results: () => (refused > 0 ? -refused : count),
  };
}
