import type { MarketEvent } from '@exchange-stream/market-data';
import { PacedWorld } from './paced-exchange.ts';

const told = (world: PacedWorld): string[] => {
  const events: string[] = [];
  world.stream.listen({}, (event: MarketEvent) => {
    const entry = `${'channel' in event ? event.channel : ''} ${event.type === 'status' ? event.state : event.type}`;
    if (events.at(-1) !== entry) events.push(entry);
  });
  return events;
};

const illegal = (world: PacedWorld): unknown[] =>
  world.lifecycle.filter(({ type }) => type === 'illegal-transition');

describe('a topic that falls silent on a living connection', () => {
  test('is stale within its bound, with the reason; it alone is asked for again, and is live with its data', async () => {
    const world = new PacedWorld(['ticker', 'trades'], ['BTC/USDT', 'ETH/USDT']);
    await world.run(10_000);
    expect(world.view('ticker')).toMatchObject({ state: 'subscribed', data: 'live' });
    world.takeAsked();
    const events: string[] = [];
    world.stream.listen({ channel: 'ticker', symbol: 'BTC/USDT' }, (event) =>
      events.push(event.type === 'status' ? `${event.state}: ${event.reason}` : event.type),
    );
    events.splice(0);
    let isSilent = true;
    world.isSilent = (topic) => isSilent && topic === 'ticker.BTCUSDT';
    await world.run(9_000);
    expect(world.view('ticker').data).toBe('live');
    await world.run(3_000);
    expect(events).toEqual(['stale: no data for 10 s; the exchange promises some every 1000 ms']);
    expect(world.takeAsked()).toEqual(['0: unsub ticker.BTCUSDT', '0: sub ticker.BTCUSDT']);
    expect(world.view('ticker')).toMatchObject({
      state: 'subscribed',
      data: 'stale',
      reason:
        'confirmed by the exchange; before that: no data for 10 s; the exchange promises some every 1000 ms',
      counters: { resubscribes: 1 },
    });
    expect(world.stream.manager('fake').counters().resubscribes).toBe(1);
    isSilent = false;
    await world.run(1_000);
    expect(events.slice(1)).toEqual(['ticker', 'live: data flows']);
    expect(world.view('ticker', 'ETH/USDT').counters.resubscribes).toBe(0);
    expect(world.view('trades').counters).toMatchObject({ gaps: 0, resubscribes: 0 });
    expect(illegal(world)).toEqual([]);
  });

  test('shows that it is being asked for again', async () => {
    const world = new PacedWorld(['ticker']);
    await world.run(5_000);
    world.isSilent = () => true;
    await world.run(12_000);
    const states = world.lifecycle.flatMap((event) =>
      event.type === 'subscription' ? [`${event.subscription.state} ${event.subscription.data}`] : [],
    );
    expect(states.filter((state, index) => state !== states[index - 1]).slice(-4)).toEqual([
      'subscribed live',
      'subscribed stale',
      'resubscribing stale',
      'subscribed stale',
    ]);
  });

  test('moves to a new connection when it stays silent, and nobody else notices', async () => {
    const world = new PacedWorld(['ticker', 'trades'], ['BTC/USDT', 'ETH/USDT']);
    await world.run(5_000);
    const events = told(world);
    events.splice(0);
    world.takeAsked();
    world.isSilent = (topic, socket) => topic === 'ticker.BTCUSDT' && socket === 0;
    await world.run(40_000);
    expect(world.takeAsked()).toEqual([
      '0: unsub ticker.BTCUSDT',
      '0: sub ticker.BTCUSDT',
      '0: unsub ticker.BTCUSDT',
      '1: sub ticker.BTCUSDT',
    ]);
    expect(world.view('ticker')).toMatchObject({
      connection: 'fake/public/2',
      data: 'live',
      counters: { resubscribes: 2 },
    });
    expect(events.filter((event) => /stale|gap|syncing/.test(event))).toEqual(['ticker stale']);
    expect(world.stream.connections().map(({ topics }) => topics)).toEqual([3, 1]);
    expect(illegal(world)).toEqual([]);
  });

  test('moves at the next silence of the same hour, though data came meanwhile', async () => {
    const world = new PacedWorld(['ticker']);
    await world.run(5_000);
    world.isSilent = () => true;
    await world.run(13_000);
    world.isSilent = () => false;
    await world.run(5_000);
    expect(world.view('ticker').data).toBe('live');
    world.isSilent = (_topic, socket) => socket === 0;
    await world.run(15_000);
    expect(world.view('ticker')).toMatchObject({ connection: 'fake/public/2', data: 'live' });
    // Its first connection carried nothing else.
    expect(world.stream.connections()).toHaveLength(1);
  });

  test('many that are silent together share the new connection, within the limits of messages', async () => {
    const symbols = Array.from({ length: 40 }, (_, index) => `C${index}/USDT`);
    const world = new PacedWorld(['ticker'], symbols);
    await world.run(10_000);
    world.isSilent = () => true;
    await world.run(28_000);
    expect(world.stream.connections().map(({ topics }) => topics)).toEqual([40]);
    expect(world.sockets).toHaveLength(2);
    for (const socket of [0, 1]) {
      const messages = world.asked.filter((asked) => asked.socket === socket).map(({ at }) => at);
      const times = [...new Set(messages)];
      // 10 topics a message, 2 messages a second.
      for (const at of times)
        expect(messages.filter((other) => other > at - 1_000 && other <= at).length).toBeLessThanOrEqual(20);
    }
  });

  test('is asked for three times an hour at most, then stays stale and says so, and is tried again in time', async () => {
    const world = new PacedWorld(['ticker']);
    await world.run(5_000);
    const began = world.clock.monotonic();
    world.isSilent = () => true;
    await world.run(30 * 60_000);
    expect(world.view('ticker')).toMatchObject({
      state: 'subscribed',
      data: 'stale',
      counters: { resubscribes: 3 },
    });
    expect(world.view('ticker').reason).toMatch(
      /^no data for 10 s; .*; asking again did not help, the next try is in \d\d min$/,
    );
    const reports = world.lifecycle.length;
    await world.run(25 * 60_000);
    expect(world.lifecycle).toHaveLength(reports);
    await world.run(5 * 60_000 + 15_000);
    expect(world.view('ticker').counters.resubscribes).toBe(4);
    await world.run(5 * 3_600_000);
    // Each time that it is used up again is told.
    const usedUp = world.lifecycle.filter(
      (event) => event.type === 'subscription' && /^no data .* did not help/.test(event.subscription.reason),
    );
    expect(usedUp.length).toBeGreaterThan(3);
    const asked = world.asked.filter(({ at, request }) => request.startsWith('sub') && at > began);
    for (const { at } of asked)
      expect(asked.filter((other) => other.at > at - 3_600_000 && other.at <= at).length).toBeLessThanOrEqual(
        3,
      );
    world.isSilent = () => false;
    await world.run(2_000);
    expect(world.view('ticker').data).toBe('live');
    expect(illegal(world)).toEqual([]);
  });

  test('comes back by itself without being asked for', async () => {
    const world = new PacedWorld(['ticker']);
    await world.run(5_000);
    world.isSilent = () => true;
    await world.run(10 * 60_000);
    world.takeAsked();
    expect(world.view('ticker').data).toBe('stale');
    world.isSilent = () => false;
    await world.run(60_000);
    expect(world.view('ticker').data).toBe('live');
    expect(world.takeAsked()).toEqual([]);
  });

  test('is let go of like any other, while it is being asked for again', async () => {
    const world = new PacedWorld(['trades']);
    const handle = world.stream.subscribe({ exchange: 'fake', channel: 'ticker', symbol: 'BTC/USDT' });
    await world.run(5_000);
    world.isSilent = (topic) => topic.startsWith('ticker');
    world.takeAsked();
    const end = world.stream.onLifecycle((event) => {
      if (event.type === 'subscription' && event.subscription.state === 'resubscribing') {
        end();
        void handle.unsubscribe();
      }
    });
    await world.run(60_000);
    expect(world.takeAsked()).toEqual(['0: unsub ticker.BTCUSDT']);
    expect(world.stream.subscriptions().map(({ channel }) => channel)).toEqual(['trades']);
    expect(world.stream.connections().map(({ topics }) => topics)).toEqual([1]);
    expect(illegal(world)).toEqual([]);
  });
});

describe('a silent subscription that nobody wants any more', () => {
  test('is taken off the wire once, though it is on its way out to be asked for again', async () => {
    const world = new PacedWorld(['trades']);
    const handle = world.stream.subscribe({ exchange: 'fake', channel: 'ticker', symbol: 'BTC/USDT' });
    await world.run(5_000);
    world.isSilent = (topic) => topic.startsWith('ticker');
    await world.run(9_000);
    world.takeAsked();
    await world.clock.advance(2_500);
    expect(world.socket.sent.map(({ op }) => op)).toEqual(['unsub']);
    await handle.unsubscribe();
    await world.run(60_000);
    expect(world.takeAsked()).toEqual(['0: unsub ticker.BTCUSDT']);
    expect(world.stream.connections().map(({ topics }) => topics)).toEqual([1]);
  });

  test('is not helped when the news of its silence made the last holder let go', async () => {
    const world = new PacedWorld(['trades']);
    const handle = world.stream.subscribe({ exchange: 'fake', channel: 'ticker', symbol: 'BTC/USDT' });
    await world.run(5_000);
    world.isSilent = (topic) => topic.startsWith('ticker');
    await world.run(13_000);
    world.isSilent = () => false;
    await world.run(2_000);
    expect(handle.view()).toMatchObject({ data: 'live', counters: { resubscribes: 1 } });
    handle.on((event) => {
      if (event.type === 'status' && event.state === 'stale') void handle.unsubscribe();
    });
    world.isSilent = (topic) => topic.startsWith('ticker');
    await world.run(60_000);
    expect(handle.view()).toMatchObject({ state: 'unsubscribed', counters: { resubscribes: 1 } });
    expect(world.sockets).toHaveLength(1);
    expect(illegal(world)).toEqual([]);
  });
});

describe('silence proves nothing', () => {
  test('where nothing is promised: quiet trades are live', async () => {
    const world = new PacedWorld(['trades', 'ticker']);
    await world.run(5_000);
    world.isSilent = (topic) => topic.startsWith('trades');
    await world.run(3 * 3_600_000);
    expect(world.view('trades')).toMatchObject({ data: 'live', counters: { gaps: 0, resubscribes: 0 } });
  });

  test('where the promise needs a moving market and the market rests', async () => {
    const world = new PacedWorld(['trades', 'quotes']);
    await world.run(5_000);
    world.isSilent = () => true;
    await world.run(3_600_000);
    expect(world.view('quotes')).toMatchObject({ data: 'live', counters: { resubscribes: 0 } });
  });

  test('where nobody asked for the channel that would prove it', async () => {
    const world = new PacedWorld(['quotes']);
    await world.run(5_000);
    world.isSilent = () => true;
    await world.run(3_600_000);
    expect(world.view('quotes')).toMatchObject({ data: 'live', counters: { resubscribes: 0 } });
  });

  test('when a single trade comes after the quote that it led to', async () => {
    const world = new PacedWorld(['trades', 'quotes']);
    await world.run(5_000);
    world.isSilent = () => true;
    for (let trade = 0; trade < 2; trade++) {
      await world.run(20_000);
      world.socket.push({ topic: 'trades.BTCUSDT', id: '1', price: '5' });
    }
    await world.run(600_000);
    expect(world.view('quotes').counters.resubscribes).toBe(0);
  });

  test('while the connection is away', async () => {
    const world = new PacedWorld(['ticker']);
    await world.run(5_000);
    const statuses: string[] = [];
    world.stream.listen({}, (event) => {
      if (event.type === 'status') statuses.push(event.reason);
    });
    statuses.splice(0);
    for (let second = 0; second < 60; second++) {
      world.socket.end(1006);
      await world.clock.advance(1_000);
    }
    expect(world.view('ticker')).toMatchObject({ data: 'stale', counters: { resubscribes: 0 } });
    // Of the loss, and of no silence.
    expect(statuses).toHaveLength(1);
    await world.run(60_000);
    expect(world.view('ticker')).toMatchObject({ data: 'live', counters: { resubscribes: 0 } });
  });

  test('while the market is halted, and when it opens everything is due anew', async () => {
    const world = new PacedWorld(['ticker', 'candles']);
    world.isSilent = (topic) => topic.startsWith('candles');
    await world.run(3_000);
    world.socket.push({ halt: 'BTCUSDT' });
    world.isSilent = () => true;
    await world.run(60_000);
    world.socket.push({ open: 'BTCUSDT' });
    await world.run(4_000);
    for (const channel of ['ticker', 'candles'] as const)
      expect(world.view(channel)).toMatchObject({ data: 'syncing', counters: { resubscribes: 0 } });
    await world.run(3_000);
    expect(world.view('candles')).toMatchObject({ data: 'stale', counters: { resubscribes: 1 } });
    expect(world.view('ticker').counters.resubscribes).toBe(0);
    await world.run(5_000);
    expect(world.view('ticker')).toMatchObject({ data: 'stale', counters: { resubscribes: 1 } });
  });

  test('where the market moved without it only before a halt', async () => {
    const world = new PacedWorld(['trades', 'quotes']);
    await world.run(5_000);
    world.isSilent = (topic) => topic.startsWith('quotes');
    await world.run(4_000);
    world.isSilent = () => true;
    world.socket.push({ halt: 'BTCUSDT' });
    await world.run(5_000);
    world.socket.push({ open: 'BTCUSDT' });
    await world.run(600_000);
    expect(world.view('quotes').counters.resubscribes).toBe(0);
  });

  test('while the ack is on its way', async () => {
    const world = new PacedWorld(['ticker']);
    await world.clock.advance(0);
    world.socket.accept();
    for (let second = 0; second < 30; second++) {
      await world.clock.advance(1_000);
      world.socket.handlers.onPong();
    }
    expect(world.view('ticker').counters.resubscribes).toBe(0);
  });

  test('where what was promised came before the ack', async () => {
    const world = new PacedWorld(['candles']);
    await world.clock.advance(0);
    world.socket.accept();
    await world.clock.advance(0);
    world.socket.push({ topic: 'candles.BTCUSDT' });
    await world.clock.advance(2_000);
    world.socket.ackAll();
    for (let second = 0; second < 30; second++) {
      await world.clock.advance(1_000);
      world.socket.handlers.onPong();
    }
    expect(world.view('candles')).toMatchObject({
      state: 'subscribed',
      data: 'live',
      counters: { resubscribes: 0 },
    });
  });

  test('while the process is blocked', async () => {
    const world = new PacedWorld(['ticker']);
    await world.run(5_000);
    for (let times = 0; times < 20; times++) {
      world.isSilent = () => true;
      await world.run(2_000);
      world.block(12_000);
      // What came meanwhile is not read yet when the watch looks.
      await world.run(1_000);
      world.isSilent = () => false;
      await world.run(1_000);
    }
    expect(world.view('ticker')).toMatchObject({ data: 'live', counters: { resubscribes: 0 } });
  });
});

describe('silence proves a dead topic', () => {
  test('where others of the symbol move on without it', async () => {
    const world = new PacedWorld(['trades', 'quotes'], ['BTC/USDT', 'ETH/USDT']);
    await world.run(5_000);
    world.takeAsked();
    world.isSilent = (topic, socket) => topic === 'quotes.BTCUSDT' && socket === 0;
    await world.run(15_000);
    expect(world.view('quotes')).toMatchObject({ data: 'stale', counters: { resubscribes: 1 } });
    expect(world.view('quotes').reason).toContain('no data for 10 s while the market moves (trades)');
    await world.run(30_000);
    expect(world.view('quotes')).toMatchObject({ data: 'live', connection: 'fake/public/2' });
    expect(world.view('quotes', 'ETH/USDT').counters.resubscribes).toBe(0);
    expect(world.takeAsked().filter((asked) => !asked.includes('quotes.BTCUSDT'))).toEqual([]);
  });

  test('that was confirmed and never told anything', async () => {
    const world = new PacedWorld(['trades', 'candles']);
    world.isSilent = (topic) => topic.startsWith('candles');
    await world.run(4_000);
    expect(world.view('candles')).toMatchObject({ state: 'subscribed', data: 'syncing' });
    await world.run(4_000);
    expect(world.view('candles')).toMatchObject({ data: 'stale', counters: { resubscribes: 1 } });
    expect(world.view('candles').reason).toContain('confirmed by the exchange, but no data within 5 s');
  });

  test('and one row after the ack is all that was promised there', async () => {
    const world = new PacedWorld(['trades', 'candles']);
    await world.run(4_000);
    world.isSilent = (topic) => topic.startsWith('candles');
    await world.run(3_600_000);
    expect(world.view('candles')).toMatchObject({ data: 'live', counters: { resubscribes: 0 } });
  });
});

describe('the watch', () => {
  test('costs one timer for ten thousand subscriptions, and none once they are gone', async () => {
    const symbols = Array.from({ length: 10_000 }, (_, index) => `C${index}/USDT`);
    const idle = new PacedWorld(['trades'], symbols, 20_000);
    const watched = new PacedWorld(['ticker'], symbols, 20_000);
    for (const world of [idle, watched]) await world.clock.advance(0);
    expect(watched.clock.pending - idle.clock.pending).toBe(1);
    for (const world of [idle, watched]) {
      const closing = world.stream.close();
      await world.clock.advance(10_000);
      await closing;
      expect(world.clock.pending).toBe(0);
    }
  });

  test('ends with the last subscription that it can judge', async () => {
    const world = new PacedWorld([]);
    const handle = world.stream.subscribe({ exchange: 'fake', channel: 'ticker', symbol: 'BTC/USDT' });
    await world.run(3_000);
    await handle.unsubscribe();
    await world.run(3_000);
    // The next look at what the exchange trades.
    expect(world.clock.pending).toBe(1);
  });
});
