import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BookOrder, QueueRule } from '@exchange-stream/market-data';
import { parse } from 'yaml';
import { dataMessage, type PublicEvent } from './feed-message.ts';

interface Schema {
  readonly required?: readonly string[];
  readonly properties: Readonly<Record<string, { readonly enum?: readonly string[] }>>;
}

interface Described {
  readonly if: { readonly properties: { readonly t: { readonly const: string } } };
  readonly then: {
    readonly properties: {
      readonly d: { readonly $ref?: string; readonly oneOf?: readonly { readonly $ref: string }[] };
    };
  };
}

const { components } = parse(readFileSync(join(__dirname, '../../asyncapi.yaml'), 'utf8')) as {
  components: {
    schemas: Readonly<Record<string, Schema>> & {
      readonly orders: { readonly items: Schema };
      readonly marketData: Schema & { readonly allOf: readonly Described[] };
    };
  };
};

/** An event in which every field that may be absent is there. */
type Full<E> = E extends unknown ? Required<E> : never;

const ORIGIN = {
  ...{ exchange: 'lab', symbol: 'A/B', nativeSymbol: 'AB', sequence: 7 },
  ...{ exchangeTime: 1, receivedAt: 2 },
};
const ORDER: Required<BookOrder> = { id: '1', price: '2', amount: '3', time: 4, periodDays: 5 };
const ORDERS = { bids: [ORDER], asks: [] };
const LEVELS = { bids: [['2', '3', 1, 30] as const], asks: [] };
const QUEUES: Readonly<Record<QueueRule, true>> = { id: true, time: true, arrival: true };
const OPEN_INTEREST = { openInterest: '1', openInterestContracts: '2' };
const PERIODS = { bidPeriodDays: 30, askPeriodDays: 2 };
const AGGREGATES = { firstId: '1', lastId: '2' };

/** One of each, by the schema that describes it. */
const EVENTS: { readonly [schema: string]: Full<PublicEvent> } = {
  bookSnapshot: { type: 'book-snapshot', ...ORIGIN, ...LEVELS },
  bookUpdate: { type: 'book-update', ...ORIGIN, ...LEVELS },
  bookOrdersSnapshot: { type: 'book-orders-snapshot', ...ORIGIN, queue: 'id', ...ORDERS },
  bookOrdersUpdate: { type: 'book-orders-update', ...ORIGIN, ...ORDERS },
  trade: {
    ...{ type: 'trade', ...ORIGIN, id: '1', price: '2', amount: '3', side: 'buy' },
    ...{ aggregates: AGGREGATES, periodDays: 30, block: true, backfilled: true },
  },
  ticker: {
    ...{ type: 'ticker', ...ORIGIN, last: '1', open: '1', high: '1', low: '1', change: '0' },
    ...{ changePercent: '0', weightedAverage: '1', baseVolume: '1', quoteVolume: '1', tradeCount: 1 },
    ...{ bid: '1', bidAmount: '1', ask: '2', askAmount: '1', openTime: 1, closeTime: 2 },
    ...PERIODS,
    ...{ flashReturnRate: '0.0002', flashReturnAmount: '3' },
  },
  quote: { type: 'quote', ...ORIGIN, bid: '1', bidAmount: '1', ask: '2', askAmount: '1', ...PERIODS },
  candle: {
    ...{ type: 'candle', ...ORIGIN, interval: '1m', openTime: 0, closeTime: 60_000 },
    ...{ open: '1', high: '1', low: '1', close: '1', baseVolume: '1', quoteVolume: '1', tradeCount: 1 },
    ...{ takerBuyBaseVolume: '1', takerBuyQuoteVolume: '1' },
    ...{ closed: true, source: 'rest', synthetic: true, correction: true },
  },
  derivatives: {
    ...{ type: 'derivatives', ...ORIGIN, ...OPEN_INTEREST, openInterestValue: '3' },
    ...{ markPrice: '1', indexPrice: '1', estimatedSettlementPrice: '1' },
    ...{ fundingRate: '0', nextFundingTime: 1, fundingIntervalMs: 1, predictedFundingRate: '0' },
  },
  liquidation: {
    ...{ type: 'liquidation', ...ORIGIN, side: 'sell', price: '1', priceKind: 'order' },
    ...{ amount: '1', averagePrice: '1' },
  },
  option: {
    ...{ type: 'option', ...ORIGIN, ...OPEN_INTEREST, markPrice: '1', underlyingPrice: '1', indexPrice: '1' },
    ...{ markImpliedVolatility: '1', bidImpliedVolatility: '1', askImpliedVolatility: '1' },
    ...{ delta: '1', gamma: '1', vega: '1', theta: '1', rho: '1' },
  },
  platformStatus: {
    ...{ type: 'platform-status', ...ORIGIN, id: '1', state: 'ongoing', text: 'upgrade' },
    ...{ begin: 1, end: 2, url: 'https://lab.test' },
  },
  raw: { type: 'raw', ...ORIGIN, topic: 'a', json: '{}' },
};

/** Fields that are always there. */
const ALWAYS: { readonly [schema: string]: readonly string[] } = {
  bookSnapshot: ['bids', 'asks'],
  bookUpdate: ['bids', 'asks'],
  bookOrdersSnapshot: ['queue', 'bids', 'asks'],
  bookOrdersUpdate: ['bids', 'asks'],
  trade: ['id', 'price', 'amount', 'side'],
  ticker: ['last'],
  quote: ['bid', 'bidAmount', 'ask', 'askAmount'],
  candle: [
    ...['interval', 'openTime', 'closeTime', 'open', 'high', 'low', 'close'],
    ...['baseVolume', 'closed', 'source'],
  ],
  derivatives: [],
  liquidation: ['side', 'price', 'priceKind', 'amount'],
  option: [],
  platformStatus: ['id', 'state', 'text'],
  raw: ['topic', 'json'],
};

describe('messages of data', () => {
  it.each(Object.entries(EVENTS))('are described as %s', (name, event) => {
    const { t, d } = dataMessage(event, { ch: 'lab book A/B', e: 'e', s: 1, p: 0 }, 3);
    const { properties, required = [] } = components.schemas[name]!;
    expect(Object.keys(properties).sort()).toEqual(Object.keys(d).sort());
    expect(required).toEqual(ALWAYS[name]);
    expect(schemasOf(t)).toContain(name);
  });

  it('are of no kind that is not described', () => {
    const kinds = components.schemas.marketData.properties.t?.enum ?? [];
    expect(kinds.flatMap(schemasOf).sort()).toEqual(Object.keys(EVENTS).sort());
  });

  it('have rows and queues as described where they are by order', () => {
    const { required, properties } = components.schemas.orders.items;
    expect(Object.keys(properties)).toEqual(Object.keys(ORDER));
    expect(required).toEqual(['id', 'price', 'amount']);
    expect(components.schemas.bookOrdersSnapshot?.properties.queue?.enum).toEqual(Object.keys(QUEUES));
  });
});

/** The schemas that describe the data of a kind of message. */
function schemasOf(kind: string): string[] {
  const { d } = components.schemas.marketData.allOf.find(
    (described) => described.if.properties.t.const === kind,
  )!.then.properties;
  return (d.oneOf ?? [d]).map(({ $ref = '' }) => $ref.replace('#/components/schemas/', ''));
}
