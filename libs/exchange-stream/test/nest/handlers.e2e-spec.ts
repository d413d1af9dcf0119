import {
  Catch,
  Controller,
  Injectable,
  Scope,
  UseFilters,
  UseGuards,
  UseInterceptors,
  UsePipes,
  type CallHandler,
  type CanActivate,
  type ExceptionFilter,
  type ExecutionContext,
  type NestInterceptor,
  type PipeTransform,
  type Provider,
} from '@nestjs/common';
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
  OnBook,
  OnCandle,
  OnQuote,
  OnRaw,
  OnStatus,
  OnTicker,
  OnTrade,
  type ExchangeStreamModuleOptions,
} from '@exchange-stream/nestjs';
import { map, type Observable } from 'rxjs';
import { Applications } from './applications.ts';
import type { ToyExchange } from './toy-exchange.ts';

const BTC = { exchange: 'toy', symbol: 'BTC/USDT' } as const;
const BTC_TRADES = { ...BTC, channel: 'trades' } as const;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('decorated handlers', () => {
  let applications: Applications;
  let toy: ToyExchange;

  const start = (
    providers: Provider[],
    options: Partial<ExchangeStreamModuleOptions> = {},
    ...more: Provider[][]
  ): Promise<TestingModule> =>
    applications.start({
      imports: [
        ExchangeStreamModule.forRoot({ exchanges: [toy.adapter], platform: toy.platform, ...options }),
        ...[providers, ...more].map((list) => ({ module: class Feature {}, providers: list })),
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

  it('each subscribe what they name and receive its events', async () => {
    @Injectable()
    class Recorder {
      readonly seen: string[] = [];

      @OnTrade(BTC)
      onTrade({ id }: TradeEvent): void {
        this.seen.push(`trade ${id}`);
      }

      @OnTicker(BTC)
      onTicker({ last }: TickerEvent): void {
        this.seen.push(`ticker ${last}`);
      }

      @OnQuote(BTC)
      onQuote({ bid }: QuoteEvent): void {
        this.seen.push(`quote ${bid}`);
      }

      @OnCandle({ ...BTC, interval: '1m' })
      onCandle({ close }: CandleEvent): void {
        this.seen.push(`candle ${close}`);
      }

      @OnBook(BTC)
      onBook({ type, bids }: BookEvent): void {
        this.seen.push(`${type} ${bids.length}`);
      }
    }
    const { seen } = instance(await start([Recorder]), Recorder);
    await toy.settle();
    expect(toy.topics).toEqual([
      'BTCUSDT@book',
      'BTCUSDT@candles@1m',
      'BTCUSDT@quotes',
      'BTCUSDT@ticker',
      'BTCUSDT@trades',
    ]);
    toy.send('BTCUSDT@trades', { trade: '1' });
    toy.send('BTCUSDT@ticker', { last: '2' });
    toy.send('BTCUSDT@quotes', { bid: '3', ask: '4' });
    toy.send('BTCUSDT@candles@1m', { close: '5', openTime: 0 });
    toy.send('BTCUSDT@book', { snapshot: 1, bids: [['6', '1']] });
    toy.send('BTCUSDT@book', { update: 2, bids: [['6', '0']] });
    expect(seen).toEqual(['trade 1', 'ticker 2', 'quote 3', 'candle 5', 'book-snapshot 1', 'book-update 1']);
  });

  it('receive a topic as it comes, beside those who receive its rows', async () => {
    @Injectable()
    class Recorder {
      readonly trades: string[] = [];
      readonly frames: string[] = [];

      @OnTrade(BTC)
      onTrade({ id }: TradeEvent): void {
        this.trades.push(id);
      }

      @OnRaw({ exchange: 'toy', topic: 'BTCUSDT@trades' })
      onRaw({ topic, json }: RawEvent): void {
        this.frames.push(`${topic} ${json}`);
      }
    }
    const recorder = instance(await start([Recorder]), Recorder);
    await toy.settle();
    expect(toy.asked).toEqual(['+BTCUSDT@trades']);
    toy.send('BTCUSDT@trades', { trade: '1' });
    expect(recorder.trades).toEqual(['1']);
    expect(recorder.frames).toEqual(['BTCUSDT@trades {"topic":"BTCUSDT@trades","trade":"1"}']);
  });

  it('share a subscription with everybody else, and keep it when others leave', async () => {
    @Injectable()
    class Recorder {
      readonly seen: string[] = [];

      @OnTrade(BTC)
      onTrade({ id }: TradeEvent): void {
        this.seen.push(id);
      }
    }
    const module = await start([Recorder]);
    const handle = instance(module, ExchangeStreamService).subscribe(BTC_TRADES);
    await toy.settle();
    await handle.unsubscribe();
    await toy.settle();
    toy.send('BTCUSDT@trades', { trade: '1' });
    expect(toy.asked).toEqual(['+BTCUSDT@trades']);
    expect(instance(module, Recorder).seen).toEqual(['1']);
  });

  it('with a part left out only listen to what others subscribe, now and later', async () => {
    @Injectable()
    class Recorder {
      readonly seen: string[] = [];

      @OnTrade()
      any({ symbol, id }: TradeEvent): void {
        this.seen.push(`any ${symbol} ${id}`);
      }

      @OnTrade({ symbol: 'ETH/USDT' })
      eth({ id }: TradeEvent): void {
        this.seen.push(`eth ${id}`);
      }

      @OnCandle({ exchange: 'toy', params: { interval: '1h' } })
      hourly(): void {
        this.seen.push('hourly');
      }
    }
    const module = await start([Recorder]);
    const { seen } = instance(module, Recorder);
    await toy.settle();
    expect(toy.topics).toEqual([]);

    const stream = instance(module, ExchangeStreamService);
    stream.subscribe(BTC_TRADES);
    stream.subscribe({ ...BTC_TRADES, symbol: 'ETH/USDT' });
    stream.subscribe({ ...BTC, channel: 'candles', params: { interval: '1m' } });
    await toy.settle();
    toy.send('BTCUSDT@trades', { trade: '1' });
    toy.send('ETHUSDT@trades', { trade: '2' });
    toy.send('BTCUSDT@candles@1m', { close: '3', openTime: 0 });
    expect(seen).toEqual(['any BTC/USDT 1', 'any ETH/USDT 2', 'eth 2']);
  });

  it('learn of a status before the next event, also behind an asynchronous handler', async () => {
    @Injectable()
    class Recorder {
      readonly seen: string[] = [];
      release = (): void => undefined;

      @OnTrade(BTC)
      async onTrade({ id }: TradeEvent): Promise<void> {
        this.seen.push(`trade ${id}`);
        await new Promise<void>((resolve) => (this.release = resolve));
      }

      @OnStatus({ channel: 'trades' })
      onStatus({ state }: StatusEvent): void {
        this.seen.push(state);
      }
    }
    const recorder = instance(await start([Recorder]), Recorder);
    await toy.settle();
    recorder.seen.length = 0;

    toy.send('BTCUSDT@trades', { trade: '1' });
    toy.drop();
    await toy.clock.advance(5_000);
    toy.send('BTCUSDT@trades', { trade: '2' });
    expect(recorder.seen).toEqual(['trade 1']);

    recorder.release();
    await turn();
    expect(recorder.seen).toEqual(['trade 1', 'stale', 'gap', 'live', 'trade 2']);
    recorder.release();
  });

  it('that fall behind are told of the gap, get the last value again, and are counted', async () => {
    @Injectable()
    class Recorder {
      readonly seen: string[] = [];
      release = (): void => undefined;

      @OnBook(BTC)
      async onBook({ type, bids }: BookEvent): Promise<void> {
        this.seen.push(`${type} ${bids.map((row) => ('id' in row ? row.price : row[0])).join()}`);
        await new Promise<void>((resolve) => (this.release = resolve));
      }

      @OnStatus()
      onStatus({ state, reason }: StatusEvent): void {
        this.seen.push(`${state}: ${reason}`);
      }
    }
    const module = await start([Recorder], { handlerQueueCapacity: 3 });
    const recorder = instance(module, Recorder);
    await toy.settle();
    recorder.seen.length = 0;

    toy.send('BTCUSDT@book', { snapshot: 1, bids: [['1', '1']] });
    for (let sequence = 2; sequence <= 4; sequence++) {
      toy.send('BTCUSDT@book', { update: sequence, bids: [[String(sequence), '1']] });
    }
    for (let round = 0; round < 5; round++) {
      recorder.release();
      await turn();
    }
    toy.send('BTCUSDT@book', { update: 5, bids: [['5', '1']] });
    expect(recorder.seen).toEqual([
      'book-snapshot 1',
      'gap: the consumer was too slow: 4 events are lost to it',
      'book-snapshot 4,3,2,1',
      expect.stringMatching(/^live: /),
      'book-update 5',
    ]);
    expect(instance(module, ExchangeStreamService).consumers()).toMatchObject([
      {
        name: 'Recorder.onBook',
        policy: 'all',
        received: 6,
        delivered: 3,
        lost: 3,
        waiting: 0,
        conflated: 0,
      },
      { name: 'Recorder.onStatus', lost: 1, waiting: 0 },
    ]);
    expect(applications.log.about('was too slow')).toEqual([
      expect.stringMatching(
        /^warn ExchangeStream Consumer Recorder of .* was too slow: 4 events are lost to it$/,
      ),
    ]);
    recorder.release();
  });

  it('of a wildcard get the last value again after a gap without touching the wire', async () => {
    @Injectable()
    class Recorder {
      readonly seen: string[] = [];
      release = (): void => undefined;

      @OnTicker()
      async onTicker({ last }: TickerEvent): Promise<void> {
        this.seen.push(last);
        await new Promise<void>((resolve) => (this.release = resolve));
      }
    }
    const module = await start([Recorder], {
      handlerQueueCapacity: 1,
      subscriptions: [{ ...BTC, channel: 'ticker' }],
    });
    const recorder = instance(module, Recorder);
    await toy.settle();
    for (const last of ['1', '2', '3', '4']) toy.send('BTCUSDT@ticker', { last });
    for (let round = 0; round < 4; round++) {
      recorder.release();
      await turn();
    }
    await toy.settle();
    expect(recorder.seen).toEqual(['1', '4']);
    expect(toy.asked).toEqual(['+BTCUSDT@ticker']);
    expect(instance(module, ExchangeStreamService).subscriptions()).toMatchObject([{ references: 1 }]);
  });

  it('that throw or reject harm nobody and are named in the log once a minute', async () => {
    @Injectable()
    class Broken {
      @OnTrade(BTC)
      throws(): void {
        throw new Error('out of ideas');
      }

      @OnTrade(BTC)
      async rejects(): Promise<void> {
        await Promise.reject(new Error('out of luck'));
      }
    }
    @Injectable()
    class Recorder {
      readonly seen: string[] = [];

      @OnTrade(BTC)
      onTrade({ id }: TradeEvent): void {
        this.seen.push(id);
      }
    }
    const module = await start([Broken, Recorder]);
    const { seen } = instance(module, Recorder);
    const stream = instance(module, ExchangeStreamService);
    await toy.settle();
    for (const trade of ['1', '2', '3']) {
      toy.send('BTCUSDT@trades', { trade });
      await turn();
    }
    expect(seen).toEqual(['1', '2', '3']);
    expect(applications.log.about('Broken.')).toEqual([
      expect.stringMatching(/^error ExchangeStream Consumer Broken.throws of .* failed: out of ideas$/),
      expect.stringMatching(/^error ExchangeStream Consumer Broken.rejects of .* failed: out of luck$/),
    ]);
    expect(stream.manager('toy').counters().consumerFailures).toBe(6);
    expect(stream.consumers().map(({ name, failed }) => `${name} ${failed}`)).toEqual([
      'Broken.throws 3',
      'Broken.rejects 3',
      'Recorder.onTrade 0',
    ]);
  });

  it('run through Nest when guards, interceptors or pipes stand on them', async () => {
    const steps: string[] = [];
    @Injectable()
    class OddOnly implements CanActivate {
      canActivate(context: ExecutionContext): boolean {
        const [trade] = context.getArgs<[TradeEvent]>();
        steps.push(`guard ${context.getType()} ${trade.id}`);
        return Number(trade.id) % 2 === 1;
      }
    }
    @Injectable()
    class Around implements NestInterceptor {
      intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
        steps.push('before');
        return next.handle().pipe(map(() => steps.push('after')));
      }
    }
    @Injectable()
    class Priced implements PipeTransform<TradeEvent, TradeEvent> {
      transform(trade: TradeEvent): TradeEvent {
        return { ...trade, price: `${trade.price}.00` };
      }
    }
    @Injectable()
    class Recorder {
      @OnTrade(BTC)
      @UseGuards(OddOnly)
      @UseInterceptors(Around)
      @UsePipes(Priced)
      onTrade({ id, price }: TradeEvent): void {
        steps.push(`trade ${id} at ${price}`);
      }

      @OnStatus({ channel: 'trades' })
      onStatus({ state }: StatusEvent): void {
        steps.push(state);
      }
    }
    await start([Recorder]);
    await toy.settle();
    steps.length = 0;
    toy.send('BTCUSDT@trades', { trade: '1' });
    toy.send('BTCUSDT@trades', { trade: '2' });
    toy.drop();
    await turn();
    await turn();
    expect(steps).toEqual([
      'guard exchange-stream 1',
      'before',
      'trade 1 at 100.00',
      'after',
      'guard exchange-stream 2',
      'stale',
    ]);
    expect(applications.log.about('failed: Forbidden resource')).toEqual([
      expect.stringContaining('Consumer Recorder.onTrade of '),
    ]);
  });

  it('that fail behind a guard are logged as any other, and a filter gets their errors', async () => {
    const caught: string[] = [];
    @Catch()
    class Caught implements ExceptionFilter {
      catch(error: Error): boolean {
        caught.push(error.message);
        return true;
      }
    }
    @Injectable()
    class Broken {
      @OnTrade(BTC)
      @UseGuards({ canActivate: () => true })
      guarded(): void {
        throw new Error('out of ideas');
      }

      @OnTrade(BTC)
      @UseFilters(Caught)
      filtered(): void {
        throw new Error('out of luck');
      }
    }
    await start([Broken]);
    await toy.settle();
    toy.send('BTCUSDT@trades', { trade: '1' });
    await turn();
    await turn();
    expect(caught).toEqual(['out of luck']);
    expect(applications.log.lines.filter((line) => line.includes('out of'))).toEqual([
      expect.stringMatching(/^error ExchangeStream Consumer Broken.guarded of .* failed: out of ideas$/),
    ]);
  });

  it('stand on controllers, too, and on a named instance', async () => {
    const second = applications.toy('toy', toy.clock);
    @Controller()
    class Prices {
      readonly seen: string[] = [];

      @OnTrade({ ...BTC, instance: 'second' })
      onTrade({ id }: TradeEvent): void {
        this.seen.push(id);
      }
    }
    const module = await applications.start({
      imports: [
        ExchangeStreamModule.forRoot({ exchanges: [toy.adapter], platform: toy.platform }),
        ExchangeStreamModule.forRoot({
          name: 'second',
          exchanges: [second.adapter],
          platform: second.platform,
        }),
      ],
      controllers: [Prices],
    });
    await toy.settle();
    second.send('BTCUSDT@trades', { trade: '1' });
    expect([toy.topics, second.topics]).toEqual([[], ['BTCUSDT@trades']]);
    expect(instance(module, Prices).seen).toEqual(['1']);
  });

  it('of one provider in two modules, or behind an alias, are called once', async () => {
    let calls = 0;
    @Injectable()
    class Recorder {
      @OnTrade(BTC)
      onTrade(): void {
        calls++;
      }
    }
    await start([Recorder], {}, [Recorder, { provide: 'alias', useExisting: Recorder }]);
    await toy.settle();
    toy.send('BTCUSDT@trades', { trade: '1' });
    expect(calls).toBe(1);
    expect(applications.log.about('Recorder is provided by more than one module')).toHaveLength(1);
  });

  it('of request-scoped and transient providers are skipped with a warning', async () => {
    let calls = 0;
    @Injectable({ scope: Scope.REQUEST })
    class PerRequest {
      @OnTrade(BTC)
      onTrade(): void {
        calls++;
      }
    }
    @Injectable({ scope: Scope.TRANSIENT })
    class PerConsumer {
      @OnTrade(BTC)
      onTrade(): void {
        calls++;
      }
    }
    await start([PerRequest, PerConsumer], { subscriptions: [BTC_TRADES] });
    await toy.settle();
    toy.send('BTCUSDT@trades', { trade: '1' });
    expect(calls).toBe(0);
    expect(applications.log.about('will never be called')).toEqual([
      expect.stringContaining('so PerRequest.onTrade will never be called'),
      expect.stringContaining('so PerConsumer.onTrade will never be called'),
    ]);
  });

  describe('with a request that cannot work stop the start and say what would', () => {
    const startWith = (decorator: ReturnType<typeof OnTrade>): Promise<TestingModule> => {
      @Injectable()
      class Wrong {
        @decorator
        handle(_event: TradeEvent): void {}
      }
      return start([Wrong]);
    };

    it.each([
      [
        'exchange',
        OnTrade({ exchange: 'toyy', symbol: 'BTC/USDT' }),
        '@OnTrade({"exchange":"toyy","symbol":"BTC/USDT"}) above Wrong.handle cannot work: There is no exchange "toyy". Configured: toy. Did you mean "toy"?',
      ],
      ['exchange of a wildcard', OnTrade({ exchange: 'toyy' }), 'There is no exchange "toyy"'],
      [
        'parameter',
        OnTrade({ ...BTC, aggregated: true }),
        'above Wrong.handle cannot work: toy trades has no parameter "aggregated"',
      ],
      [
        'instance',
        OnTrade({ ...BTC, instance: 'third' }),
        'There is no exchange stream named "third". There is: "default".',
      ],
    ])('%s', async (_what, decorator, message) => {
      await expect(startWith(decorator)).rejects.toThrow(message);
    });

    it('missing parameter', async () => {
      @Injectable()
      class Wrong {
        @OnCandle(BTC)
        onCandle(_candle: CandleEvent): void {}
      }
      await expect(start([Wrong])).rejects.toThrow(
        'above Wrong.onCandle cannot work: toy candles needs "interval"',
      );
    });

    it('channel that the exchange does not have', async () => {
      @Injectable()
      class Wrong {
        @OnTicker({ exchange: 'bare' })
        onTicker(_ticker: TickerEvent): void {}
      }
      const { trades } = toy.adapter.channels;
      const bare = { ...toy.adapter, exchange: 'bare', channels: { trades } };
      await expect(start([Wrong], { exchanges: [bare] })).rejects.toThrow(
        'bare has no channel "ticker". It has: trades, raw.',
      );
    });
  });

  it('are silent after the application has closed, whatever still waited', async () => {
    @Injectable()
    class Recorder {
      readonly seen: string[] = [];
      release = (): void => undefined;

      @OnTrade(BTC)
      async onTrade({ id }: TradeEvent): Promise<void> {
        this.seen.push(id);
        await new Promise<void>((resolve) => (this.release = resolve));
      }
    }
    const module = await start([Recorder]);
    const recorder = instance(module, Recorder);
    await toy.settle();
    for (const trade of ['1', '2']) toy.send('BTCUSDT@trades', { trade });
    await applications.close(module);
    recorder.release();
    await turn();
    expect(recorder.seen).toEqual(['1']);
  });
});
