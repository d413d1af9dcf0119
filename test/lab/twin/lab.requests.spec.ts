import { createHmac } from 'node:crypto';
import { LabClient, startLab } from './lab-client.ts';

const TRADES = 'trades:BTC-USDT';
const TICKER = 'ticker:BTC-USDT';
const NOWHERE = 'trades:XXX-USDT';

describe('acks of lab', () => {
  test('`request`: one for all, and what is refused is not done', async () => {
    const { clock, lab } = startLab({ acks: 'request' });
    const client = new LabClient(lab);
    expect(client.subscribe(TRADES, TICKER)).toEqual([{ ack: 1 }]);
    expect(client.subscribe('quotes:BTC-USDT', NOWHERE)).toEqual([
      { error: { code: 1, message: 'unknown topic' }, id: 2 },
    ]);
    expect([...[...lab.connections][0]!.subscriptions]).toEqual([TRADES, TICKER]);
    expect(client.ask({ op: 'unsubscribe', topics: [TRADES] })).toEqual([{ ack: 3 }]);
    await clock.advance(3_000);
    expect(client.of(TRADES)).toEqual([]);
    expect(client.of(TICKER).length).toBeGreaterThanOrEqual(2);
  });

  test('`topic`: one for each, taken or refused by itself', () => {
    const { lab } = startLab({ acks: 'topic' });
    const client = new LabClient(lab);
    expect(client.subscribe(TRADES, NOWHERE)).toEqual([
      { ack: 1, topic: TRADES },
      { error: { code: 1, message: 'unknown topic' }, id: 1, topic: NOWHERE },
    ]);
  });

  test('`channel`: a number in place of the topic, used again after a release', async () => {
    const { clock, lab } = startLab({ acks: 'channel' });
    const client = new LabClient(lab);
    expect(client.subscribe(TRADES, TICKER)).toEqual([
      { ack: 1, topic: TRADES, channel: 1 },
      { ack: 1, topic: TICKER, channel: 2 },
    ]);
    await clock.advance(2_000);
    expect(client.frames).toContainEqual(
      expect.objectContaining({ channel: 2, data: expect.anything() as unknown }),
    );
    expect(client.ask({ op: 'unsubscribe', topics: [TRADES] })).toEqual([
      { ack: 2, topic: TRADES, channel: 1 },
    ]);
    expect(client.subscribe('quotes:BTC-USDT')).toEqual([{ ack: 3, topic: 'quotes:BTC-USDT', channel: 1 }]);
  });

  test('an unknown topic may be acknowledged and never send anything', async () => {
    const { clock, lab } = startLab({ unknownTopics: 'silent' });
    const client = new LabClient(lab);
    expect(client.subscribe(NOWHERE, 'candles.1m:BTC-USDT')).toEqual([{ ack: 1 }]);
    await clock.advance(5_000);
    expect(client.texts).toHaveLength(1);
  });

  test('two variants of one book may exclude each other', () => {
    const { lab } = startLab({ exclusiveBooks: true });
    const client = new LabClient(lab);
    client.subscribe('book:BTC-USDT', 'book10:ETH-USDT');
    expect(client.subscribe('book10:BTC-USDT')).toEqual([
      { error: expect.objectContaining({ code: 5 }) as unknown, id: 2 },
    ]);
    expect(lab.violations).toEqual([expect.objectContaining({ rule: 'exclusive-topics' })]);
  });

  test.each([
    ['no JSON', 'hello', undefined],
    ['no object', '[1]', undefined],
    ['no op', '{"id":3}', 3],
    ['no id', '{"op":"subscribe","topics":["trades:BTC-USDT"]}', undefined],
    ['no topics', '{"op":"subscribe","id":3,"topics":[]}', 3],
  ])('what is malformed is refused: %s', (_name, text, id) => {
    const { lab } = startLab();
    const client = new LabClient(lab);
    client.say(text);
    expect(client.frames).toEqual([
      { error: expect.objectContaining({ code: 6 }) as unknown, ...(id !== undefined && { id }) },
    ]);
    expect(lab.violations).toEqual([expect.objectContaining({ rule: 'invalid-request' })]);
  });

  test('an id counts once', () => {
    const { lab } = startLab();
    const client = new LabClient(lab);
    client.ask({ op: 'subscribe', id: 9, topics: [TRADES] });
    expect(client.ask({ op: 'unsubscribe', id: 9, topics: [TRADES] })).toEqual([
      { error: { code: 6, message: 'id 9 was used before' }, id: 9 },
    ]);
  });
});

describe('login and trading of lab', () => {
  const login = (secret = 'lab-secret'): Record<string, unknown> => ({
    op: 'login',
    key: 'lab-key',
    time: 1_767_225_600_000,
    signature: createHmac('sha256', secret).update('1767225600000').digest('hex'),
  });

  test('private topics flow after a login only', async () => {
    const { clock, lab } = startLab();
    const client = new LabClient(lab, '/private');
    expect(client.subscribe('orders')).toEqual([{ error: { code: 4, message: 'not logged in' }, id: 1 }]);
    expect(client.ask(login('guessed'))).toEqual([
      { error: { code: 7, message: 'wrong key or signature' }, id: 2 },
    ]);
    expect(client.ask(login())).toEqual([{ login: 3 }]);
    expect(client.subscribe('orders', 'balances')).toMatchObject([
      { ack: 4 },
      { topic: 'orders' },
      { topic: 'balances' },
    ]);
    await clock.advance(10_000);
    expect(client.of('balances')).toHaveLength(3);
    expect(client.of('orders')).toHaveLength(3);
    expect(lab.violations).toEqual([expect.objectContaining({ rule: 'not-logged-in' })]);
  });

  test('orders are placed and cancelled once', () => {
    const { lab } = startLab();
    const client = new LabClient(lab, '/trading');
    const order = { op: 'order.place', symbol: 'BTC-USDT', side: 'buy', price: '100.00', amount: '1' };
    expect(client.ask(order)).toEqual([{ error: { code: 4, message: 'not logged in' }, id: 1 }]);
    client.ask(login());
    expect(client.ask(order)).toEqual([{ result: { orderId: 'p1' }, id: 3 }]);
    expect(client.ask({ op: 'order.cancel', orderId: 'p1' })).toEqual([{ result: { orderId: 'p1' }, id: 4 }]);
    expect(client.ask({ op: 'order.cancel', orderId: 'p1' })).toEqual([
      { error: { code: 8, message: 'there is no such order' }, id: 5 },
    ]);
  });
});
