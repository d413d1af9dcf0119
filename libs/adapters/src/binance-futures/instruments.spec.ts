import { formatSymbol, parseSymbol, type Instrument } from '@exchange-stream/market-data';
import { readCapture, readLines } from '../../test/captures.ts';
import { binanceCoinm, binanceUsdm } from '../index.ts';

const usdm = binanceUsdm().rest.instruments;
const coinm = binanceCoinm().rest.instruments;

const FILTERS = [
  { filterType: 'PRICE_FILTER', tickSize: '0.10', minPrice: '556.80', maxPrice: '4529764' },
  { filterType: 'LOT_SIZE', stepSize: '0.001', minQty: '0.001', maxQty: '1000' },
  { filterType: 'MARKET_LOT_SIZE', stepSize: '0.5', minQty: '0.001', maxQty: '120' },
];
const PERPETUAL = {
  ...{ symbol: 'BTCUSDT', pair: 'BTCUSDT', contractType: 'PERPETUAL', deliveryDate: 4133404800000 },
  ...{ status: 'TRADING', baseAsset: 'BTC', quoteAsset: 'USDT', marginAsset: 'USDT', pricePrecision: 2 },
  filters: FILTERS,
};
const DATED = {
  ...PERPETUAL,
  ...{ symbol: 'BTCUSDT_251226', contractType: 'CURRENT_QUARTER', deliveryDate: 1766736000000 },
};
const INVERSE = {
  ...{ symbol: 'BTCUSD_PERP', pair: 'BTCUSD', contractType: 'PERPETUAL', deliveryDate: 4133404800000 },
  ...{ contractStatus: 'TRADING', baseAsset: 'BTC', quoteAsset: 'USD', marginAsset: 'BTC' },
  ...{ contractSize: 100, filters: FILTERS },
};

const never = (reason: string): void => {
  throw new Error(`rejected: ${reason}`);
};

function read(operation: typeof usdm, ...symbols: unknown[]): readonly Instrument[] {
  return operation.parse(JSON.stringify({ symbols }), undefined, never);
}

describe('instruments of Binance futures', () => {
  it('of USD-M are perpetual ones, settled in the quote currency, steps by filter and not by precision', () => {
    expect(read(usdm, PERPETUAL)).toEqual([
      {
        ...{ exchange: 'binance-usdm', kind: 'perpetual', symbol: 'BTC/USDT:USDT', nativeSymbol: 'BTCUSDT' },
        ...{ base: 'BTC', quote: 'USDT', status: 'trading', tickSize: '0.10', lotSize: '0.001' },
      },
    ]);
  });

  it('and dated ones, by the date in their symbol or that of their delivery', () => {
    expect(read(usdm, DATED)[0]).toMatchObject({ kind: 'future', symbol: 'BTC/USDT:USDT-251226' });
    expect(read(usdm, { ...DATED, symbol: 'BTCUSDTZ5' })[0]?.symbol).toBe('BTC/USDT:USDT-251226');
  });

  it('and those of shares and the like, whose type has a name of its own', () => {
    const share = { ...PERPETUAL, symbol: 'TSLAUSDT', baseAsset: 'TSLA', contractType: 'TRADIFI_PERPETUAL' };
    expect(read(usdm, share)[0]).toMatchObject({ kind: 'perpetual', symbol: 'TSLA/USDT:USDT' });
  });

  it('and those that are not listed yet and have no type: their symbol tells', () => {
    const pending = { contractType: '', status: 'PENDING_TRADING' };
    expect(read(usdm, { ...PERPETUAL, ...pending })[0]).toMatchObject({
      kind: 'perpetual',
      status: 'halted',
    });
    expect(read(usdm, { ...DATED, ...pending })[0]).toMatchObject({ kind: 'future', status: 'halted' });
  });

  it('of COIN-M are settled in the base currency, and count contracts of so many dollars', () => {
    expect(read(coinm, INVERSE)[0]).toMatchObject({
      ...{ kind: 'perpetual', symbol: 'BTC/USD:BTC', nativeSymbol: 'BTCUSD_PERP', status: 'trading' },
      ...{ contractSize: '100', contractCurrency: 'USD' },
    });
    const dated = { ...INVERSE, ...{ symbol: 'BTCUSD_251226', contractType: 'NEXT_QUARTER' } };
    expect(read(coinm, dated)[0]?.symbol).toBe('BTC/USD:BTC-251226');
  });

  it('may have symbols of any script', () => {
    const named = { ...PERPETUAL, symbol: '币安人生USDT', baseAsset: '币安人生' };
    expect(read(usdm, named)[0]?.symbol).toBe('币安人生/USDT:USDT');
  });

  it.each([
    ['TRADING', 'trading'],
    ['PENDING_TRADING', 'halted'],
    ['SETTLING', 'halted'],
    ['TRADING_HALT', 'halted'],
    ['SOMETHING_NEW', 'halted'],
    ['CLOSE', 'delisted'],
  ])('of status %s are %s, on either exchange', (status, meaning) => {
    expect(read(usdm, { ...PERPETUAL, status })[0]?.status).toBe(meaning);
    expect(read(coinm, { ...INVERSE, contractStatus: status })[0]?.status).toBe(meaning);
  });

  it.each([
    ['no margin asset', { marginAsset: undefined }, 'symbols[0].marginAsset: expected text'],
    ['no status', { status: undefined }, 'symbols[0].status: expected text'],
    ['a contract of no number', { contractSize: '100' }, 'symbols[0].contractSize: expected an integer'],
    [
      'a delivery without a date',
      { contractType: 'CURRENT_QUARTER', deliveryDate: 8.7e15 },
      'symbols[0].deliveryDate: expected a date',
    ],
  ])('with %s are left out with the reason, and the others stay', (_case, change, reason) => {
    const reasons: string[] = [];
    const body = JSON.stringify({ symbols: [{ ...PERPETUAL, ...change }, DATED] });
    const instruments = usdm.parse(body, undefined, (rejected) => reasons.push(rejected));
    expect(instruments.map(({ kind }) => kind)).toEqual(['future']);
    expect(reasons).toEqual([expect.stringContaining(reason)]);
  });

  it('that share a symbol are not: the one that trades keeps it', () => {
    const reasons: string[] = [];
    const twice = [
      { ...PERPETUAL, symbol: 'OLD', status: 'CLOSE' },
      PERPETUAL,
      { ...PERPETUAL, symbol: 'NEW', status: 'PENDING_TRADING' },
    ];
    const instruments = usdm.parse(JSON.stringify({ symbols: twice }), undefined, (reason) =>
      reasons.push(reason),
    );
    expect(instruments.map(({ nativeSymbol }) => nativeSymbol)).toEqual(['BTCUSDT']);
    expect(reasons).toEqual([
      expect.stringContaining('OLD is called BTC/USDT:USDT like BTCUSDT'),
      expect.stringContaining('NEW is called BTC/USDT:USDT like BTCUSDT'),
    ]);
  });
});

describe('recorded lists of instruments', () => {
  const recorded = (readCapture('cryptofeed/binance-usdm/http.jsonl.gz') ?? [])
    .filter(({ url }) => usdm.recognise(new URL(url ?? '')))
    .map(({ frame }) => frame ?? '');
  const printed = (readLines('nautilus/binance/rest.jsonl') ?? [])
    .map((line) => JSON.parse(line) as { name: string; frame: string })
    .filter(({ name }) => name === 'http_futures_market_exchange_info.json')
    .map(({ frame }) => frame);
  const bodies = [...recorded, ...printed];

  (bodies.length > 0 ? it : it.skip)(
    'have a symbol for each, which no other has, and which parses back',
    () => {
      const counts: number[] = [];
      for (const body of bodies) {
        const instruments = usdm.parse(body, undefined, never);
        counts.push(instruments.length);
        const symbols = instruments.map(({ symbol }) => symbol);
        expect(new Set(symbols).size).toBe(symbols.length);
        for (const { symbol, kind, base, quote } of instruments) {
          const parts = parseSymbol(symbol);
          expect(formatSymbol(parts)).toBe(symbol);
          expect(parts).toMatchObject({ kind, base, quote });
        }
      }
      expect(counts[0]).toBe(122);
      expect(counts).toHaveLength(2);
    },
  );
});
