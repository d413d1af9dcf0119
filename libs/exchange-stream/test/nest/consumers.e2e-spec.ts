import type { SubscriptionRequest, TradeEvent } from '@exchange-stream/market-data';
import {
  ExchangeStreamModule,
  ExchangeStreamService,
  type SubscriptionEvent,
  type SubscriptionHandle,
} from '@exchange-stream/nestjs';
import { filter, firstValueFrom, map, take, toArray, type Subscription } from 'rxjs';
import { Applications } from './applications.ts';
import type { ToyExchange } from './toy-exchange.ts';

const BTC: SubscriptionRequest<'trades'> = { exchange: 'toy', channel: 'trades', symbol: 'BTC/USDT' };

const isTrade = (event: SubscriptionEvent<'trades'>): event is TradeEvent => event.type === 'trade';

describe('consumers of a subscription', () => {
  let applications: Applications;
  let toy: ToyExchange;
  let stream: ExchangeStreamService;

  beforeEach(async () => {
    applications = new Applications();
    toy = applications.toy();
    const module = await applications.start({
      imports: [ExchangeStreamModule.forRoot({ exchanges: [toy.adapter], platform: toy.platform })],
    });
    stream = module.get(ExchangeStreamService, { strict: false });
  });

  afterEach(async () => {
    expect(await applications.closeAll()).toBe(0);
  });

  it('share one topic on the wire, ten of them, and the last to leave unsubscribes it', async () => {
    const seen: string[] = [];
    const observers: Subscription[] = [];
    const handles: SubscriptionHandle[] = [];
    for (let n = 0; n < 5; n++) {
      observers.push(stream.observe(BTC).subscribe(({ type }) => seen.push(type)));
      const handle = stream.subscribe(BTC);
      handle.on(({ type }) => seen.push(type));
      handles.push(handle);
    }
    await toy.settle();
    expect(toy.asked).toEqual(['+BTCUSDT@trades']);
    seen.length = 0;
    toy.send('BTCUSDT@trades', { trade: '1' });
    expect(seen).toEqual(Array(10).fill('trade'));

    for (const observer of observers) observer.unsubscribe();
    for (const handle of handles.slice(1)) await handle.unsubscribe();
    await toy.settle();
    expect(toy.topics).toEqual(['BTCUSDT@trades']);

    await handles[0]?.unsubscribe();
    await toy.settle();
    expect(toy.asked).toEqual(['+BTCUSDT@trades', '-BTCUSDT@trades']);
  });

  it('observe subscribes nothing until it is subscribed to, and lets go after the last value taken', async () => {
    const trades = stream.observe(BTC).pipe(
      filter(isTrade),
      map(({ id }) => id),
      take(2),
      toArray(),
    );
    await toy.settle();
    expect(toy.asked).toEqual([]);

    const taken = firstValueFrom(trades);
    await toy.settle();
    for (const trade of ['1', '2', '3']) toy.send('BTCUSDT@trades', { trade });
    expect(await taken).toEqual(['1', '2']);
    await toy.settle();
    expect(toy.topics).toEqual([]);
  });

  it('observe errors with what would work, and completes when the stream closes', async () => {
    await expect(firstValueFrom(stream.observe({ ...BTC, exchange: 'toyy' }))).rejects.toMatchObject({
      code: 'UNKNOWN_EXCHANGE',
    });

    let completed = false;
    stream.observe(BTC).subscribe({ complete: () => (completed = true) });
    await toy.settle();
    await applications.closeAll();
    expect(completed).toBe(true);
    await expect(firstValueFrom(stream.observe(BTC))).rejects.toMatchObject({ code: 'CLOSED' });
  });

  it('observable, loop and handler, slow ones too, see data and status in one order', async () => {
    const told = (event: SubscriptionEvent<'trades'>): string =>
      event.type === 'status' ? event.state : event.id;
    const handle = stream.subscribe(BTC);
    await toy.settle();
    const [observed, looped, handled, slowly]: string[][] = [[], [], [], []];
    const observer = stream.observe(BTC).subscribe((event) => observed?.push(told(event)));
    const loop = (async () => {
      for await (const event of handle) looped?.push(told(event));
    })();
    handle.on((event) => handled?.push(told(event)));
    handle.on(async (event) => {
      await Promise.resolve();
      slowly?.push(told(event));
    });
    for (const trade of ['1', '2']) toy.send('BTCUSDT@trades', { trade });
    toy.drop();
    await toy.clock.advance(5_000);
    for (const trade of ['3', '4']) toy.send('BTCUSDT@trades', { trade });
    await new Promise((resolve) => setImmediate(resolve));
    await handle.unsubscribe();
    await loop;
    expect(handled).toEqual(['live', '1', '2', 'stale', 'gap', 'live', '3', '4']);
    expect([observed, looped, slowly]).toEqual([handled, handled, handled]);
    observer.unsubscribe();
  });

  it('a loop gets data and status in order, and ends with its handle', async () => {
    const handle = stream.subscribe(BTC);
    const seen: string[] = [];
    const loop = (async (): Promise<void> => {
      for await (const event of handle) seen.push(event.type === 'status' ? event.state : event.id);
    })();
    await toy.settle();
    toy.send('BTCUSDT@trades', { trade: '1' });
    toy.drop();
    await toy.clock.advance(5_000);
    toy.send('BTCUSDT@trades', { trade: '2' });
    await toy.settle();
    await handle.unsubscribe();
    await loop;
    expect(seen).toEqual(['syncing', 'live', '1', 'stale', 'gap', 'live', '2']);
  });
});
