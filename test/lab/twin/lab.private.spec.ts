import { addDecimals } from '@exchange-stream/market-data';
import { KeyHolder, LabClient, startLab, type Frame } from './lab-client.ts';
import type { LabExchange } from './lab.exchange.ts';
import { PRIVATE_KINDS, type PrivateKind, type PrivateRows } from './lab.private-rows.ts';

const ORDER = { op: 'order.place', symbol: 'BTC-USDT', side: 'buy', price: '100.00', amount: '1' };
const KEYS = ['lab-key', 'lab-key-2'] as const;

/** A socket of an account, logged in. */
function enter(lab: LabExchange, path: string, key: string = KEYS[0]): LabClient {
  const client = new LabClient(lab, path);
  client.ask(new KeyHolder(lab, key).login({ time: 1 }));
  return client;
}

/** What a client knows that follows the private topics by the letter of the sheet. */
class Replica {
  readonly orders = new Map<string, PrivateRows['orders'][number]>();
  readonly fills: PrivateRows['fills'][number][] = [];
  readonly balances = new Map<string, PrivateRows['balances'][number]>();
  readonly positions = new Map<string, PrivateRows['positions'][number]>();

  apply({ topic, snapshot, data }: Frame): void {
    const rows = data as PrivateRows[PrivateKind];
    if (snapshot === true && topic !== 'fills') this[topic as 'orders' | 'balances' | 'positions'].clear();
    for (const row of rows) {
      if ('fillId' in row) this.fills.push(row);
      else if ('version' in row) set(this.orders, row.orderId, row, row.status === 'open');
      else if ('asset' in row) this.balances.set(row.asset, row);
      else set(this.positions, row.symbol, row, row.amount !== '0');
    }
  }

  get rows(): PrivateRows {
    return {
      orders: [...this.orders.values()],
      fills: this.fills,
      balances: [...this.balances.values()],
      positions: [...this.positions.values()],
    };
  }
}

function set<T>(rows: Map<string, T>, id: string, row: T, stays: boolean): void {
  if (stays) rows.set(id, row);
  else rows.delete(id);
}

const sorted = ({ orders, fills, balances, positions }: PrivateRows): unknown => ({
  orders: [...orders].sort((a, b) => a.orderId.localeCompare(b.orderId)),
  fills,
  balances: [...balances].sort((a, b) => a.asset.localeCompare(b.asset)),
  positions: [...positions].sort((a, b) => a.symbol.localeCompare(b.symbol)),
});

describe('private topics of lab', () => {
  test('a snapshot and the changes after it are what is true of the account', async () => {
    const { clock, lab } = startLab();
    const clients = KEYS.map((key) => enter(lab, '/private', key));
    for (const client of clients) client.subscribe(...PRIVATE_KINDS);
    await clock.advance(303_000);
    for (const [rank, client] of clients.entries()) {
      const replica = new Replica();
      for (const frame of client.frames) if ('topic' in frame) replica.apply(frame);
      expect(sorted(replica.rows)).toEqual(sorted(lab.account(KEYS[rank]!)));
    }
    expect(lab.violations).toEqual([]);
  });

  test('the first frame is whole, those after it tell what has changed', async () => {
    const { clock, lab } = startLab();
    await clock.advance(12_000);
    const client = enter(lab, '/private');
    const [, ...wholes] = client.subscribe(...PRIVATE_KINDS);
    const { orders, balances, positions } = lab.account('lab-key');
    expect(wholes).toEqual([
      { topic: 'orders', time: clock.now(), snapshot: true, data: orders },
      { topic: 'fills', time: clock.now(), snapshot: true, data: [] },
      { topic: 'balances', time: clock.now(), snapshot: true, data: balances },
      { topic: 'positions', time: clock.now(), snapshot: true, data: positions },
    ]);
    expect(balances.find(({ asset }) => asset === 'LAB')).toMatchObject({ free: '0', locked: '0' });
    expect(orders).toHaveLength(1);
    expect(positions).toHaveLength(1);
    const before = client.frames.length;
    await clock.advance(5_000);
    const later = client.frames.slice(before);
    expect(later.map(({ snapshot }) => snapshot)).not.toContain(true);
    expect(later.map(({ topic }) => topic)).toEqual(['orders', 'balances']);
    expect(client.subscribe('orders')[1]).toMatchObject({ snapshot: true });
  });

  test('orders are filled and cancelled in turn, each with its next version', async () => {
    const { clock, lab } = startLab();
    const client = enter(lab, '/private');
    client.subscribe('orders');
    await clock.advance(21_000);
    const told = client.of<PrivateRows['orders']>('orders').slice(1);
    expect(
      told.map((rows) => rows.map(({ orderId, status, version }) => [orderId, status, version])),
    ).toEqual([
      [['o1', 'open', 1]],
      [
        ['o1', 'filled', 2],
        ['o3', 'open', 1],
      ],
      [
        ['o3', 'cancelled', 2],
        ['o5', 'open', 1],
      ],
      [
        ['o5', 'filled', 2],
        ['o7', 'open', 1],
      ],
    ]);
    expect(told[1]![0]).toMatchObject({ filled: told[1]![0]!.amount, time: clock.now() - 11_000 });
  });

  test('fills count up by one for each account, and follow their orders', async () => {
    const { clock, lab } = startLab();
    const clients = KEYS.map((key) => enter(lab, '/private', key));
    for (const client of clients) client.subscribe('fills');
    await clock.advance(61_000);
    for (const client of clients) {
      const fills = client.of<PrivateRows['fills']>('fills').flat();
      expect(fills.map(({ fillId }) => fillId)).toEqual(['1', '2', '3', '4', '5', '6']);
      expect(new Set(fills.map(({ symbol }) => symbol)).size).toBe(3);
      expect(fills[0]).toMatchObject({ side: 'buy', feeAsset: 'USDT', amount: '0.5000' });
    }
  });

  test('positions open long and short, and close', async () => {
    const { clock, lab } = startLab({ symbols: ['BTC-USDT'] });
    const client = enter(lab, '/private');
    client.subscribe('positions', 'fills');
    await clock.advance(91_000);
    const positions = client.of<PrivateRows['positions']>('positions').slice(1).flat();
    const states = positions.map(({ side, amount }) => (amount === '0' ? 'closed' : side));
    expect(states).toEqual([
      'long',
      'closed',
      'long',
      'closed',
      'long',
      'closed',
      'short',
      'closed',
      'short',
    ]);
    const prices = client
      .of<PrivateRows['fills']>('fills')
      .flat()
      .map(({ price }) => price);
    expect(positions[0]!.entryPrice).toBe(prices[0]);
    expect(positions[1]!.entryPrice).toBe(prices[0]);
    expect(positions[2]!.entryPrice).toBe(prices[2]);
  });

  test('an order locks what it needs, until it is cancelled', async () => {
    const { clock, lab } = startLab();
    const trading = enter(lab, '/trading');
    const balance = (asset: string): { free: string; locked: string } =>
      lab.account('lab-key').balances.find((row) => row.asset === asset)!;
    const { free } = balance('USDT');
    trading.ask(ORDER);
    expect(balance('USDT')).toMatchObject({ free: addDecimals(free, '-100.00'), locked: '100.00' });
    trading.ask({ ...ORDER, side: 'sell', amount: '2' });
    expect(balance('BTC').locked).toBe('2');
    trading.ask({ op: 'order.cancel', orderId: 'p1' });
    expect(Number(balance('USDT').locked)).toBe(0);
    await clock.advance(1_000);
    expect(trading.ask({ ...ORDER, price: '1', amount: '2000000000' })).toMatchObject([
      { error: { code: 8 } },
    ]);
    expect(trading.ask({ ...ORDER, price: '-1' })).toMatchObject([{ error: { code: 8 } }]);
    expect(lab.account('lab-key').orders.map(({ orderId }) => orderId)).toEqual(['p2']);
  });

  test('an order is told to the sockets of its account, right after the answer, and to no other', async () => {
    const { lab, clock } = startLab();
    const [mine, foreign] = KEYS.map((key) => enter(lab, '/private', key));
    mine!.subscribe('orders', 'balances');
    foreign!.subscribe('orders', 'balances');
    const before = [mine!.texts.length, foreign!.texts.length];
    const trading = enter(lab, '/trading');
    const [answer] = trading.ask({ ...ORDER, side: 'sell', price: '101.50', amount: '2' });
    expect(answer).toEqual({ result: { orderId: 'p1' }, id: 2 });
    const order = {
      orderId: 'p1',
      symbol: 'BTC-USDT',
      side: 'sell',
      price: '101.50',
      amount: '2',
      filled: '0',
      status: 'open',
      version: 1,
      time: clock.now(),
    };
    expect(mine!.frames.slice(before[0])).toMatchObject([
      { topic: 'orders', data: [order] },
      { topic: 'balances', data: [{ asset: 'BTC', locked: '2' }] },
    ]);
    expect(foreign!.frames.slice(before[1])).toEqual([]);
    // Another account's order cannot be cancelled either.
    expect(enter(lab, '/trading', KEYS[1]).ask({ op: 'order.cancel', orderId: 'p1' })).toMatchObject([
      { error: { code: 8 } },
    ]);
    // It rests.
    await clock.advance(600_000);
    expect(lab.account('lab-key').orders.map(({ orderId }) => orderId)).toContain('p1');
    trading.ask({ op: 'order.cancel', orderId: 'p1' });
    expect(mine!.of<PrivateRows['orders']>('orders').at(-1)).toEqual([
      { ...order, status: 'cancelled', version: 2, time: clock.now() },
    ]);
  });

  test('accounts rest while the market is paused', async () => {
    const { lab, clock } = startLab();
    const client = enter(lab, '/private');
    client.subscribe(...PRIVATE_KINDS);
    await clock.advance(30_000);
    lab.market.pause();
    const before = client.texts.length;
    await clock.advance(30_000);
    expect(client.texts.slice(before)).toEqual([]);
    lab.market.resume();
    await clock.advance(10_000);
    expect(client.texts.length).toBeGreaterThan(before);
  });
});

describe('private data of lab by REST', () => {
  test('open orders, balances and positions, of the caller', async () => {
    const { lab, clock } = startLab();
    await clock.advance(32_000);
    const holder = new KeyHolder(lab, KEYS[1]);
    const { orders, balances, positions } = lab.account(KEYS[1]);
    expect(holder.call('GET', '/api/orders').json).toEqual({ orders });
    expect(holder.call('GET', '/api/balances').json).toEqual({ balances });
    expect(holder.call('GET', '/api/positions').json).toEqual({ positions });
    expect(orders).toHaveLength(1);
    expect(orders).not.toEqual(lab.account(KEYS[0]).orders);
    expect(positions.length).toBeGreaterThan(0);
  });

  test('fills after one, or the latest ones', async () => {
    const { lab, clock } = startLab();
    await clock.advance(111_000);
    const holder = new KeyHolder(lab);
    const ids = (query: string): unknown[] =>
      (holder.call('GET', `/api/fills${query}`).json as unknown as PrivateRows).fills.map(({ fillId }) =>
        Number(fillId),
      );
    expect(ids('')).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect(ids('?limit=2')).toEqual([10, 11]);
    expect(ids('?after=4&limit=3')).toEqual([5, 6, 7]);
    expect(ids('?after=9')).toEqual([10, 11]);
    expect(ids('?after=11')).toEqual([]);
    expect(holder.call('GET', '/api/fills?after=x')).toMatchObject({
      status: 400,
      json: { error: { code: 6 } },
    });
  });
});
