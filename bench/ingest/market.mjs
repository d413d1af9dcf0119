/**
 * Frames as Binance writes them on combined streams, made from a seed: trades, and books of 1,000 levels a side with about
 * eight changes an update. Numbers, times and links are right, so that every library takes them for the real thing.
 */
const BASES = ['BTC', 'ETH', 'SOL', 'XRP', 'DOGE', 'BNB', 'ADA', 'AVAX', 'LINK', 'SUI'];
const LEVELS = 1_000;
const CHANGES = 8;

/** Market `index`: the first ones move most. */
export function marketsOf(count) {
  return Array.from({ length: count }, (_, index) => {
    const base = `${BASES[index % BASES.length]}${index < BASES.length ? '' : Math.floor(index / BASES.length)}`;
    return { base, quote: 'USDT', symbol: `${base}/USDT`, native: `${base}USDT` };
  });
}

export class Market {
  #state;
  #markets;
  #books = new Map();

  constructor(count, seed = 42) {
    this.#state = seed;
    this.#markets = marketsOf(count).map((market, index) => ({
      ...market,
      topic: market.native.toLowerCase(),
      /** In hundredths. */
      mid: 6_000_000 + 250_000 * index,
      trade: 3_500_000_000 + 10_000_000 * index,
      update: 50_000_000_000 + 100_000_000 * index,
    }));
  }

  get exchangeInfo() {
    const symbols = this.#markets.map(({ native, base, quote }) => ({
      ...{ symbol: native, status: 'TRADING', baseAsset: base, quoteAsset: quote },
      filters: [
        { filterType: 'PRICE_FILTER', tickSize: '0.01000000' },
        { filterType: 'LOT_SIZE', stepSize: '0.00001000' },
      ],
    }));
    const rateLimits = [
      { rateLimitType: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: 6_000 },
    ];
    return JSON.stringify({ rateLimits, symbols });
  }

  /** The book of a market as it stands. */
  snapshot(native) {
    const market = this.#markets.find((one) => one.native === native);
    const { bids, asks } = this.#book(market);
    const side = (levels) => levels.map(({ ticks, amount }) => [price(ticks), amount]);
    return JSON.stringify({ lastUpdateId: market.update, bids: side(bids), asks: side(asks) });
  }

  /** @param amount of the trade, where it has to say something */
  trade(amount = this.#amount()) {
    const market = this.#next();
    if (this.#random() < 0.2) market.mid += this.#random() < 0.5 ? -1 : 1;
    const now = Date.now();
    const isBuyerMaker = this.#random() < 0.5;
    return (
      `{"stream":"${market.topic}@trade","data":{"e":"trade","E":${now},"s":"${market.native}","t":${++market.trade},` +
      `"p":"${price(market.mid)}","q":"${amount}","T":${now},"m":${isBuyerMaker},"M":true}}`
    );
  }

  bookUpdate() {
    const market = this.#next();
    const book = this.#book(market);
    const changed = { bids: new Map(), asks: new Map() };
    for (let change = 0; change < CHANGES; change++) {
      const side = this.#random() < 0.5 ? 'bids' : 'asks';
      const [ticks, amount] = this.#change(book, side);
      changed[side].set(ticks, amount);
    }
    const first = market.update + 1;
    market.update += changed.bids.size + changed.asks.size;
    const list = (levels) =>
      [...levels].map(([ticks, amount]) => `["${price(ticks)}","${amount}"]`).join(',');
    return (
      `{"stream":"${market.topic}@depth@100ms","data":{"e":"depthUpdate","E":${Date.now()},"s":"${market.native}",` +
      `"U":${first},"u":${market.update},"b":[${list(changed.bids)}],"a":[${list(changed.asks)}]}}`
    );
  }

  /** Near the best price mostly, and a level in the place of each that goes. */
  #change(book, side) {
    const levels = book[side];
    const outward = side === 'bids' ? -1 : 1;
    const depth = this.#random() < 0.85 ? -Math.log(1 - this.#random()) * 10 : this.#random() * levels.length;
    const at = Math.min(levels.length - 1, Math.floor(depth));
    const kind = this.#random();
    if (kind < 0.5) {
      levels[at].amount = this.#amount();
      return [levels[at].ticks, levels[at].amount];
    }
    if (kind < 0.75 && at > 0) {
      const [gone] = levels.splice(at, 1);
      return [gone.ticks, '0.00000000'];
    }
    // The next free price outward: as many come as go, so that the book stays as deep as it was seeded.
    let place = at + 1;
    while (levels[place]?.ticks === levels[place - 1].ticks + outward) place++;
    const level = { ticks: levels[place - 1].ticks + outward, amount: this.#amount() };
    levels.splice(place, 0, level);
    return [level.ticks, level.amount];
  }

  #book(market) {
    let book = this.#books.get(market.native);
    if (!book) {
      const side = (outward) =>
        Array.from({ length: LEVELS }, (_, index) => ({
          ticks: market.mid + outward * (1 + 2 * index),
          amount: this.#amount(),
        }));
      this.#books.set(market.native, (book = { bids: side(-1), asks: side(1) }));
    }
    return book;
  }

  /** Of n markets, the k-th is drawn with a weight of 1 / k. */
  #next() {
    const at = Math.floor((this.#markets.length + 1) ** this.#random()) - 1;
    return this.#markets[at];
  }

  #amount() {
    return `${(0.00001 + this.#random() ** 4 * 50).toFixed(5)}000`;
  }

  /** From 0 to 1 (a linear congruential generator, Numerical Recipes' constants). */
  #random() {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0;
    return this.#state / 2 ** 32;
  }
}

/** Eight places, as Binance has them. */
function price(ticks) {
  return `${Math.floor(ticks / 100)}.${String(ticks % 100).padStart(2, '0')}000000`;
}
