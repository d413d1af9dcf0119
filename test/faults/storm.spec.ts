import { VirtualClock } from '@exchange-stream/market-data';
import { lab } from '../lab/adapter/lab.adapter.ts';
import { LabExchange } from '../lab/twin/index.ts';
import { ExchangeWorld } from '../world/exchange-world.ts';
import { measured } from './measured.ts';
import { Trouble } from './trouble.ts';

const SOCKETS = 200;
const WINDOW_MS = 300_000;

/** So many sockets to one exchange, one topic on each. */
class StormWorld extends ExchangeWorld<LabExchange> {
  readonly dials: number[] = [];

  constructor() {
    const clock = new VirtualClock();
    const symbols = Array.from({ length: SOCKETS }, (_, index) => `S${String(index + 1).padStart(4, '0')}`);
    super({
      clock,
      seed: 12,
      exchange: new LabExchange({
        clock,
        symbols: SOCKETS,
        activity: 0,
        stepMs: 60_000,
        limits: { topicsPerConnection: 1, connects: [{ count: 300, windowMs: WINDOW_MS }] },
      }),
      options: {
        exchanges: [
          lab({
            limits: {
              topicsPerConnection: 1,
              connects: [{ documented: 300, safe: 200, windowMs: WINDOW_MS }],
            },
          }),
        ],
        subscriptions: symbols
          .slice(1)
          .map((symbol) => ({ exchange: 'lab', channel: 'ticker', symbol: `${symbol}/USDT` })),
      },
      book: { exchange: 'lab', channel: 'book', symbol: `${symbols[0]}/USDT` },
    });
    this.stream.onLifecycle((event) => {
      if (event.type === 'connection' && event.connection.state === 'connecting')
        this.dials.push(this.clock.monotonic());
    });
  }
}

describe('storms', () => {
  test('case 12: 200 sockets dropped at once are all live again within a minute, spread, inside the connect budget', async () => {
    const world = new StormWorld();
    await world.recover(60_000);
    // The budget of the first 200 has to be free again.
    await world.clock.advance(WINDOW_MS);
    expect(world.stream.connections()).toHaveLength(SOCKETS);
    const trouble = new Trouble(world);
    world.dials.splice(0);
    const droppedAt = world.clock.monotonic();
    world.network.drop();
    await world.clock.advance(100);
    const backMs = await trouble.recover(60_000);
    expect(trouble.detectedMs).toBeLessThanOrEqual(100);
    expect(world.dials.length).toBeGreaterThanOrEqual(SOCKETS);
    const sinceMs = world.dials.map((at) => at - droppedAt).sort((one, other) => one - other);
    const spreadMs = sinceMs[Math.floor(SOCKETS * 0.9)]! - sinceMs[Math.floor(SOCKETS * 0.1)]!;
    // Full jitter over the first half second: nine tenths of it, give or take.
    expect(spreadMs).toBeGreaterThan(250);
    expect(world.exchange.violations).toEqual([]);

    // And once more, with nothing left of the budget: no sooner than it allows.
    world.network.drop();
    await world.clock.advance(100);
    const again = await trouble.recover(WINDOW_MS + 120_000);
    expect(world.exchange.violations).toEqual([]);
    await world.close();
    measured({
      case: 12,
      fault: '200 sockets dropped at once',
      detectedMs: trouble.detectedMs!,
      backMs,
      outcome: `8 of 10 dials spread over ${Math.round(spreadMs)} ms; a second drop with the budget used up: ${again} ms; no violation`,
    });
  });
});
