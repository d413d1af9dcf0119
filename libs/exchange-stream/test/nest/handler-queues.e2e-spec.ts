import { Injectable, type Provider } from '@nestjs/common';
import type { TestingModule } from '@nestjs/testing';
import type {
  BookEvent,
  CandleEvent,
  QuoteEvent,
  RawEvent,
  StatusEvent,
  TickerEvent,
  TradeEvent,
} from '@exchange-stream/market-data';
import {
  ExchangeStreamModule,
  ExchangeStreamService,
  HandlerQueue,
  OnBook,
  OnCandle,
  OnQuote,
  OnRaw,
  OnStatus,
  OnTicker,
  OnTrade,
  type ExchangeStreamModuleOptions,
  type LifecycleEvent,
} from '@exchange-stream/nestjs';
import { Applications } from './applications.ts';
import type { ToyExchange } from './toy-exchange.ts';

const BTC = { exchange: 'toy', symbol: 'BTC/USDT' } as const;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const never = (): Promise<void> => new Promise(() => undefined);

describe('decorated handlers that take their time', () => {
  let applications: Applications;
  let toy: ToyExchange;

  const start = (
    providers: Provider[],
    options: Partial<ExchangeStreamModuleOptions> = {},
  ): Promise<TestingModule> =>
    applications.start({
      imports: [
        ExchangeStreamModule.forRoot({ exchanges: [toy.adapter], platform: toy.platform, ...options }),
        { module: class Feature {}, providers },
      ],
    });
  const instance = <T>(module: TestingModule, type: new (...args: never[]) => T): T =>
    module.get<T>(type, { strict: false });

  beforeEach(() => {
    applications = new Applications();
    toy = applications.toy();
  });

  afterEach(async () => {
    expect(await applications.closeAll()).toBe(0);
  });

  it('get what waited by their policies, in one order with data of others and with status', async () => {
    @Injectable()
    class Recorder {
      readonly seen: string[] = [];
      release = (): void => undefined;

      @OnBook(BTC, { policy: 'merge' })
      async onBook({ type, bids }: BookEvent): Promise<void> {
        this.seen.push(`${type} ${bids.map(priceOf).join()}`);
        await new Promise<void>((resolve) => (this.release = resolve));
      }

      @OnBook({ exchange: 'toy' }, { policy: 'latest' })
      newest({ type, bids }: BookEvent): void {
        this.seen.push(`newest ${type} ${bids.map(priceOf).join()}`);
      }

      @OnStatus()
      onStatus({ state }: StatusEvent): void {
        this.seen.push(state);
      }
    }
    const module = await start([Recorder]);
    const recorder = instance(module, Recorder);
    await toy.settle();
    recorder.seen.length = 0;
    toy.send('BTCUSDT@book', { snapshot: 1, bids: [['1', '1']] });
    for (const update of [2, 3, 4]) toy.send('BTCUSDT@book', { update, bids: [[String(update), '1']] });
    toy.drop();
    recorder.release();
    await turn();
    expect(recorder.seen).toEqual(['book-snapshot 1', 'newest book-snapshot 1', 'live', 'book-update 2,3,4']);
    recorder.release();
    await turn();
    expect(recorder.seen.slice(4)).toEqual(['newest book-snapshot 4,3,2,1', 'stale']);
    const stream = instance(module, ExchangeStreamService);
    expect(stream.consumers()).toMatchObject([
      {
        name: 'Recorder.onBook',
        policy: 'merge',
        received: 4,
        delivered: 2,
        conflated: 2,
        lost: 0,
        waiting: 0,
      },
      {
        name: 'Recorder.newest',
        policy: 'latest',
        received: 4,
        delivered: 2,
        conflated: 2,
        lost: 0,
        waiting: 0,
      },
      { name: 'Recorder.onStatus', policy: 'all', conflated: 0, lost: 0, waiting: 0 },
    ]);
  });

  it('that never finish are told of with class and method, and hold only the queue of their provider', async () => {
    @Injectable()
    class Stuck {
      @OnTrade(BTC)
      onTrade(_trade: TradeEvent): Promise<void> {
        return never();
      }

      @OnRaw({ exchange: 'toy', topic: 'BTCUSDT@trades' })
      onRaw(_frame: RawEvent): Promise<void> {
        return never();
      }
    }
    @Injectable()
    class Healthy {
      readonly seen: string[] = [];

      @OnTrade(BTC)
      async onTrade({ id }: TradeEvent): Promise<void> {
        this.seen.push(id);
        await turn();
      }
    }
    const module = await start([Stuck, Healthy], { tuning: { consumerDeadlineMs: 1_000 } });
    const stream = instance(module, ExchangeStreamService);
    const told: LifecycleEvent[] = [];
    stream.onLifecycle((event) => told.push(event));
    await toy.settle();
    for (const trade of ['1', '2', '3']) {
      toy.send('BTCUSDT@trades', { trade });
      await turn();
      await turn();
    }
    await toy.clock.advance(5_000);
    expect(instance(module, Healthy).seen).toEqual(['1', '2', '3']);
    expect(told.filter(({ type }) => type === 'consumer-overdue')).toMatchObject([
      { consumer: 'Stuck.onRaw', tookMs: 1_000, waiting: 2 },
      { consumer: 'Stuck.onTrade', tookMs: 1_000, waiting: 2 },
    ]);
    expect(applications.log.about('Consumer Stuck.onTrade of ')).toEqual([
      expect.stringMatching(/^error .* has not finished with an event for 1 s; 2 events wait for it$/),
    ]);
    expect(stream.consumers()).toMatchObject([
      { name: 'Stuck.onTrade', received: 3, delivered: 1, waiting: 2, busyMs: 5_000 },
      { name: 'Healthy.onTrade', received: 3, delivered: 3, waiting: 0 },
      { name: 'Stuck.onRaw', received: 3, delivered: 1, waiting: 2 },
    ]);
  });

  it('bear as much of a subscription as the least that one says, else their class, else the module', async () => {
    class Base {
      @OnTrade(BTC)
      onTrade(_trade: TradeEvent): Promise<void> {
        return never();
      }
    }
    @Injectable()
    class Own extends Base {
      @OnTrade({ exchange: 'toy' }, { capacity: 3 })
      patient(_trade: TradeEvent): void {}

      @OnStatus({}, { capacity: 2 })
      onStatus(_status: StatusEvent): void {}

      @OnTicker(BTC, { capacity: 7 })
      onTicker(_ticker: TickerEvent): Promise<void> {
        return never();
      }
    }
    @Injectable()
    @HandlerQueue({ policy: 'merge', capacity: 4 })
    class OfClass extends Base {
      @OnQuote(BTC, { policy: 'all' })
      onQuote(_quote: QuoteEvent): void {}

      @OnCandle({ ...BTC, interval: '1m' })
      onCandle(_candle: CandleEvent): void {}
    }
    @Injectable()
    class Inherited extends OfClass {}
    @Injectable()
    class OfModule extends Base {}
    const module = await start([Own, OfClass, Inherited, OfModule], { handlerQueueCapacity: 5 });
    await toy.settle();
    const stream = instance(module, ExchangeStreamService);
    for (let trade = 1; trade <= 6; trade++) toy.send('BTCUSDT@trades', { trade: String(trade) });
    const lost = (): string[] =>
      stream
        .consumers()
        .filter(({ name }) => name.endsWith('onTrade'))
        .map(({ name, waiting, lost }) => `${name} ${waiting} ${lost}`);
    expect(lost()).toEqual([
      'Own.onTrade 0 5',
      'OfClass.onTrade 0 5',
      'Inherited.onTrade 0 5',
      'OfModule.onTrade 5 0',
    ]);
    toy.send('BTCUSDT@trades', { trade: '7' });
    expect(lost()[3]).toBe('OfModule.onTrade 0 6');
    for (let last = 1; last <= 8; last++) toy.send('BTCUSDT@ticker', { last: String(last) });
    const policies = Object.fromEntries(stream.consumers().map(({ name, policy }) => [name, policy]));
    expect(policies).toMatchObject({
      'OfClass.onTrade': 'all',
      'OfClass.onQuote': 'all',
      'OfClass.onCandle': 'merge',
      'Inherited.onCandle': 'merge',
      'Own.onTicker': 'all',
    });
    expect(stream.consumers().find(({ name }) => name === 'Own.onTicker')).toMatchObject({
      waiting: 0,
      lost: 7,
    });
  });

  describe('with a queue that cannot work stop the start and say what would', () => {
    const startWith = (decorator: ReturnType<typeof OnTrade>): Promise<TestingModule> => {
      @Injectable()
      class Wrong {
        @decorator
        handle(_event: unknown): void {}
      }
      return start([Wrong]);
    };
    // As JavaScript, or a configuration, would have it.
    const queue = (options: object): never => options as never;

    it.each([
      [
        'policy',
        OnTrade(BTC, queue({ policy: 'merge' })),
        '@OnTrade({"exchange":"toy","symbol":"BTC/USDT"}, {"policy":"merge"}) above Wrong.handle cannot work: policy: got "merge" for trades. Allowed for trades: all, latest.',
      ],
      [
        'policy of a wildcard',
        OnRaw({}, queue({ policy: 'merge' })),
        '@OnRaw({}, {"policy":"merge"}) above Wrong.handle cannot work: policy: got "merge" for raw. Allowed for raw: all, latest.',
      ],
      [
        'policy of status events',
        OnStatus({}, queue({ policy: 'latest' })),
        '@OnStatus({}, {"policy":"latest"}) above Wrong.handle cannot work: policy: got "latest" for status events. Allowed for status events: all.',
      ],
      [
        'name of a policy',
        OnBook(BTC, queue({ policy: 'newest' })),
        'policy: got "newest" for book. Allowed for book: all, latest, merge.',
      ],
      [
        'capacity',
        OnBook(BTC, { capacity: 0 }),
        'above Wrong.handle cannot work: capacity: got 0. Allowed: a whole number above 0.',
      ],
      [
        'capacity of status events',
        OnStatus({}, { capacity: 1.5 }),
        'above Wrong.handle cannot work: capacity: got 1.5.',
      ],
      [
        'key',
        OnTrade(BTC, queue({ polcy: 'latest' })),
        'above Wrong.handle cannot work: no key "polcy". Allowed: policy, capacity.',
      ],
    ])('%s', async (_what, decorator, message) => {
      await expect(startWith(decorator)).rejects.toThrow(message);
    });

    it('class', async () => {
      @Injectable()
      @HandlerQueue({ capacity: -1 })
      class Wrong {
        @OnTrade(BTC)
        handle(_event: TradeEvent): void {}
      }
      await expect(start([Wrong])).rejects.toThrow(
        '@HandlerQueue({"capacity":-1}) above Wrong cannot work: capacity: got -1. Allowed: a whole number above 0.',
      );
    });

    it('module', async () => {
      await expect(start([], { handlerQueueCapacity: 0 })).rejects.toThrow(
        'handlerQueueCapacity: got 0. Allowed: a whole number above 0.',
      );
    });
  });
});

function priceOf(row: BookEvent['bids'][number]): string {
  return 'id' in row ? row.price : row[0];
}
