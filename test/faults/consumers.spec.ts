import type { MarketEvent } from '@exchange-stream/market-data';
import type { ConsumerView, LifecycleEvent, SubscriptionHandle } from '@exchange-stream/nestjs/engine';
import { BOOK, type LabWorld } from '../lab/lab-world.ts';
import { heldBytes } from './heap.ts';
import { measured } from './measured.ts';
import { liveLab } from './worlds.ts';

const TRADES = { exchange: 'lab', channel: 'trades', symbol: 'BTC/USDT' } as const;

const HEALTHY = 20;
const ROWS_PER_FRAME = 200;
/** How many events may wait for a consumer that fails. */
const CAPACITY = 1_000;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Events of a stream as one number, which depends on all of them and on their order; it keeps none of them. */
class Tally {
  events = 0;
  private digest = 7;

  readonly add = (event: MarketEvent): void => {
    this.events++;
    for (const letter of nameOf(event)) this.digest = (this.digest * 31 + letter.charCodeAt(0)) >>> 0;
  };

  get sum(): string {
    return `${this.events} events, ${this.digest}`;
  }
}

function nameOf(event: MarketEvent): string {
  if (event.type === 'trade') return event.id;
  return event.type === 'status' ? `${event.state} ${event.reason}` : `${event.type} ${event.sequence}`;
}

/** Which of the events that came are still in memory. */
class Alive {
  private readonly seen: WeakRef<MarketEvent>[] = [];

  readonly watch = (event: MarketEvent): void => void this.seen.push(new WeakRef(event));

  async count(): Promise<number> {
    // What was looked at in this turn lives until its end.
    await turn();
    heldBytes();
    return this.seen.filter((ref) => ref.deref() !== undefined).length;
  }
}

/** Consumers of every kind, half of them of the trades and half of the book, and one of each that nothing can slow. */
class Neighbours {
  private readonly tallies: (readonly [Tally, Tally])[] = [];
  private readonly loops: Promise<void>[] = [];

  constructor(
    private readonly world: LabWorld,
    handles: readonly SubscriptionHandle[],
  ) {
    for (const handle of handles) {
      const witness = new Tally();
      handle.on(witness.add, { name: 'witness' });
      for (let n = 0; n < HEALTHY / handles.length; n++) {
        const tally = new Tally();
        this.tallies.push([tally, witness]);
        if (n % 3 === 0) handle.on(tally.add, { name: 'healthy' });
        else if (n % 3 === 1)
          handle.on(async (event) => (await Promise.resolve(), tally.add(event)), { name: 'healthy' });
        else this.loops.push(loop(handle, tally));
      }
    }
  }

  /** Everybody has had all that the witness has, in its order, and their counts say so. */
  async expectAllServed(): Promise<void> {
    await turn();
    for (const [tally, witness] of this.tallies) expect(tally.sum).toBe(witness.sum);
    const healthy = this.world.stream.consumers().filter(({ name }) => name === 'healthy');
    expect(healthy).toHaveLength(HEALTHY);
    for (const view of healthy)
      expectExact(view, { conflated: 0, lost: 0, abandoned: 0, failed: 0, waiting: 0 });
  }

  /** After the stream has closed. */
  async end(): Promise<void> {
    await Promise.all(this.loops);
  }

  get events(): number {
    return this.tallies.reduce((sum, [{ events }]) => sum + events, 0);
  }
}

async function loop(handle: SubscriptionHandle, tally: Tally): Promise<void> {
  for await (const event of handle.events({ name: 'healthy' })) tally.add(event);
}

function expectExact(view: ConsumerView, counts: Partial<ConsumerView>): void {
  const { received, delivered, conflated, lost, abandoned, waiting } = view;
  expect(received).toBe(delivered + conflated + lost + abandoned + waiting);
  expect(view).toMatchObject(counts);
}

/** Frames full of trades, as in the busiest minute. */
async function flood(world: LabWorld, frames: number): Promise<void> {
  for (let frame = 0; frame < frames; frame++) {
    const data = tradesFrom(frame * ROWS_PER_FRAME, world.clock.now());
    world.exchange.faults.inject({ type: 'unsolicited-frame', topic: 'trades:BTC-USDT', data });
    await world.clock.advance(50);
    // Who awaits gets on between two frames, as it would on a network.
    await turn();
  }
}

function tradesFrom(first: number, time: number): object[] {
  return Array.from({ length: ROWS_PER_FRAME }, (_, row) => ({
    id: String(9_000_000 + first + row),
    price: '100.00',
    amount: '1',
    side: 'buy',
    time,
  }));
}

function isOf(consumer: string): (event: LifecycleEvent) => boolean {
  return (event) => 'consumer' in event && event.consumer === consumer;
}

describe('faults of consumers', () => {
  test('a handler that never resolves is told of by name, keeps nothing alive, and twenty beside it get everything', async () => {
    const world = await liveLab({ seed: 51 });
    const handles = [world.stream.subscribe(TRADES), world.stream.subscribe(BOOK)];
    const neighbours = new Neighbours(world, handles);
    const told: LifecycleEvent[] = [];
    let detectedMs = Infinity;
    const began = world.clock.monotonic();
    world.stream.onLifecycle((event) => {
      if (!isOf('deaf')(event)) return;
      told.push(event);
      detectedMs = Math.min(detectedMs, world.clock.monotonic() - began);
    });
    const alive = new Alive();
    handles[0]!.on(alive.watch);
    let calls = 0;
    for (const handle of handles)
      handle.on(() => (calls++, new Promise(() => undefined)), { name: 'deaf', capacity: CAPACITY });
    const deaf = (): ConsumerView[] => world.stream.consumers().filter(({ name }) => name === 'deaf');

    await world.clock.advance(20_000);
    await flood(world, 4);
    const waiting = deaf()[0]!.waiting;
    expect(waiting).toBeGreaterThan(4 * ROWS_PER_FRAME);
    // Those that wait, and what is at hand.
    const heldWhileWaiting = await alive.count();
    expect(heldWhileWaiting).toBeLessThan(waiting + 5);
    await world.clock.advance(20_000);
    expect(told.map(({ type }) => type)).toEqual(['consumer-overdue', 'consumer-overdue']);
    await flood(world, 46);
    await world.clock.advance(1_000);
    const heldAfter = await alive.count();
    expect(heldAfter).toBeLessThan(5);
    const [ofTrades, ofBook] = deaf();
    expectExact(ofTrades!, { delivered: 1, waiting: 0, conflated: 0 });
    expectExact(ofBook!, { delivered: 1, lost: 0, conflated: 0 });
    expect(ofTrades!.lost).toBeGreaterThan(50 * ROWS_PER_FRAME);
    expect(calls).toBe(2);
    expect(world.stream.manager('lab').counters()).toMatchObject({
      overdueConsumers: 2,
      consumerFailures: 0,
      consumers: { conflated: 0, lost: ofTrades!.lost },
    });
    await neighbours.expectAllServed();
    await world.expectTruth();
    const { events } = neighbours;
    await world.close();
    await neighbours.end();
    measured({
      case: 'handler never resolves',
      fault: `one of trades and one of the book, ${50 * ROWS_PER_FRAME} trades come`,
      detectedMs,
      outcome: `told once of each by name; ${HEALTHY} beside it had all ${events} events in order; ${heldWhileWaiting} held while ${waiting} wait, ${heldAfter} once they are given up; counts exact (${ofTrades!.lost} lost)`,
    });
  }, 60_000);

  test('a handler that throws every time gets every event all the same, is counted and named, and harms nobody', async () => {
    const world = await liveLab({ seed: 52 });
    const handles = [world.stream.subscribe(TRADES), world.stream.subscribe(BOOK)];
    const neighbours = new Neighbours(world, handles);
    let told = 0;
    let detectedMs = Infinity;
    const began = world.clock.monotonic();
    const names = new Set<string>();
    world.stream.onLifecycle((event) => {
      if (event.type !== 'consumer-failed') return;
      told++;
      names.add(`${event.consumer}: ${event.error.message}`);
      detectedMs = Math.min(detectedMs, world.clock.monotonic() - began);
    });
    const tallies = [new Tally(), new Tally(), new Tally(), new Tally()] as const;
    handles.forEach((handle, index) => {
      const [now, later] = index === 0 ? [tallies[0], tallies[1]] : [tallies[2], tallies[3]];
      const throws = (event: MarketEvent): never => {
        now.add(event);
        throw new Error('now');
      };
      handle.on(throws, { name: 'thrower' });
      const rejects = (event: MarketEvent): Promise<never> => {
        later.add(event);
        return Promise.reject(new Error('later'));
      };
      handle.on(rejects, { name: 'rejecter' });
    });
    const alive = new Alive();
    handles[0]!.on(alive.watch);
    await flood(world, 10);
    await world.clock.advance(5_000);
    const held = await alive.count();
    expect(held).toBeLessThan(5);
    await neighbours.expectAllServed();
    // Who fails has been called with everything, in order.
    expect([tallies[1].sum, tallies[3].sum]).toEqual([tallies[0].sum, tallies[2].sum]);
    const calls = tallies.reduce((sum, { events }) => sum + events, 0);
    const failing = world.stream.consumers().filter(({ name }) => /thrower|rejecter/.test(name));
    expect(failing).toHaveLength(4);
    for (const view of failing) expectExact(view, { failed: view.received, lost: 0, waiting: 0 });
    expect(told).toBe(calls);
    expect([...names].sort()).toEqual(['rejecter: later', 'thrower: now']);
    expect(world.stream.manager('lab').counters().consumerFailures).toBe(calls);
    await world.expectTruth();
    const { events } = neighbours;
    await world.close();
    await neighbours.end();
    measured({
      case: 'handler throws every time',
      fault: `two that throw and two that reject, ${10 * ROWS_PER_FRAME} trades come`,
      detectedMs,
      outcome: `each of ${calls} failures told by name and counted; ${HEALTHY} beside them had all ${events} events in order; ${held} of them held`,
    });
  }, 60_000);
});
