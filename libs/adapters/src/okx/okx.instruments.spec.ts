import { formatSymbol, isSymbol, parseSymbol, type Instrument } from '@exchange-stream/market-data';
import { readCapture, readLines } from '../../test/captures.ts';
import { okx } from './okx.adapter.ts';

const SPOT = {
  ...{ instType: 'SPOT', instId: 'BTC-USDT', baseCcy: 'BTC', quoteCcy: 'USDT', settleCcy: '', uly: '' },
  ...{ ctVal: '', ctMult: '', ctValCcy: '', expTime: '', stk: '', optType: '' },
  ...{ tickSz: '0.1', lotSz: '0.00000001', state: 'live' },
};
const SWAP = {
  ...{ ...SPOT, instType: 'SWAP', instId: 'BTC-USD-SWAP', baseCcy: '', quoteCcy: '', uly: 'BTC-USD' },
  ...{ settleCcy: 'BTC', ctVal: '100', ctMult: '1', ctValCcy: 'USD', lotSz: '1' },
};
const FUTURE = { ...SWAP, instType: 'FUTURES', instId: 'BTC-USD-251226', expTime: '1766736000000' };
const OPTION = {
  ...{ ...SWAP, instType: 'OPTION', instId: 'BTC-USD-251226-60000-C', expTime: '1766736000000' },
  ...{ stk: '60000', optType: 'C', ctVal: '1', ctMult: '0.01', ctValCcy: 'BTC', tickSz: '0.0001' },
};

function read(...data: object[]): { instruments: readonly Instrument[]; rejected: string[] } {
  const rejected: string[] = [];
  const body = JSON.stringify({ code: '0', msg: '', data });
  const instruments = okx().rest.instruments.parse(body, {}, (reason) => rejected.push(reason));
  return { instruments, rejected };
}

describe('the instruments of OKX', () => {
  it('are spot, perpetuals, futures and options under their unified symbols', () => {
    const { instruments, rejected } = read(SPOT, SWAP, FUTURE, OPTION);
    expect(rejected).toEqual([]);
    expect(instruments).toEqual([
      {
        ...{ exchange: 'okx', kind: 'spot', symbol: 'BTC/USDT', nativeSymbol: 'BTC-USDT', base: 'BTC' },
        ...{ quote: 'USDT', status: 'trading', tickSize: '0.1', lotSize: '0.00000001' },
      },
      {
        ...{ exchange: 'okx', kind: 'perpetual', symbol: 'BTC/USD:BTC', nativeSymbol: 'BTC-USD-SWAP' },
        ...{ base: 'BTC', quote: 'USD', status: 'trading', tickSize: '0.1', lotSize: '1' },
        ...{ contractSize: '100', contractCurrency: 'USD' },
      },
      {
        ...{ exchange: 'okx', kind: 'future', symbol: 'BTC/USD:BTC-251226', nativeSymbol: 'BTC-USD-251226' },
        ...{ base: 'BTC', quote: 'USD', status: 'trading', tickSize: '0.1', lotSize: '1' },
        ...{ contractSize: '100', contractCurrency: 'USD' },
      },
      {
        ...{ exchange: 'okx', kind: 'option', symbol: 'BTC/USD:BTC-251226-60000-C' },
        ...{ nativeSymbol: 'BTC-USD-251226-60000-C', base: 'BTC', quote: 'USD', status: 'trading' },
        ...{ tickSize: '0.0001', lotSize: '1', contractSize: '0.01', contractCurrency: 'BTC' },
      },
    ]);
  });

  it('say what a contract is worth: its value times its multiplier', () => {
    const { instruments } = read(
      { ...SWAP, ctVal: '0.1', ctMult: '10', ctValCcy: 'ETH' },
      { ...FUTURE, ctMult: '' },
    );
    expect(instruments.map(({ contractSize }) => Number(contractSize))).toEqual([1, 100]);
  });

  it.each([
    ['live', 'trading'],
    ['post_only', 'trading'],
    ['suspend', 'halted'],
    ['preopen', 'halted'],
    ['test', 'halted'],
    ['rebase', 'halted'],
    ['what is to come', 'halted'],
  ])('that are %s are %s', (state, status) => {
    expect(read({ ...SPOT, state }).instruments[0]?.status).toBe(status);
  });

  it('expire as their id says, or at the time of their expiry where that names no day', () => {
    const { instruments } = read({ ...FUTURE, instId: 'BTC-USD-XPERP' });
    expect(instruments[0]?.symbol).toBe('BTC/USD:BTC-251226');
  });

  it.each([
    [{ ...SPOT, baseCcy: '' }, 'data[0].baseCcy'],
    [{ ...SPOT, baseCcy: 'B/C' }, 'data[0].instId'],
    [{ ...SPOT, instType: 'MARGIN' }, 'data[0].uly'],
    [{ ...SWAP, instType: 'EVENTS' }, 'data[0].instType'],
    [{ ...SWAP, uly: 'BTC' }, 'data[0].instId'],
    [{ ...OPTION, optType: '' }, 'data[0].optType'],
    [{ ...FUTURE, instId: 'BTC-USD-X', expTime: '9007199254740991' }, 'data[0].expTime'],
    [{ ...SWAP, ctVal: '' }, 'data[0].ctVal'],
    [7, 'data[0]'],
  ])('leave a row out that is none: %j', (row, field) => {
    const { instruments, rejected } = read(row as object, SPOT);
    expect(instruments.map(({ symbol }) => symbol)).toEqual(['BTC/USDT']);
    expect(rejected[0]).toContain(`${field}: expected`);
  });

  it('leave the second of two with one symbol out', () => {
    const { instruments, rejected } = read(SWAP, { ...SWAP, instId: 'BTC-USD_X-SWAP' });
    expect(instruments).toHaveLength(1);
    expect(rejected).toEqual(['data[1]: BTC-USD_X-SWAP is BTC/USD:BTC, as BTC-USD-SWAP is']);
  });

  it('are asked for kind by kind, options by the family', () => {
    const { instruments } = okx({ optionFamilies: ['SOL-USD'] }).rest;
    expect(instruments.parts?.map((part) => instruments.request({ part }).path)).toEqual(
      ['SPOT', 'SWAP', 'FUTURES', 'OPTION&uly=SOL-USD'].map(
        (part) => `/api/v5/public/instruments?instType=${part}`,
      ),
    );
    expect(okx().rest.instruments.parts).toContain('OPTION&uly=ETH-USD');
  });
});

describe('recorded lists of instruments', () => {
  const bodies = [
    ...(readCapture('cryptofeed/okx/http.jsonl.gz') ?? [])
      .filter(({ k }) => k === 'http')
      .slice(0, 5)
      .map(({ frame = '' }) => frame),
    ...(readLines('nautilus/okx/rest.jsonl') ?? [])
      .map((line) => JSON.parse(line) as { name: string; frame: string })
      .filter(({ name }) => /instruments_(spot|swap|futures|option)/.test(name))
      .map(({ frame }) => (typeof frame === 'string' ? frame : JSON.stringify(frame))),
  ];
  const lists = bodies.map((body) => {
    const rejected: string[] = [];
    const instruments = okx().rest.instruments.parse(body, {}, (reason) => rejected.push(reason));
    return { instruments, rejected };
  });

  (bodies.length > 0 ? it : it.skip)('are read whole', () => {
    expect(lists).toHaveLength(9);
    expect(lists.flatMap(({ rejected }) => rejected)).toEqual([]);
    expect(lists.reduce((count, { instruments }) => count + instruments.length, 0)).toBeGreaterThan(1_000);
  });

  (bodies.length > 0 ? it : it.skip)('have symbols that come out as they were written', () => {
    for (const { symbol, kind, base, quote } of lists.flatMap(({ instruments }) => instruments)) {
      expect(isSymbol(symbol)).toBe(true);
      const parts = parseSymbol(symbol);
      expect(formatSymbol(parts)).toBe(symbol);
      expect(parts).toMatchObject({ kind, base, quote });
    }
  });

  (bodies.length > 0 ? it : it.skip)('have a symbol for each instrument, and none for two', () => {
    const bySymbol = new Map<string, string>();
    const byNative = new Map<string, string>();
    for (const { symbol, nativeSymbol } of lists.flatMap(({ instruments }) => instruments)) {
      expect(bySymbol.get(symbol) ?? nativeSymbol).toBe(nativeSymbol);
      expect(byNative.get(nativeSymbol) ?? symbol).toBe(symbol);
      bySymbol.set(symbol, nativeSymbol);
      byNative.set(nativeSymbol, symbol);
    }
  });
});
