/** How each library is made to read from the exchange of the ingest benchmarks, and to hand on what it has read. */
/* global fetch */
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { requireRival } from '../measure.mjs';

const subscribeTo = (stream, markets) =>
  JSON.stringify({
    method: 'SUBSCRIBE',
    params: markets.map(({ native }) => `${native.toLowerCase()}${stream}`),
    id: 1,
  });

/** Nothing but the socket. */
function bare(stream, receive) {
  return async ({ url, markets, ...rest }) => {
    const { WebSocket } = await import('ws');
    const socket = new WebSocket(`${url}/stream`, { perMessageDeflate: false });
    await new Promise((resolve) => socket.once('open', resolve));
    socket.send(subscribeTo(stream, markets));
    await new Promise((resolve) => socket.once('message', resolve));
    socket.on('message', receive(rest));
  };
}

/** What a careful program does by hand. */
function plain({ take }, isTimed) {
  return (data) => {
    const { data: trade } = JSON.parse(data.latin1Slice(0, data.length));
    const event = {
      type: 'trade',
      exchange: 'binance',
      symbol: trade.s,
      id: String(trade.t),
      price: Number(trade.p),
      amount: Number(trade.q),
      side: trade.m ? 'sell' : 'buy',
      exchangeTime: trade.T,
      receivedAt: Date.now(),
    };
    take(isTimed ? event.amount : undefined);
  };
}

/** Ours, as its users have it. */
function ours(channel, listen) {
  return async ({ url, rest, markets, ...consumer }) => {
    const { ExchangeStream } = await import('@exchange-stream/nestjs/engine');
    const { binance } = await import('@exchange-stream/adapters');
    const stream = new ExchangeStream({
      exchanges: [binance()],
      settings: { binance: { urls: { public: url, rest } } },
      // What a round brings was written before it begins, and is late by that.
      tuning: { maxLagMs: 3_600_000 },
    });
    const handles = markets.map(({ symbol }) => stream.subscribe({ exchange: 'binance', channel, symbol }));
    for (const handle of handles) listen(handle, consumer);
    stream.start();
    const state = channel === 'book' ? 'syncing' : 'live';
    while (!handles.every((handle) => handle.view().state === 'subscribed' && handle.view().data === state))
      await sleep(10);
  };
}

function tardis(normalizer, receive) {
  return async ({ url, rest, markets, ...consumer }) => {
    withoutProxies();
    process.env.WSS_URL_BINANCE = `${url}/stream`;
    const library = requireRival('tardis-dev');
    const { httpClient } = requireRival('./node_modules/tardis-dev/dist/handy.js');
    httpClient.get = async (address) => {
      const answer = await fetch(String(address).replace('https://api.binance.com', rest));
      return { body: await answer.text(), headers: { 'x-mbx-used-weight-1m': '1' } };
    };
    const messages = library.streamNormalized(
      {
        exchange: 'binance',
        symbols: markets.map(({ native }) => native.toLowerCase()),
        timeoutIntervalMS: 3_600_000,
        onError: (error) => console.error('tardis-dev', error.message),
      },
      library[normalizer],
    );
    const take = receive(consumer, library);
    void (async () => {
      for await (const message of messages) take(message);
    })();
  };
}

function ccxt(watch) {
  return async ({ url, rest, markets, ...consumer }) => {
    withoutProxies();
    const { default: library } = await import(pathToFileURL(requireRival.resolve('ccxt')));
    const exchange = new library.pro.binance({ enableRateLimit: false });
    await exchange.loadHttpProxyAgent();
    exchange.setMarkets(
      markets.map(({ native, base, quote, symbol }) =>
        exchange.safeMarketStructure({
          ...{
            id: native,
            lowercaseId: native.toLowerCase(),
            symbol,
            base,
            quote,
            baseId: base,
            quoteId: quote,
          },
          ...{ type: 'spot', spot: true, active: true, precision: { amount: 1e-8, price: 1e-8 }, info: {} },
        }),
      ),
    );
    exchange.urls.api.ws.spot = `${url}/stream`;
    const symbols = markets.map(({ symbol }) => symbol);
    void watch(exchange, symbols, rest, consumer);
  };
}

/** Everything goes to this machine. */
function withoutProxies() {
  for (const name of Object.keys(process.env)) if (/_proxy$/i.test(name)) delete process.env[name];
}

const trades = (isTimed) => ({
  'bare ws': bare(
    '@trade',
    ({ take }) =>
      () =>
        take(),
  ),
  'ws + JSON.parse': bare('@trade', (consumer) => plain(consumer, isTimed)),
  ours: ours('trades', (handle, { take }) =>
    handle.on((event) => {
      if (event.type === 'trade') take(isTimed ? Number(event.amount) : undefined);
    }),
  ),
  'tardis-dev': tardis(
    'normalizeTrades',
    ({ take }) =>
      (trade) =>
        take(isTimed ? trade.amount : undefined),
  ),
  'ccxt pro': ccxt(async (exchange, symbols, _rest, { take }) => {
    for (;;) {
      for (const trade of await exchange.watchTradesForSymbols(symbols))
        take(isTimed ? trade.amount : undefined);
    }
  }),
});

const depth = {
  'bare ws': bare(
    '@depth@100ms',
    ({ take }) =>
      () =>
        take(),
  ),
  ours: ours('book', (handle, { take, use }) =>
    handle.on((event) => {
      if (event.type !== 'book-update') return;
      const { book } = handle;
      use(book.side('bids').price(0) + book.side('asks').price(0));
      take();
    }),
  ),
  'tardis-dev': tardis('normalizeBookChanges', ({ take, use }, { OrderBook }) => {
    const books = new Map();
    return (change) => {
      let book = books.get(change.symbol);
      if (!book) books.set(change.symbol, (book = new OrderBook()));
      book.update(change);
      if (change.isSnapshot) return;
      use(book.bestBid().price + book.bestAsk().price);
      take();
    };
  }),
  'ccxt pro': ccxt(async (exchange, symbols, rest, { take, use }) => {
    const { handleOrderBook } = exchange;
    // It tells of some updates only, though it makes all of them: they are counted where they are made.
    exchange.handleOrderBook = function (...message) {
      handleOrderBook.apply(this, message);
      take();
    };
    exchange.fetchRestOrderBookSafe = async (symbol) => {
      const answer = await fetch(`${rest}/api/v3/depth?symbol=${exchange.market(symbol).id}`);
      const body = await answer.json();
      return Object.assign(exchange.parseOrderBook(body, symbol), { nonce: body.lastUpdateId });
    };
    for (;;) {
      const book = await exchange.watchOrderBookForSymbols(symbols);
      use(book.bids[0][0] + book.asks[0][0]);
    }
  }),
};

export const libraries = { trade: trades(false), paced: trades(true), depth };
