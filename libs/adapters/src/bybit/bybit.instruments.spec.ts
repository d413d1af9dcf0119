import { formatSymbol, parseSymbol, type Instrument } from '@exchange-stream/market-data';
import { readCapture, readLines } from '../../test/captures.ts';
import { bybit } from './bybit.adapter.ts';

const { instruments } = bybit().rest;

function read(
  category: string | undefined,
  ...list: object[]
): { listed: readonly Instrument[]; rejected: string[] } {
  const rejected: string[] = [];
  const body = JSON.stringify({ retCode: 0, retMsg: 'OK', result: { category, list }, time: 1 });
  return { listed: instruments.parse(body, undefined, (reason) => rejected.push(reason)), rejected };
}

const FILTERS = { priceFilter: { tickSize: '0.10' }, lotSizeFilter: { qtyStep: '0.001' } };
const BTC = { ...FILTERS, status: 'Trading', baseCoin: 'BTC', deliveryTime: '0' };

describe('an instrument of Bybit', () => {
  it.each([
    [
      'spot',
      { symbol: 'BTCUSDT', quoteCoin: 'USDT', lotSizeFilter: { basePrecision: '0.000001' } },
      { kind: 'spot', symbol: 'BTC/USDT', lotSize: '0.000001' },
    ],
    [
      'linear',
      { symbol: 'BTCUSDT', quoteCoin: 'USDT', settleCoin: 'USDT', contractType: 'LinearPerpetual' },
      { kind: 'perpetual', symbol: 'BTC/USDT:USDT' },
    ],
    [
      'linear',
      { symbol: 'BTCPERP', quoteCoin: 'USDC', settleCoin: 'USDC', contractType: 'LinearPerpetual' },
      { kind: 'perpetual', symbol: 'BTC/USDC:USDC' },
    ],
    [
      'linear',
      {
        ...{ symbol: 'BTCUSDT-14AUG26', quoteCoin: 'USDT', settleCoin: 'USDT' },
        ...{ contractType: 'LinearFutures', deliveryTime: '1786694400000' },
      },
      { kind: 'future', symbol: 'BTC/USDT:USDT-260814' },
    ],
    [
      'inverse',
      { symbol: 'BTCUSD', quoteCoin: 'USD', settleCoin: 'BTC', contractType: 'InversePerpetual' },
      { kind: 'perpetual', symbol: 'BTC/USD:BTC', contractSize: '1', contractCurrency: 'USD' },
    ],
    [
      'inverse',
      {
        ...{ symbol: 'BTCUSDH25', quoteCoin: 'USD', settleCoin: 'BTC', contractType: 'InverseFutures' },
        deliveryTime: '1743148800000',
      },
      { kind: 'future', symbol: 'BTC/USD:BTC-250328', contractSize: '1', contractCurrency: 'USD' },
    ],
    [
      'option',
      {
        ...{ symbol: 'BTC-26DEC25-100000-C', quoteCoin: 'USDC', settleCoin: 'USDC', optionsType: 'Call' },
        deliveryTime: '1766736000000',
      },
      { kind: 'option', symbol: 'BTC/USDC:USDC-251226-100000-C' },
    ],
    [
      'option',
      {
        ...{ symbol: 'BTC-26DEC25-0.5-P-USDT', quoteCoin: 'USDT', settleCoin: 'USDT', optionsType: 'Put' },
        deliveryTime: '1766736000000',
      },
      { kind: 'option', symbol: 'BTC/USDT:USDT-251226-0.5-P' },
    ],
  ])('of the category %s: %j', (category, wire, expected) => {
    const { listed, rejected } = read(category, { ...BTC, ...wire });
    expect(rejected).toEqual([]);
    expect(listed).toEqual([
      {
        ...{ exchange: 'bybit', nativeSymbol: wire.symbol, category, base: 'BTC', quote: wire.quoteCoin },
        ...{ status: 'trading', tickSize: '0.10', lotSize: '0.001' },
        ...expected,
      },
    ]);
  });

  it.each([
    ['Trading', 'trading'],
    ['PreLaunch', 'halted'],
    ['PendingOpen', 'halted'],
    ['Delivering', 'halted'],
    ['Closed', 'delisted'],
    ['SomethingNew', 'halted'],
  ])('with the status %s is %s', (status, expected) => {
    const wire = {
      ...BTC,
      symbol: 'BTCUSD',
      quoteCoin: 'USD',
      settleCoin: 'BTC',
      contractType: 'InversePerpetual',
    };
    expect(read('inverse', { ...wire, status }).listed[0]?.status).toBe(expected);
  });

  it('without a step of price or amount has none', () => {
    const wire = {
      ...BTC,
      symbol: 'BTCUSDT',
      quoteCoin: 'USDT',
      priceFilter: { tickSize: '0' },
      lotSizeFilter: {},
    };
    expect(read('spot', wire).listed[0]).not.toHaveProperty('tickSize');
    expect(read('spot', wire).listed[0]).not.toHaveProperty('lotSize');
  });

  it.each([
    ['no base', 'spot', { baseCoin: undefined }],
    ['a contract of an unknown kind', 'linear', { settleCoin: 'USDT', contractType: 'LinearSomething' }],
    ['a future without a day', 'linear', { settleCoin: 'USDT', contractType: 'LinearFutures' }],
    [
      'a future of a day that is none',
      'linear',
      { settleCoin: 'USDT', contractType: 'LinearFutures', deliveryTime: '9007199254740991' },
    ],
    ['an option without a strike', 'option', { settleCoin: 'USDT', optionsType: 'Call', deliveryTime: '1' }],
    ['a list entry', 'spot', { priceFilter: 7 }],
  ])('that is broken (%s) is left out, and the others count', (_, category, broken) => {
    const whole = {
      ...BTC,
      symbol: 'BTCUSDT',
      quoteCoin: 'USDT',
      settleCoin: 'USDT',
      contractType: 'LinearPerpetual',
    };
    const { listed, rejected } = read(category, { ...whole, ...broken });
    expect(listed).toEqual([]);
    expect(rejected).toHaveLength(1);
  });
});

describe('the list of instruments', () => {
  it('is asked for by category, those before their launch too, and options by coin', () => {
    const { parts = [] } = instruments;
    const paths = parts.map((part) => instruments.request({ part }).path);
    expect(paths).toEqual([
      '/v5/market/instruments-info?category=spot&limit=1000',
      '/v5/market/instruments-info?category=linear&limit=1000',
      '/v5/market/instruments-info?category=linear&status=PreLaunch&limit=1000',
      '/v5/market/instruments-info?category=inverse&limit=1000',
      '/v5/market/instruments-info?category=inverse&status=PreLaunch&limit=1000',
      ...['BTC', 'ETH', 'SOL', 'XRP', 'MNT', 'DOGE'].map(
        (coin) => `/v5/market/instruments-info?category=option&baseCoin=${coin}&limit=1000`,
      ),
    ]);
    const others = bybit({ optionCoins: ['BTC'] }).rest.instruments;
    expect(others.parts?.filter((part) => part.startsWith('options'))).toEqual(['options of BTC']);
  });

  it('goes on page by page, where there is another', () => {
    const page = (nextPageCursor: unknown): string =>
      JSON.stringify({ retCode: 0, result: { list: [], nextPageCursor } });
    expect(instruments.nextPage?.(page('first%3ABTC%26'))).toBe('first:BTC&');
    for (const last of ['', null, undefined]) expect(instruments.nextPage?.(page(last))).toBeUndefined();
    expect(instruments.request({ part: 'linear', cursor: 'first:BTC&' }).path).toBe(
      '/v5/market/instruments-info?category=linear&limit=1000&cursor=first%3ABTC%26',
    );
  });

  it('that names no category is of the one that was asked for', () => {
    const body = JSON.stringify({
      retCode: 0,
      result: {
        list: [
          { ...BTC, symbol: 'BTCUSD', quoteCoin: 'USD', settleCoin: 'BTC', contractType: 'InversePerpetual' },
        ],
      },
    });
    for (const query of [undefined, { part: 'inverse before launch' }])
      expect(instruments.parse(body, query, fail)[0]?.category).toBe('inverse');
  });
});

function fail(reason: string): never {
  throw new Error(reason);
}

describe('every instrument of a recorded list', () => {
  const bodies = [
    ...(readCapture('cryptofeed-v3/bybit/http.jsonl.gz') ?? []).map(({ frame = '' }) => frame),
    ...(readLines('nautilus/bybit/rest.jsonl') ?? [])
      .map((line) => JSON.parse(line) as { name: string; frame: string })
      .filter(({ name }) => name.startsWith('http_get_instruments'))
      .map(({ frame }) => frame),
  ];
  const recorded = bodies.length > 0 ? it : it.skip;
  const lists = bodies.map((body) => instruments.parse(body, undefined, fail));

  recorded('is read', () => {
    expect(lists.slice(0, 2).map(({ length }) => length)).toEqual([800, 557]);
    expect(new Set(lists.flat().map(({ category }) => category))).toEqual(
      new Set(['spot', 'linear', 'inverse', 'option']),
    );
  });

  recorded('has a symbol that its parts make anew', () => {
    for (const { symbol, base, quote, kind } of lists.flat()) {
      const parts = parseSymbol(symbol);
      expect(parts).toMatchObject({ kind, base, quote });
      expect(formatSymbol(parts)).toBe(symbol);
    }
  });

  recorded('shares its symbol with no other, nor its native one within its category', () => {
    const all = lists.slice(0, 2).flat();
    expect(new Set(all.map(({ symbol }) => symbol)).size).toBe(all.length);
    expect(new Set(all.map(({ category, nativeSymbol }) => `${category} ${nativeSymbol}`)).size).toBe(
      all.length,
    );
    // As the native one alone would be.
    expect(new Set(all.map(({ nativeSymbol }) => nativeSymbol)).size).toBeLessThan(all.length);
  });
});
