import { formatSymbol, isSymbol, parseSymbol, type Instrument } from '@exchange-stream/market-data';
import { readLines } from '../../test/captures.ts';
import { kraken } from './kraken.adapter.ts';
import { restNameOf, symbolOf } from './kraken.instruments.ts';

const PAIR = {
  ...{
    altname: 'XBTUSDT',
    wsname: 'XBT/USDT',
    base: 'XXBT',
    quote: 'USDT',
    pair_decimals: 1,
    lot_decimals: 8,
  },
  ...{ ordermin: '0.00005', costmin: '0.5', tick_size: '0.1', status: 'online' },
};

function read(pairs: object): { instruments: readonly Instrument[]; rejected: string[] } {
  const rejected: string[] = [];
  const body = JSON.stringify({ error: [], result: pairs });
  const instruments = kraken().rest.instruments.parse(body, undefined, (reason) => rejected.push(reason));
  return { instruments, rejected };
}

describe('the instruments of Kraken', () => {
  it('are called as WebSocket v2 calls them, and as everybody does', () => {
    expect(read({ XBTUSDT: PAIR })).toEqual({
      rejected: [],
      instruments: [
        {
          ...{ exchange: 'kraken', kind: 'spot', symbol: 'BTC/USDT', nativeSymbol: 'BTC/USDT' },
          ...{ base: 'BTC', quote: 'USDT', status: 'trading', tickSize: '0.1', lotSize: '0.00000001' },
        },
      ],
    });
  });

  it.each([
    ['XBT/USD', 'BTC/USD', 'XBTUSD'],
    ['XDG/XBT', 'DOGE/BTC', 'XDGXBT'],
    ['ETH/XBT', 'ETH/BTC', 'ETHXBT'],
    ['AAPLx/USD', 'AAPLx/USD', 'AAPLxUSD'],
  ])('%s is %s, on either side, and %s in questions to REST', (wsname, symbol, rest) => {
    expect(symbolOf(wsname)).toBe(symbol);
    expect(restNameOf(symbol)).toBe(rest);
  });

  it.each([
    ['online', 'trading'],
    ['limit_only', 'trading'],
    ['post_only', 'trading'],
    ['reduce_only', 'trading'],
    ['cancel_only', 'halted'],
    ['maintenance', 'halted'],
    ['work_in_progress', 'halted'],
    ['what is to come', 'halted'],
    ['delisted', 'delisted'],
  ])('that are %s are %s', (status, expected) => {
    expect(read({ XBTUSDT: { ...PAIR, status } }).instruments[0]?.status).toBe(expected);
  });

  it.each([
    [{ ...PAIR, wsname: '' }, 'XBTUSD.wsname'],
    [{ ...PAIR, wsname: 'XBTUSD' }, 'XBTUSD.wsname'],
    [{ ...PAIR, wsname: 'A/B/C' }, 'XBTUSD.wsname'],
    [{ ...PAIR, tick_size: '-1' }, 'XBTUSD.tick_size'],
    [{ ...PAIR, lot_decimals: 99 }, 'XBTUSD.lot_decimals'],
    [7, 'XBTUSD'],
  ])('leave a pair out that is none: %j', (pair, field) => {
    const { instruments, rejected } = read({ XBTUSD: pair, ETHUSD: { ...PAIR, wsname: 'ETH/USD' } });
    expect(instruments.map(({ symbol }) => symbol)).toEqual(['ETH/USD']);
    expect(rejected[0]).toContain(`${field}: expected`);
  });

  it('leave the second of two with one symbol out', () => {
    const { instruments, rejected } = read({ XBTUSDT: PAIR, 'XBTUSDT.d': PAIR });
    expect(instruments).toHaveLength(1);
    expect(rejected).toEqual(['XBTUSDT.d is BTC/USDT, as another pair is']);
  });
});

describe('recorded lists of pairs', () => {
  const bodies = (readLines('nautilus/kraken/rest.jsonl') ?? [])
    .map((line) => JSON.parse(line) as { name: string; frame: unknown })
    .filter(({ name }) => name.startsWith('http_asset_pairs'))
    .map(({ frame }) => (typeof frame === 'string' ? frame : JSON.stringify(frame)));

  (bodies.length > 0 ? it : it.skip)(
    'are read whole, with symbols that come out as they were written',
    () => {
      const rejected: string[] = [];
      const instruments = bodies.flatMap((body) =>
        kraken().rest.instruments.parse(body, undefined, (reason) => rejected.push(reason)),
      );
      expect(rejected).toEqual([]);
      expect(instruments.map(({ symbol }) => symbol)).toEqual(['BTC/USDT', 'AAPLx/USD']);
      for (const { symbol, kind, base, quote } of instruments) {
        expect(isSymbol(symbol)).toBe(true);
        expect(formatSymbol(parseSymbol(symbol))).toBe(symbol);
        expect(parseSymbol(symbol)).toEqual({ kind, base, quote });
      }
      expect(new Set(instruments.map(({ symbol }) => symbol)).size).toBe(instruments.length);
    },
  );
});
