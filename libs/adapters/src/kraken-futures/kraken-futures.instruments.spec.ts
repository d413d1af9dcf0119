import { formatSymbol, isSymbol, parseSymbol, type Instrument } from '@exchange-stream/market-data';
import { readLines } from '../../test/captures.ts';
import { krakenFutures } from './kraken-futures.adapter.ts';

const LINEAR = {
  ...{ symbol: 'PF_XBTUSD', type: 'flexible_futures', tickSize: 1, contractSize: 1, tradeable: true },
  ...{ contractValueTradePrecision: 4, postOnly: false, base: 'BTC', quote: 'USD' },
};
const INVERSE = {
  ...{
    ...LINEAR,
    symbol: 'PI_XBTUSD',
    type: 'futures_inverse',
    tickSize: 0.5,
    contractValueTradePrecision: 0,
  },
};

function read(...instruments: unknown[]): { instruments: readonly Instrument[]; rejected: string[] } {
  const rejected: string[] = [];
  const body = JSON.stringify({ result: 'success', instruments });
  const read = krakenFutures().rest.instruments.parse(body, undefined, (reason) => rejected.push(reason));
  return { instruments: read, rejected };
}

describe('the instruments of Kraken Futures', () => {
  it('are perpetuals and futures, linear and inverse, under their unified symbols', () => {
    const { instruments, rejected } = read(
      LINEAR,
      INVERSE,
      { ...LINEAR, symbol: 'FF_XBTUSD_260327' },
      { ...INVERSE, symbol: 'FI_XBTUSD_260327' },
    );
    expect(rejected).toEqual([]);
    expect(instruments).toMatchObject([
      {
        ...{
          exchange: 'kraken-futures',
          kind: 'perpetual',
          symbol: 'BTC/USD:USD',
          nativeSymbol: 'PF_XBTUSD',
        },
        ...{ base: 'BTC', quote: 'USD', status: 'trading', tickSize: '1', lotSize: '0.0001' },
        ...{ contractSize: '1', contractCurrency: 'BTC' },
      },
      { symbol: 'BTC/USD:BTC', tickSize: '0.5', lotSize: '1', contractSize: '1', contractCurrency: 'USD' },
      { symbol: 'BTC/USD:USD-260327', kind: 'future', contractCurrency: 'BTC' },
      { symbol: 'BTC/USD:BTC-260327', kind: 'future', contractCurrency: 'USD' },
    ]);
  });

  it.each([
    ['PF_XBTUSD', 'BTC/USD:USD'],
    ['PI_XBTUSD', 'BTC/USD:BTC'],
    ['PF_XDGUSD', 'DOGE/USD:USD'],
    ['PF_USDTUSD', 'USDT/USD:USD'],
    ['FI_ETHXBT_260327', 'ETH/BTC:ETH-260327'],
  ])('of older lists are known by their names: %s is %s', (symbol, unified) => {
    const { base: _b, quote: _q, ...older } = LINEAR;
    expect(read({ ...older, symbol }).instruments[0]?.symbol).toBe(unified);
  });

  it.each([
    [4, '0.0001'],
    [0, '1'],
    [-3, '1000'],
  ])('have lots of so many places: %d is %s', (contractValueTradePrecision, lot) => {
    expect(read({ ...LINEAR, contractValueTradePrecision }).instruments[0]?.lotSize).toBe(lot);
  });

  it('have steps without exponents', () => {
    const body = `{"result":"success","instruments":[${JSON.stringify(LINEAR).replace('"tickSize":1', '"tickSize":1e-10')}]}`;
    const [instrument] = krakenFutures().rest.instruments.parse(body, undefined, () => undefined);
    expect(instrument?.tickSize).toBe('0.0000000001');
  });

  it('stand still where they are not traded, or take orders that meet no other', () => {
    expect(read({ ...LINEAR, tradeable: false }).instruments[0]?.status).toBe('halted');
    expect(read({ ...LINEAR, postOnly: true }).instruments[0]?.status).toBe('halted');
  });

  it('do not count indices among them', () => {
    expect(read({ symbol: 'in_xbtusd', type: 'spot index', tradeable: false }, LINEAR)).toMatchObject({
      instruments: [{ symbol: 'BTC/USD:USD' }],
      rejected: [],
    });
  });

  it.each([
    [{ ...LINEAR, symbol: 'PV_XRPXBT' }, 'symbol'],
    [{ ...LINEAR, symbol: 'PF_XBTUSD_260327' }, 'symbol'],
    [{ ...LINEAR, symbol: 'FF_XBTUSD' }, 'symbol'],
    [{ ...LINEAR, base: 'B/C' }, 'symbol'],
    [{ ...LINEAR, base: '' }, 'base'],
    [{ ...LINEAR, tickSize: null }, 'tickSize'],
    [{ ...LINEAR, contractValueTradePrecision: 99 }, 'contractValueTradePrecision'],
    [{ ...LINEAR, contractValueTradePrecision: 0.5 }, 'contractValueTradePrecision'],
  ])('leave a row out that is none: %j', (row, field) => {
    const { instruments, rejected } = read(row, INVERSE);
    expect(instruments.map(({ symbol }) => symbol)).toEqual(['BTC/USD:BTC']);
    expect(rejected[0]).toContain(`instruments[0].${field}: expected`);
  });

  it('leave the second of two with one symbol out', () => {
    const { rejected } = read(LINEAR, { ...LINEAR, symbol: 'PF_BTCUSD' });
    expect(rejected).toEqual(['instruments[1]: PF_BTCUSD is BTC/USD:USD, as PF_XBTUSD is']);
  });
});

describe('recorded lists of products', () => {
  const bodies = (readLines('nautilus/kraken/rest.jsonl') ?? [])
    .map((line) => JSON.parse(line) as { name: string; frame: unknown })
    .filter(({ name }) => name.startsWith('http_futures_instrument'))
    .map(({ frame }) => (typeof frame === 'string' ? frame : JSON.stringify(frame)));

  (bodies.length > 0 ? it : it.skip)(
    'are read whole, with symbols that come out as they were written',
    () => {
      const rejected: string[] = [];
      const lists = bodies.map((body) =>
        krakenFutures().rest.instruments.parse(body, undefined, (reason) => rejected.push(reason)),
      );
      expect(rejected).toEqual([]);
      const native = lists.map((list) => list.map(({ nativeSymbol }) => nativeSymbol));
      expect(native).toContainEqual(['PI_XBTUSD', 'PF_ETHUSD', 'PF_PEPEUSD', 'PF_AAPLxUSD']);
      for (const list of lists) {
        expect(new Set(list.map(({ symbol }) => symbol)).size).toBe(list.length);
        for (const { symbol, kind, base, quote } of list) {
          expect(isSymbol(symbol)).toBe(true);
          expect(formatSymbol(parseSymbol(symbol))).toBe(symbol);
          expect(parseSymbol(symbol)).toMatchObject({ kind, base, quote });
        }
      }
    },
  );
});
