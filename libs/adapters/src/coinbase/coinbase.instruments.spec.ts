import { formatSymbol, parseSymbol, type Instrument } from '@exchange-stream/market-data';
import { readCapture, readLines } from '../../test/captures.ts';
import { coinbase } from './coinbase.adapter.ts';
import { topics } from './coinbase.topics.ts';

const { instruments } = coinbase().rest;

function read(
  part: string | undefined,
  ...products: object[]
): { listed: readonly Instrument[]; rejected: string[] } {
  const rejected: string[] = [];
  const query = part === undefined ? undefined : { part };
  const listed = instruments.parse(JSON.stringify({ products }), query, (reason) => rejected.push(reason));
  return { listed, rejected };
}

const SPOT = {
  ...{ product_id: 'BTC-USD', product_type: 'SPOT', base_currency_id: 'BTC', quote_currency_id: 'USD' },
  ...{ base_increment: '0.00000001', price_increment: '0.01', quote_increment: '0.01', status: 'online' },
  ...{ trading_disabled: false, is_disabled: false, cancel_only: false, alias: '', alias_to: ['BTC-USDC'] },
};
const DETAILS = {
  ...{ contract_expiry: '2026-04-24T15:00:00Z', contract_expiry_type: 'EXPIRING', contract_size: '0.01' },
  ...{ contract_root_unit: 'BTC', funding_interval: null, funding_rate: '' },
};
const FUTURE = {
  ...{
    product_id: 'BIT-24APR26-CDE',
    product_type: 'FUTURE',
    base_currency_id: '',
    quote_currency_id: 'USD',
  },
  ...{ base_increment: '1', price_increment: '5', status: '', alias: '', trading_disabled: false },
  future_product_details: DETAILS,
};

describe('an instrument of Coinbase', () => {
  it('of spot has a book of its own, or is another name of one in dollars', () => {
    const alias = { ...SPOT, product_id: 'BTC-USDC', quote_currency_id: 'USDC', alias: 'BTC-USD' };
    const own = { ...alias, product_id: 'USDT-USDC', base_currency_id: 'USDT', alias: '' };
    const { listed, rejected } = read('SPOT', SPOT, alias, own);
    expect(rejected).toEqual([]);
    expect(listed).toEqual([
      {
        ...{ exchange: 'coinbase', kind: 'spot', symbol: 'BTC/USD', nativeSymbol: 'BTC-USD' },
        ...{ category: 'product', base: 'BTC', quote: 'USD', status: 'trading' },
        ...{ tickSize: '0.01', lotSize: '0.00000001' },
      },
      expect.objectContaining({ symbol: 'BTC/USDC', nativeSymbol: 'BTC-USDC', category: 'alias' }),
      expect.objectContaining({ symbol: 'USDT/USDC', nativeSymbol: 'USDT-USDC', category: 'product' }),
    ]);
    const books = listed.map(({ nativeSymbol, category }) => topics.book(nativeSymbol, {}, category));
    expect(books).toEqual(['level2:BTC-USD', 'level2:BTC-USD', 'level2:USDT-USDC']);
  });

  it('whose alias is none that its name tells is left out, rather than shown the wrong book', () => {
    const odd = { ...SPOT, product_id: 'BTC-USDT', alias: 'BTC-USD' };
    const { listed, rejected } = read('SPOT', odd);
    expect(listed).toEqual([]);
    expect(rejected).toEqual([expect.stringContaining('products[0].alias')]);
  });

  it('of the CDE is a future of what its contract is of, and a perpetual where it has funding', () => {
    const perpetual = {
      ...FUTURE,
      product_id: 'BIP-20DEC30-CDE',
      future_product_details: {
        ...DETAILS,
        ...{ contract_expiry: '2030-12-20T16:00:00Z', funding_interval: '3600s', funding_rate: '0.000013' },
      },
    };
    const { listed, rejected } = read('FUTURE', FUTURE, perpetual);
    expect(rejected).toEqual([]);
    expect(listed).toEqual([
      {
        ...{ exchange: 'coinbase', kind: 'future', symbol: 'BTC/USD:USD-260424' },
        ...{ nativeSymbol: 'BIT-24APR26-CDE', category: 'product', base: 'BTC', quote: 'USD' },
        ...{ status: 'trading', tickSize: '5', lotSize: '1', contractSize: '0.01', contractCurrency: 'BTC' },
      },
      expect.objectContaining({
        ...{ kind: 'perpetual', symbol: 'BTC/USD:USD', nativeSymbol: 'BIP-20DEC30-CDE' },
        ...{ contractSize: '0.01', contractCurrency: 'BTC' },
      }),
    ]);
  });

  it('shares its symbol with none: of two, the one whose name comes first counts, in whatever order they come', () => {
    const large = {
      ...FUTURE,
      product_id: 'BTI-24APR26-CDE',
      future_product_details: { ...DETAILS, contract_size: '1' },
    };
    for (const rows of [
      [FUTURE, large],
      [large, FUTURE],
    ]) {
      const { listed, rejected } = read('FUTURE', ...rows);
      expect(listed).toMatchObject([{ nativeSymbol: 'BIT-24APR26-CDE', contractSize: '0.01' }]);
      expect(rejected).toEqual(['BTI-24APR26-CDE is BTC/USD:USD-260424, as another product is']);
    }
  });

  it.each([
    [{}, 'trading'],
    [{ limit_only: true, post_only: true, auction_mode: true }, 'trading'],
    [{ trading_disabled: true }, 'halted'],
    [{ is_disabled: true }, 'halted'],
    [{ cancel_only: true }, 'halted'],
    [{ status: 'offline' }, 'halted'],
    [{ status: 'delisted', trading_disabled: true }, 'delisted'],
  ])('that is %j is %s', (more, status) => {
    expect(read('SPOT', { ...SPOT, ...more }).listed[0]?.status).toBe(status);
  });

  it('of another list is none of this one', () => {
    expect(read('FUTURE', SPOT, FUTURE).listed.map(({ nativeSymbol }) => nativeSymbol)).toEqual([
      'BIT-24APR26-CDE',
    ]);
    expect(read(undefined, SPOT, FUTURE).listed).toHaveLength(2);
  });

  it.each([
    ['no id', { product_id: '' }],
    ['an unknown kind', { product_type: 'OPTION' }],
    ['no base', { base_currency_id: '' }],
    ['a base that is no part of a symbol', { base_currency_id: 'B/C' }],
    ['a step that is no number', { base_increment: 'small' }],
  ])('with %s is rejected, and the others count', (_, more) => {
    const { listed, rejected } = read(
      undefined,
      { ...SPOT, ...more },
      { ...SPOT, product_id: 'ETH-USD', base_currency_id: 'ETH' },
    );
    expect(listed.map(({ symbol }) => symbol)).toEqual(['ETH/USD']);
    expect(rejected).toHaveLength(1);
  });
});

describe('the recorded lists of Coinbase', () => {
  const bodies = [
    ...(readCapture('cryptofeed-v3/coinbase/http.jsonl.gz') ?? []).map(({ frame = '' }) => frame),
    ...(readLines('nautilus/coinbase/rest.jsonl') ?? [])
      .map((line) => JSON.parse(line) as { name: string; frame: string })
      .filter(({ name }) => name.startsWith('http_products'))
      .map(({ frame }) => frame),
  ];

  (bodies.length > 0 ? it : it.skip)('are read to the last row, with a symbol for each', () => {
    for (const body of bodies) {
      const rejected: string[] = [];
      const listed = instruments.parse(body, undefined, (reason) => rejected.push(reason));
      expect(rejected).toEqual([]);
      expect(listed).toHaveLength((JSON.parse(body) as { products: unknown[] }).products.length);
      for (const { symbol } of listed) expect(formatSymbol(parseSymbol(symbol))).toBe(symbol);
      expect(new Set(listed.map(({ symbol }) => symbol)).size).toBe(listed.length);
      expect(instruments.nextPage?.(body)).toBeUndefined();
    }
    const [recorded = ''] = bodies;
    const listed = instruments.parse(recorded, { part: 'SPOT' }, () => {});
    expect(listed.filter(({ category }) => category === 'alias')).toHaveLength(400);
    expect(listed.filter(({ status }) => status === 'delisted')).toHaveLength(8);
  });
});
