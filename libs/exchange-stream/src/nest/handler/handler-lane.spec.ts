import type { MarketEvent } from '@exchange-stream/market-data';
import { HandlerLane } from './handler-lane.ts';

const trade = (id: number): MarketEvent => ({
  type: 'trade',
  exchange: 'lab',
  symbol: 'BTC/USDT',
  nativeSymbol: 'BTCUSDT',
  receivedAt: 0,
  id: String(id),
  price: '1',
  amount: '1',
  side: 'buy',
});

const idOf = (event: MarketEvent): string => (event.type === 'trade' ? event.id : event.type);

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('HandlerLane', () => {
  let seen: string[];
  let failures: string[];
  let release: () => void;
  const sync = { name: 'P.sync', invoke: (event: MarketEvent) => void seen.push(`sync ${idOf(event)}`) };
  const slow = {
    name: 'P.slow',
    invoke: async (event: MarketEvent) => {
      seen.push(`slow ${idOf(event)}`);
      await new Promise<void>((resolve) => (release = resolve));
      seen.push(`slow ${idOf(event)} done`);
    },
  };
  const lane = (capacity: number, overflowed: (lost: number) => void = () => {}): HandlerLane =>
    new HandlerLane(capacity, ({ name }, error) => failures.push(`${name}: ${String(error)}`), overflowed);

  beforeEach(() => {
    seen = [];
    failures = [];
  });

  it('calls a synchronous handler within the same turn', () => {
    const subject = lane(1);
    subject.deliver(sync, trade(1));
    subject.deliver(sync, trade(2));
    expect(seen).toEqual(['sync 1', 'sync 2']);
    expect(subject.waiting).toBe(0);
  });

  it('holds everything back while a promise is open, then goes on in order', async () => {
    const subject = lane(10);
    subject.deliver(slow, trade(1));
    subject.deliver(sync, trade(1));
    subject.deliver(slow, trade(2));
    subject.deliver(sync, trade(2));
    expect(seen).toEqual(['slow 1']);
    expect(subject.waiting).toBe(3);

    release();
    await turn();
    expect(seen).toEqual(['slow 1', 'slow 1 done', 'sync 1', 'slow 2']);
    release();
    await turn();
    expect(seen.slice(-2)).toEqual(['slow 2 done', 'sync 2']);
  });

  it('goes on after a handler that throws or rejects, and says which it was', async () => {
    const subject = lane(10);
    const thrower = {
      name: 'P.thrower',
      invoke: (): void => {
        throw new Error('no');
      },
    };
    const rejecter = { name: 'P.rejecter', invoke: () => Promise.reject(new Error('later')) };
    subject.deliver(thrower, trade(1));
    subject.deliver(rejecter, trade(1));
    subject.deliver(sync, trade(1));
    await turn();
    expect(failures).toEqual(['P.thrower: Error: no', 'P.rejecter: Error: later']);
    expect(seen).toEqual(['sync 1']);
  });

  it('gives up what waits when it is full, counts it, and takes what stands in its place', async () => {
    const told: number[] = [];
    const subject: HandlerLane = lane(2, (lost) => {
      told.push(lost);
      for (const id of [97, 98, 99]) subject.deliver(sync, trade(id));
    });
    subject.deliver(slow, trade(1));
    for (const id of [2, 3, 4]) subject.deliver(sync, trade(id));
    expect(told).toEqual([3]);
    expect(subject.lost).toBe(3);

    release();
    await turn();
    expect(seen).toEqual(['slow 1', 'slow 1 done', 'sync 97', 'sync 98', 'sync 99']);
  });

  it('keeps the order over more events than it compacts at once', async () => {
    const subject = lane(5_000);
    subject.deliver(slow, trade(0));
    for (let id = 1; id <= 3_000; id++) subject.deliver(sync, trade(id));
    release();
    await turn();
    expect(seen.slice(2)).toEqual(Array.from({ length: 3_000 }, (_, index) => `sync ${index + 1}`));
    expect(subject.waiting).toBe(0);
  });

  it('calls nobody after it was closed', async () => {
    const subject = lane(10);
    subject.deliver(slow, trade(1));
    subject.deliver(sync, trade(2));
    subject.close();
    subject.deliver(sync, trade(3));
    release();
    await turn();
    expect(seen).toEqual(['slow 1', 'slow 1 done']);
  });
});
