import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BookOrder, QueueRule } from '@exchange-stream/market-data';
import { parse } from 'yaml';
import { dataMessage, type PublicEvent } from './feed-message.ts';

interface Schema {
  readonly required: readonly string[];
  readonly properties: Readonly<Record<string, { readonly enum?: readonly string[] }>>;
}

const { components } = parse(readFileSync(join(__dirname, '../../asyncapi.yaml'), 'utf8')) as {
  components: {
    schemas: Readonly<Record<string, Schema>> & { readonly orders: { readonly items: Schema } };
  };
};

const ORIGIN = {
  ...{ exchange: 'lab', symbol: 'A/B', nativeSymbol: 'AB', sequence: 7 },
  ...{ exchangeTime: 1, receivedAt: 2 },
};
const ORDER: Required<BookOrder> = { id: '1', price: '2', amount: '3', time: 4, period: 5 };
const ORDERS = { bids: [ORDER], asks: [] };
const LEVELS = { bids: [['2', '3', 1, 30] as const], asks: [] };
const QUEUES: Readonly<Record<QueueRule, true>> = { id: true, time: true, arrival: true };

const EVENTS: readonly (readonly [schema: string, t: string, event: PublicEvent])[] = [
  ['bookSnapshot', 'snap', { type: 'book-snapshot', ...ORIGIN, ...LEVELS }],
  ['bookUpdate', 'upd', { type: 'book-update', ...ORIGIN, ...LEVELS }],
  ['bookOrdersSnapshot', 'snap', { type: 'book-orders-snapshot', ...ORIGIN, queue: 'id', ...ORDERS }],
  ['bookOrdersUpdate', 'upd', { type: 'book-orders-update', ...ORIGIN, ...ORDERS }],
];

describe('messages of books', () => {
  it.each(EVENTS)('are described as %s', (name, t, event) => {
    const message = dataMessage(event, { ch: 'lab book A/B', e: 'e', s: 1, p: 0 }, 3);
    expect(message.t).toBe(t);
    const schema = components.schemas[name];
    const fields = Object.keys(message.d).sort();
    expect(Object.keys(schema?.properties ?? {}).sort()).toEqual(fields);
    expect([...(schema?.required ?? []), 'sequence'].sort()).toEqual(fields);
  });

  it('have rows and queues as described where they are by order', () => {
    const { required, properties } = components.schemas.orders.items;
    expect(Object.keys(properties)).toEqual(Object.keys(ORDER));
    expect(required).toEqual(['id', 'price', 'amount']);
    expect(components.schemas.bookOrdersSnapshot?.properties.queue?.enum).toEqual(Object.keys(QUEUES));
  });
});
