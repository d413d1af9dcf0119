import { VirtualClock } from '@exchange-stream/market-data';
import {
  ExchangeStream,
  type Budget,
  type BudgetProvider,
  type NonceProvider,
  type PlatformOverrides,
} from '@exchange-stream/nestjs/engine';
import { createMemoryTransport, type MemoryTransport } from '@exchange-stream/simulator';
import { lab } from './adapter/lab.adapter.ts';
import { KeyHolder } from './twin/lab-client.ts';
import { LabExchange } from './twin/index.ts';

/** Lab, which is entered with nonces, and a stream of an account's fills: it logs in, and asks by REST. */
class NoncesWorld {
  readonly clock = new VirtualClock();
  readonly exchange = new LabExchange({ clock: this.clock, seed: 1, symbols: ['BTC-USDT'], entry: 'nonce' });
  readonly network: MemoryTransport = createMemoryTransport(this.exchange, this.clock, { latencyMs: 5 });
  readonly stream: ExchangeStream;

  constructor(parts: PlatformOverrides = {}) {
    this.exchange.start();
    this.stream = new ExchangeStream(
      {
        exchanges: [lab({ entry: 'nonce' })],
        subscriptions: [
          { exchange: 'lab', channel: 'fills' },
          { exchange: 'lab', channel: 'trades', symbol: 'BTC/USDT' },
        ],
        settings: { lab: { credentials: { key: 'lab-key', secret: 'lab-secret' } } },
      },
      { clock: this.clock, http: this.network.http, sockets: this.network.sockets, ...parts },
    );
    this.stream.start();
  }

  get states(): string[] {
    return this.stream.subscriptions().map(({ data }) => data);
  }

  async close(): Promise<void> {
    const closing = this.stream.close();
    await this.clock.advance(10_000);
    await closing;
    this.exchange.stop();
    expect(this.clock.pending).toBe(0);
  }
}

describe('nonces of another make', () => {
  test('are those of every login and every signed call of the key', async () => {
    const asked: string[] = [];
    const first = 9_000_000_000_000_000;
    const nonces: NonceProvider = {
      of: (exchange, key) => ({ next: () => first + asked.push(`${exchange} ${key}`) }),
    };
    const world = new NoncesWorld({ nonces });
    await world.clock.advance(10_000);
    world.network.drop();
    await world.clock.advance(20_000);
    expect(world.states).toEqual(['live', 'live']);
    expect(world.exchange.violations).toEqual([]);
    // A login and a call for the fills, before the loss and after it.
    expect(asked).toEqual(Array.from({ length: 4 }, () => 'lab lab-key'));
    await world.close();
  });
});

describe('nonces of our own', () => {
  test('get in again after somebody else has used a larger one of the key', async () => {
    const world = new NoncesWorld();
    await world.clock.advance(10_000);
    expect(world.states).toEqual(['live', 'live']);
    const other = new KeyHolder(world.exchange);
    expect(other.call('GET', '/api/balances', '', world.clock.now() + 15_000)).toMatchObject({ status: 200 });
    world.network.drop();
    await world.clock.advance(12_000);
    expect(world.states).toContain('live');
    expect(world.states).toContain('stale');
    await world.clock.advance(60_000);
    expect(world.states).toEqual(['live', 'live']);
    expect(world.stream.manager('lab').canUseAuthenticated()).toMatchObject({ canUse: true });
    await world.close();
  });
});

describe('budgets of another make, which tell no more than they must', () => {
  const GRANTS_ALL: Budget = {
    request: (_weight, _lane, grant) => {
      grant();
      return () => undefined;
    },
  };

  test('are all that a stream asks', async () => {
    const asked: string[] = [];
    const told = (what: string): Budget => ({
      request: (...request) => {
        asked.push(what);
        return GRANTS_ALL.request(...request);
      },
    });
    const budgets: BudgetProvider = {
      connects: () => told('connect'),
      requests: () => told('request'),
      messages: () => ({ ...told('message'), ofKind: told }),
      stop: (exchange, uses, durationMs) => asked.push(`stop ${exchange} ${uses.join(' ')} ${durationMs}`),
    };
    const world = new NoncesWorld({ budgets });
    world.exchange.faults.inject({ type: 'rest-status', status: 429, retryAfterSeconds: 7, count: 1 });
    await world.clock.advance(20_000);
    expect(world.states).toEqual(['live', 'live']);
    expect(new Set(asked)).toEqual(
      new Set(['connect', 'request', 'message', 'stop lab requests connects 7000']),
    );
    expect(world.stream.manager('lab').budgets()).toBeDefined();
    // Nobody can say how long it would take, so it is simply sent.
    const [connection] = world.stream.manager('lab').connections();
    await world.stream
      .manager('lab')
      .send(connection!.id, '{"op":"flags","id":99,"flags":0}', { maxWaitMs: 0 });
    await world.close();
  });
});
