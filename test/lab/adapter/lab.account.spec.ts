import type { Signing } from '@exchange-stream/nestjs/contract';
import { RecordingSink, type Call } from '../../../libs/adapters/test/recording-sink.ts';
import { accountOperations } from './lab.account.ts';
import { lab } from './lab.adapter.ts';

const ORDER = {
  ...{ orderId: 'o1', symbol: 'BTC-USDT', side: 'buy', price: '100.00', amount: '1' },
  ...{ filled: '0', status: 'open', version: 1, time: 1767225600100 },
};
const FILL = {
  ...{ fillId: '17', orderId: 'o1', symbol: 'BTC-USDT', side: 'sell', price: '100.00', amount: '1' },
  ...{ fee: '0.1', feeAsset: 'USDT', time: 1767225600100 },
};
const BALANCE = { asset: 'USDT', free: '10', locked: '0', time: 1767225600100 };
const POSITION = {
  symbol: 'BTC-USDT',
  side: 'short',
  amount: '1',
  entryPrice: '100.00',
  time: 1767225600100,
};

const SIGNING: Signing = { credentials: { key: 'k', secret: 's' }, nowMs: 0, nextNonce: () => 17 };

function receive(topic: string, more: object): Call[] {
  const sink = new RecordingSink(topic);
  const session = lab().createSession({
    endpoint: 'private',
    url: 'wss://lab.test/private',
    nextId: () => 1,
  });
  session.onFrame(Buffer.from(JSON.stringify({ topic, time: 1767225600123, ...more })), false, 0, sink);
  return sink.calls;
}

describe('private topics of Lab', () => {
  test.each([
    [
      'orders',
      ORDER,
      { type: 'order', id: 'o1', nativeSymbol: 'BTC-USDT', filled: '0', status: 'open', version: 1 },
    ],
    ['fills', FILL, { type: 'fill', id: '17', orderId: 'o1', side: 'sell', fee: '0.1', feeAsset: 'USDT' }],
    ['balances', BALANCE, { type: 'balance', asset: 'USDT', free: '10', locked: '0' }],
    [
      'positions',
      POSITION,
      { type: 'position', id: 'BTC-USDT', side: 'short', amount: '1', entryPrice: '100.00' },
    ],
  ])('%s are told row by row', (topic, row, said) => {
    const [[, , rows, isSnapshot] = []] = receive(topic, { data: [row] }) as [
      string,
      string,
      object[],
      boolean,
    ][];
    expect(isSnapshot).toBe(false);
    expect(rows).toMatchObject([{ ...said, time: 1767225600100 }]);
    expect(receive(topic, { snapshot: true, data: [] })).toEqual([['account', topic, [], true]]);
  });

  test('a bad row costs itself, and a snapshot with one', () => {
    const bad = { ...ORDER, status: 'gone' };
    const reason = '[0].status: expected "open", "filled" or "cancelled", got "gone"';
    const [rejected, account] = receive('orders', { data: [bad, ORDER] });
    expect(rejected).toEqual(['rejected', 'orders', reason]);
    expect(account).toMatchObject(['account', 'orders', [{ id: 'o1' }], false]);
    expect(receive('orders', { snapshot: true, data: [bad, ORDER] })).toEqual([
      ['rejected', 'orders', reason],
      ['ignored', 'snapshot with a bad row'],
    ]);
    expect(receive('orders', { data: {} })).toMatchObject([['rejected', 'orders', expect.any(String)]]);
    expect(receive('orders', { snapshot: 1, data: [] })).toMatchObject([
      ['rejected', 'orders', expect.any(String)],
    ]);
  });
});

describe('what accounts of Lab have by REST', () => {
  test('is asked for as the sheet says', () => {
    const { fills, orders } = accountOperations;
    expect(orders?.request(undefined, SIGNING)).toMatchObject({
      method: 'GET',
      path: '/api/orders',
      weight: 1,
    });
    const after = { id: '16', nativeSymbol: 'BTC-USDT' };
    expect(fills?.request({ after, limit: 5 }, SIGNING).path).toBe('/api/fills?after=16&limit=5');
    expect(fills?.request({ limit: 5 }, SIGNING).path).toBe('/api/fills?limit=5');
  });

  test('is read as on the stream', () => {
    const rejected: string[] = [];
    const body = JSON.stringify({ fills: [FILL, { ...FILL, fillId: 'x' }] });
    expect(
      accountOperations.fills?.parse(body, { limit: 5 }, (reason) => rejected.push(reason)),
    ).toMatchObject([{ type: 'fill', id: '17' }]);
    expect(rejected).toHaveLength(1);
    expect(() => accountOperations.orders?.parse('{}', undefined, () => undefined)).toThrow(
      'GET /api/orders',
    );
  });
});
