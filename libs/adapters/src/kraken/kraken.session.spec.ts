import type { Session } from '@exchange-stream/nestjs/contract';
import { RecordingSink, type Call } from '../../test/recording-sink.ts';
import { kraken, type KrakenOptions } from './kraken.adapter.ts';

const URL = 'wss://ws.kraken.com/v2';

function open(
  endpoint: 'public' | 'quotes' = 'public',
  options: KrakenOptions = { watchListings: false },
): Session {
  let id = 0;
  return kraken(options).createSession({ endpoint, url: URL, nextId: () => ++id });
}

/** What a session makes of one frame when these topics are wanted. */
function receive(frame: string | object, wanted: readonly string[] = [], session: Session = open()): Call[] {
  const sink = new RecordingSink(...wanted);
  session.onFrame(Buffer.from(typeof frame === 'string' ? frame : JSON.stringify(frame)), false, 0, sink);
  return sink.calls;
}

const BTC = 'book:BTC/USD';
const ETH = 'book:ETH/USD';
const DEEP = 'book:BTC/USD?depth=1000';
const TRADES = 'trade:BTC/USD';

const ack = (id: number, symbol: string | undefined, more: object = {}): object => ({
  ...{ method: 'subscribe', req_id: id, success: true, time_in: 'x', time_out: 'y' },
  result: { channel: 'book', ...(symbol !== undefined && { symbol }), snapshot: true, warnings: [] },
  ...more,
});
const no = (id: number, error: string, symbol?: string): object => ({
  ...{ error, method: 'subscribe', req_id: id, success: false },
  ...(symbol !== undefined && { symbol }),
});

describe('a Kraken session asks', () => {
  it('for all symbols of a channel in one message, and awaits an answer for each', () => {
    const session = open();
    expect(session.subscribe([BTC, ETH, DEEP, TRADES, 'ohlc:BTC/USD?interval=5'])).toEqual([
      {
        frame:
          '{"method":"subscribe","params":{"channel":"book","depth":10,"symbol":["BTC/USD","ETH/USD"]},"req_id":1}',
        replies: [
          { key: '1 BTC/USD', topics: [BTC] },
          { key: '1 ETH/USD', topics: [ETH] },
        ],
      },
      {
        frame:
          '{"method":"subscribe","params":{"channel":"book","depth":1000,"symbol":["BTC/USD"]},"req_id":2}',
        replies: [{ key: '2 BTC/USD', topics: [DEEP] }],
      },
      {
        frame:
          '{"method":"subscribe","params":{"channel":"trade","snapshot":true,"symbol":["BTC/USD"]},"req_id":3}',
        replies: [{ key: '3 BTC/USD', topics: [TRADES] }],
      },
      {
        frame:
          '{"method":"subscribe","params":{"channel":"ohlc","interval":5,"symbol":["BTC/USD"]},"req_id":4}',
        replies: [{ key: '4 BTC/USD', topics: ['ohlc:BTC/USD?interval=5'] }],
      },
    ]);
  });

  it('for a book back with the depth that it was asked for with', () => {
    const session = open();
    session.subscribe([DEEP]);
    expect(session.unsubscribe([DEEP])[0]?.frame).toBe(
      '{"method":"unsubscribe","params":{"channel":"book","depth":1000,"symbol":["BTC/USD"]},"req_id":2}',
    );
  });

  it('for tickers of the best bid and ask by their trigger', () => {
    expect(open('quotes').subscribe(['ticker:BTC/USD?event_trigger=bbo'])[0]?.frame).toBe(
      '{"method":"subscribe","params":{"channel":"ticker","event_trigger":"bbo","symbol":["BTC/USD"]},"req_id":1}',
    );
  });

  it('with ids that are whole numbers of 32 bits', () => {
    const [frame] = open().subscribe([BTC]);
    const { req_id: id } = JSON.parse(frame!.frame) as { req_id: unknown };
    expect(id).toBe(1);
    // The engine's numbers count up from 1: none other is asked for.
    expect(kraken().messageIds).toBeUndefined();
  });

  it('for a sign of life where the state of the platform is wanted, which comes unasked', () => {
    const session = open();
    expect(session.subscribe(['status', BTC]).map(({ frame, replies }) => [frame, replies])).toEqual([
      [expect.stringContaining('"book"'), [{ key: '1 BTC/USD', topics: [BTC] }]],
      ['{"method":"ping","req_id":2}', [{ key: '2', topics: ['status'] }]],
    ]);
    expect(receive({ method: 'pong', req_id: 2 }, [], session)).toEqual([['pong'], ['reply', '2']]);
    expect(session.unsubscribe(['status'])[0]?.replies).toEqual([{ key: '3', topics: ['status'] }]);
    expect(open().subscribe([])).toEqual([]);
  });

  it('for the listings in passing, once on a connection, and not where only quotes are', () => {
    const session = open('public', {});
    expect(session.subscribe([BTC])[0]).toEqual({
      frame: '{"method":"subscribe","params":{"channel":"instrument"},"req_id":1}',
      replies: [],
    });
    expect(session.subscribe([ETH])).toHaveLength(1);
    expect(receive(ack(1, undefined), [], session)).toEqual([['ignored', 'answer that nobody waits for']]);
    expect(open('quotes', {}).subscribe(['ticker:BTC/USD?event_trigger=bbo'])).toHaveLength(1);
    // Whoever wants them as they come asks himself.
    expect(open('public', {}).subscribe(['instrument'])).toHaveLength(1);
  });

  it('for a sign of life in a message', () => {
    expect(open().ping?.()).toBe('{"method":"ping"}');
    expect(receive({ method: 'pong', time_in: 'x', time_out: 'y' })).toEqual([['pong']]);
    expect(receive({ method: 'pong', req_id: 42, time_in: 'x' })).toEqual([['pong'], ['reply', '42']]);
  });
});

describe('a Kraken session hears', () => {
  it('one answer for each symbol, all with the id of the request', () => {
    const session = open();
    session.subscribe([BTC, ETH]);
    expect(receive(ack(1, 'ETH/USD'), [], session)).toEqual([['reply', '1 ETH/USD']]);
    expect(receive(ack(1, 'BTC/USD'), [], session)).toEqual([['reply', '1 BTC/USD']]);
    // All are told: what comes now is of somebody else's request.
    expect(receive(ack(1, 'BTC/USD'), [], session)).toEqual([['reply', '1']]);
  });

  it('that some of a request are refused, and others taken', () => {
    const session = open();
    session.subscribe([BTC, 'book:FOO/BAR']);
    expect(receive(no(1, 'Currency pair not supported FOO/BAR', 'FOO/BAR'), [], session)).toEqual([
      [
        'reply',
        '1 FOO/BAR',
        { code: 'refused', message: 'Currency pair not supported FOO/BAR', temporary: false },
      ],
    ]);
    expect(receive(ack(1, 'BTC/USD'), [], session)).toEqual([['reply', '1 BTC/USD']]);
  });

  it('of a refusal that names no symbol that one of those asked for is meant', () => {
    const session = open();
    session.subscribe([BTC, ETH]);
    const refusal = { code: 'refused', message: 'Subscription depth not supported', temporary: false };
    expect(receive(no(1, 'Subscription depth not supported'), [], session)).toEqual([
      ['reply', '1 BTC/USD', { ...refusal, isOfSeveral: true }],
      ['reply', '1 ETH/USD', { ...refusal, isOfSeveral: true }],
    ]);
    session.subscribe([BTC]);
    expect(receive(no(2, 'Subscription depth not supported'), [], session)).toEqual([
      ['reply', '2 BTC/USD', refusal],
    ]);
  });

  it.each([
    ['Exceeded msg rate', true],
    ['EService:Unavailable', true],
    ['EService:Deadline elapsed', true],
    ['Subscription ohlc interval not supported', false],
    ['ESession:Invalid session', false],
  ])('whether a refusal holds for good: %s', (error, temporary) => {
    const session = open();
    session.subscribe([BTC]);
    expect(receive(no(1, error, 'BTC/USD'), [], session)).toMatchObject([
      ['reply', '1 BTC/USD', { temporary }],
    ]);
  });

  it('that what is subscribed already is so', () => {
    const session = open();
    session.subscribe([BTC]);
    expect(receive(no(1, 'Already subscribed', 'BTC/USD'), [], session)).toEqual([
      ['reply', '1 BTC/USD', undefined],
    ]);
  });

  it('answers to what users ask, under their ids', () => {
    expect(
      receive({ method: 'add_order', req_id: 99, success: false, error: 'EOrder:Insufficient funds' }),
    ).toEqual([['reply', '99', { code: 'EOrder', message: 'EOrder:Insufficient funds', temporary: false }]]);
  });

  it.each([
    [{ method: 'subscribe', success: false, error: 'Exceeded msg rate' }, 'Exceeded msg rate'],
    [{ error: 'Malformed request', success: false }, 'Malformed request'],
  ])('an error that belongs to nothing: %j', (frame, text) => {
    expect(receive(frame)).toEqual([['rejected', undefined, expect.stringContaining(text)]]);
  });

  it('of v1 what it is', () => {
    expect(receive('[1337,{"a":["5525.40000",1,"1.000"]},"ticker","XBT/USD"]')).toEqual([
      ['ignored', 'Kraken v1, retired'],
    ]);
    expect(receive({ event: 'systemStatus', status: 'online' })).toEqual([['ignored', 'Kraken v1, retired']]);
  });

  it('signs of life, which are data of nothing', () => {
    expect(receive('{"channel":"heartbeat"}')).toEqual([['ignored', 'heartbeat']]);
  });

  it.each(['[]', '7', '{"channel":7}', '{"channel":"what is to come","data":[]}', '{}'])(
    'what it does not know: %s',
    (frame) => {
      expect(receive(frame)).toEqual(
        frame === '[]' ? [['ignored', 'Kraken v1, retired']] : [['unhandled', frame]],
      );
    },
  );

  it('binary frames that should not be', () => {
    const sink = new RecordingSink();
    open().onFrame(Buffer.from('{}'), true, 0, sink);
    expect(sink.calls).toEqual([['unhandled', '{}']]);
  });
});

describe('the platform of Kraken', () => {
  const status = (system: string): string =>
    `{"channel":"status","type":"update","data":[{"version":"2.0.10","system":"${system}",` +
    `"api_version":"v2","connection_id":6447481662169813000}]}`;

  it('greets every connection, with an id of it that no number holds', () => {
    const session = open();
    expect(receive(status('online'), ['status'], session)).toEqual([
      ['platformStatus', 'status', undefined, { id: '', state: 'completed', text: 'online' }],
    ]);
    expect(receive(status('online'), [], open())).toEqual([['ignored', 'status']]);
  });

  it('pauses in maintenance, and has everything begun anew when it is over', () => {
    const session = open('public', {});
    session.subscribe([BTC]);
    receive(status('online'), [], session);
    expect(receive(status('maintenance'), ['status'], session)).toEqual([
      ['platformStatus', 'status', undefined, { id: '', state: 'ongoing', text: 'maintenance' }],
      ['paused', 'maintenance'],
    ]);
    expect(receive(status('maintenance'), [], session)).toEqual([['ignored', 'status']]);
    expect(receive(status('online'), [], session)).toEqual([
      ['ignored', 'status'],
      ['resumed', 'online'],
    ]);
    // The listings, too.
    expect(session.subscribe([BTC])[0]?.frame).toContain('"instrument"');
  });

  it.each(['cancel_only', 'post_only'])(
    'goes on while it is %s, and books are proved anew afterwards',
    (system) => {
      const session = open();
      receive(status('online'), [], session);
      expect(receive(status(system), ['status'], session)).toMatchObject([
        ['platformStatus', 'status', undefined, { state: 'ongoing', text: system }],
      ]);
      expect(receive(status('online'), [], session)).toEqual([
        ['ignored', 'status'],
        ['resumed', 'online'],
      ]);
    },
  );

  it('is over maintenance when it takes orders again, be it some', () => {
    const session = open();
    receive(status('maintenance'), [], session);
    expect(receive(status('post_only'), [], session)).toContainEqual(['resumed', 'post_only']);
    expect(receive(status('online'), [], session)).toContainEqual(['resumed', 'online']);
  });

  it('is told to those who come after it was, with the next frame', () => {
    const session = open();
    receive(status('online'), [], session);
    session.subscribe(['status']);
    const told = ['platformStatus', 'status', undefined, { id: '', state: 'completed', text: 'online' }];
    expect(receive('{"channel":"heartbeat"}', ['status'], session)).toEqual([['ignored', 'heartbeat'], told]);
    expect(receive('{"channel":"heartbeat"}', ['status'], session)).toEqual([['ignored', 'heartbeat']]);
  });

  it.each(['{"channel":"status","data":7}', '{"channel":"status","data":[{"system":7}]}'])(
    'is not taken from %s',
    (frame) => {
      const calls = receive(frame);
      expect(calls).toHaveLength(1);
      expect(calls[0]![0]).toBe(frame.includes('[') ? 'ignored' : 'rejected');
    },
  );
});

describe('the listings of Kraken', () => {
  const instrument = (...pairs: object[]): object => ({
    ...{ channel: 'instrument', type: 'snapshot' },
    data: { assets: [], pairs },
  });
  const pair = (symbol: string, status: string): object => ({
    ...{ symbol, status, base: 'BTC', quote: 'USD' },
    ...{ price_precision: 1, qty_precision: 8, price_increment: 0.1, qty_increment: 1e-8 },
  });

  it('tell of markets that are stopped and opened, once', () => {
    const session = open();
    expect(receive(instrument(pair('BTC/USD', 'online')), [], session)).toEqual([['ignored', 'instrument']]);
    expect(
      receive(instrument(pair('BTC/USD', 'cancel_only'), pair('ETH/USD', 'delisted')), [], session),
    ).toEqual([
      ['marketStatus', 'BTC/USD', 'halted', 'the exchange lists BTC/USD as cancel_only'],
      ['marketStatus', 'ETH/USD', 'halted', 'the exchange lists ETH/USD as delisted'],
    ]);
    expect(receive(instrument(pair('BTC/USD', 'maintenance')), [], session)).toEqual([
      ['ignored', 'instrument'],
    ]);
    expect(receive(instrument(pair('BTC/USD', 'online')), [], session)).toEqual([
      ['marketStatus', 'BTC/USD', 'trading', 'the exchange lists BTC/USD as online'],
    ]);
  });

  it('leave out a pair that is none', () => {
    expect(receive(instrument({ symbol: null }, pair('BTC/USD', 'maintenance')))).toMatchObject([
      ['rejected', undefined, expect.stringContaining('pairs[0].symbol')],
      ['marketStatus', 'BTC/USD', 'halted', expect.any(String)],
    ]);
    expect(receive({ channel: 'instrument', data: [] })).toMatchObject([
      ['rejected', undefined, expect.any(String)],
    ]);
  });
});
