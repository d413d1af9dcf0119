import type { Session } from '@exchange-stream/nestjs/contract';
import { RecordingSink, type Call } from '../../test/recording-sink.ts';
import { coinbase, type CoinbaseOptions } from './coinbase.adapter.ts';

function open(options?: CoinbaseOptions): Session {
  let id = 0;
  return coinbase(options).createSession({
    endpoint: 'market',
    url: 'wss://advanced-trade-ws.coinbase.com/',
    nextId: () => ++id,
  });
}

/** What a session makes of one frame when these topics are wanted. */
function receive(frame: string | object, wanted: readonly string[] = [], session: Session = open()): Call[] {
  const sink = new RecordingSink(...wanted);
  session.onFrame(Buffer.from(typeof frame === 'string' ? frame : JSON.stringify(frame)), false, 0, sink);
  return sink.calls;
}

/** The answer to every request: all that is subscribed. */
const subscriptions = (subscribed: object): object => ({
  channel: 'subscriptions',
  timestamp: '2026-08-09T21:05:48.228846629Z',
  events: [{ subscriptions: subscribed }],
});

const BTC = 'level2:BTC-USD';
const ETH = 'level2:ETH-USD';
const TRADES = 'market_trades:BTC-USD';

describe('a Coinbase session asks', () => {
  it('for heartbeats first, which keep quiet channels open, and within the five seconds that a fresh socket has', () => {
    expect(open().introduce?.()).toEqual([
      {
        frame: '{"type":"subscribe","channel":"heartbeats"}',
        replies: [{ key: '1 subscribe heartbeats', topics: ['heartbeats'] }],
      },
    ]);
    const frames = open({ watchStatus: true }).introduce?.() ?? [];
    expect(frames.map(({ frame }) => frame)).toEqual([
      '{"type":"subscribe","channel":"heartbeats"}',
      '{"type":"subscribe","channel":"status"}',
    ]);
  });

  it('for one channel in a message, and all of its products', () => {
    const session = open();
    expect(session.subscribe([BTC, TRADES, ETH, 'status'])).toEqual([
      {
        frame: '{"type":"subscribe","channel":"level2","product_ids":["BTC-USD","ETH-USD"]}',
        replies: [
          { key: `1 subscribe ${BTC}`, topics: [BTC] },
          { key: `1 subscribe ${ETH}`, topics: [ETH] },
        ],
      },
      {
        frame: '{"type":"subscribe","channel":"market_trades","product_ids":["BTC-USD"]}',
        replies: [{ key: `2 subscribe ${TRADES}`, topics: [TRADES] }],
      },
      {
        frame: '{"type":"subscribe","channel":"status"}',
        replies: [{ key: '3 subscribe status', topics: ['status'] }],
      },
    ]);
    expect(session.unsubscribe([ETH])).toEqual([
      {
        frame: '{"type":"unsubscribe","channel":"level2","product_ids":["ETH-USD"]}',
        replies: [{ key: `4 unsubscribe ${ETH}`, topics: [ETH] }],
      },
    ]);
  });

  it('never to end the heartbeats, whoever wants them as they come', () => {
    const session = open();
    expect(session.subscribe(['heartbeats'])).toEqual([]);
    expect(session.unsubscribe(['heartbeats'])).toEqual([]);
  });

  it('nothing when there is nothing to ask for', () => {
    expect(open().subscribe([])).toEqual([]);
  });
});

describe('a Coinbase session hears that topics are confirmed', () => {
  it('by all that is subscribed, whatever else that is', () => {
    const session = open();
    session.introduce?.();
    session.subscribe([BTC, ETH]);
    expect(receive(subscriptions({ heartbeats: ['heartbeats'] }), [], session)).toEqual([
      ['reply', '1 subscribe heartbeats'],
    ]);
    expect(
      receive(subscriptions({ heartbeats: ['heartbeats'], level2: ['ETH-USD', 'BTC-USD'] }), [], session),
    ).toEqual([
      ['reply', `2 subscribe ${BTC}`],
      ['reply', `2 subscribe ${ETH}`],
    ]);
    session.unsubscribe([ETH]);
    expect(receive(subscriptions({ heartbeats: ['heartbeats'], level2: ['BTC-USD'] }), [], session)).toEqual([
      ['reply', `3 unsubscribe ${ETH}`],
    ]);
  });

  it('and waits for those that an answer lacks: it may be that to another request', () => {
    const session = open();
    session.subscribe([BTC, ETH]);
    expect(receive(subscriptions({}), [], session)).toEqual([['ignored', 'subscriptions, nothing new']]);
    expect(receive(subscriptions({ level2: ['BTC-USD'] }), [], session)).toEqual([
      ['reply', `1 subscribe ${BTC}`],
    ]);
    expect(receive(subscriptions({ level2: ['BTC-USD', 'ETH-USD'] }), [], session)).toEqual([
      ['reply', `1 subscribe ${ETH}`],
    ]);
  });

  it('once, however often the same is answered', () => {
    const session = open();
    session.subscribe([BTC]);
    const answer = subscriptions({ level2: ['BTC-USD'] });
    expect(receive(answer, [], session)).toEqual([['reply', `1 subscribe ${BTC}`]]);
    session.subscribe([TRADES]);
    expect(receive(answer, [], session)).toEqual([['ignored', 'subscriptions, nothing new']]);
    const both = { level2: ['BTC-USD'], market_trades: ['BTC-USD'] };
    expect(receive(subscriptions(both), [], session)).toEqual([['reply', `2 subscribe ${TRADES}`]]);
  });

  it('though the answer to the request before has been lost', () => {
    const session = open();
    session.subscribe([BTC]);
    session.subscribe([TRADES]);
    expect(receive(subscriptions({ level2: ['BTC-USD'], market_trades: ['BTC-USD'] }), [], session)).toEqual([
      ['reply', `1 subscribe ${BTC}`],
      ['reply', `2 subscribe ${TRADES}`],
    ]);
  });

  it('not before what was asked for earlier is done: a topic that is given back and asked for anew', () => {
    const session = open();
    session.subscribe([BTC]);
    receive(subscriptions({ level2: ['BTC-USD'] }), [], session);
    session.subscribe([TRADES]);
    session.unsubscribe([BTC]);
    session.subscribe([BTC]);
    expect(receive(subscriptions({ level2: ['BTC-USD'], market_trades: ['BTC-USD'] }), [], session)).toEqual([
      ['reply', `2 subscribe ${TRADES}`],
    ]);
    expect(receive(subscriptions({ market_trades: ['BTC-USD'] }), [], session)).toEqual([
      ['reply', `3 unsubscribe ${BTC}`],
    ]);
    expect(receive(subscriptions({ level2: ['BTC-USD'], market_trades: ['BTC-USD'] }), [], session)).toEqual([
      ['reply', `4 subscribe ${BTC}`],
    ]);
  });

  it('though the answer to giving them back has been lost', () => {
    const session = open();
    session.subscribe([BTC]);
    receive(subscriptions({ level2: ['BTC-USD'] }), [], session);
    session.unsubscribe([BTC]);
    session.subscribe([BTC]);
    expect(receive(subscriptions({ level2: ['BTC-USD'] }), [], session)).toEqual([
      ['reply', `3 subscribe ${BTC}`],
    ]);
    // It is not confirmed by a later answer to something else.
    expect(receive(subscriptions({}), [], session)).toEqual([['ignored', 'subscriptions, nothing new']]);
  });

  it('under the later key, where it asked twice', () => {
    const session = open();
    session.subscribe([BTC]);
    session.subscribe([BTC]);
    receive(subscriptions({}), [], session);
    expect(receive(subscriptions({ level2: ['BTC-USD'] }), [], session)).toEqual([
      ['reply', `2 subscribe ${BTC}`],
    ]);
  });

  it('and counts what nobody asked for, an answer without what is subscribed, and one that claims it by a trick', () => {
    expect(receive(subscriptions({ level2: ['BTC-USD'] }))).toEqual([
      ['ignored', 'subscriptions, nothing new'],
    ]);
    const session = open();
    session.subscribe([BTC]);
    expect(receive({ channel: 'subscriptions', events: [{}] }, [], session)[0]?.[0]).toBe('rejected');
    expect(receive({ channel: 'subscriptions' }, [], session)[0]?.[0]).toBe('rejected');
    for (const trick of [{ level2: 'BTC-USD' }, { level2: { length: 1 } }, { __proto__: null }])
      expect(receive(subscriptions(trick), [], session)).toEqual([['ignored', 'subscriptions, nothing new']]);
    session.subscribe(['constructor']);
    expect(receive(subscriptions({}), [], session)).toEqual([['ignored', 'subscriptions, nothing new']]);
  });
});

describe('a Coinbase session hears an error', () => {
  const error = { type: 'error', message: 'failure to subscribe' };

  it('of the oldest message that is not answered, as errors name none', () => {
    const session = open();
    session.subscribe([BTC]);
    session.subscribe([TRADES]);
    receive(subscriptions({ level2: ['BTC-USD'] }), [], session);
    expect(receive(error, [], session)).toEqual([
      [
        'reply',
        `2 subscribe ${TRADES}`,
        { code: 'error', message: 'failure to subscribe', temporary: false },
      ],
    ]);
  });

  it('of several topics of a message, of which one may be the reason', () => {
    const session = open();
    session.subscribe([BTC, ETH]);
    expect(receive(error, [], session)).toEqual([
      ['reply', `1 subscribe ${BTC}`, expect.objectContaining({ isOfSeveral: true })],
      ['reply', `1 subscribe ${ETH}`, expect.objectContaining({ isOfSeveral: true })],
    ]);
  });

  it('that may be different in a while, of too many messages', () => {
    const session = open();
    session.subscribe([BTC]);
    expect(receive({ type: 'error', message: 'rate limit exceeded' }, [], session)[0]?.[2]).toMatchObject({
      temporary: true,
    });
  });

  it('that is of nobody', () => {
    expect(receive(error)).toEqual([
      ['rejected', undefined, 'error without a request: failure to subscribe'],
    ]);
    expect(receive({ type: 'error' })[0]?.[0]).toBe('rejected');
  });
});

describe('a Coinbase session counts all frames of the connection', () => {
  const heartbeat = (sequence_num: number): object => ({
    channel: 'heartbeats',
    timestamp: '2026-08-09T21:05:48.856364007Z',
    sequence_num,
    events: [
      {
        current_time: '2026-08-09 21:05:48.854840045 +0000 UTC m=+41691.260485341',
        heartbeat_counter: 41_691,
      },
    ],
  });

  it('from 0 on, data and answers alike, whichever comes first', () => {
    const session = open();
    session.introduce?.();
    const read = (frame: object): Call[] => receive(frame, [], session);
    expect(read(heartbeat(0))).toEqual([
      ['framesCountFrom', 0],
      ['frameNumber', 0],
      ['ignored', 'heartbeats'],
    ]);
    expect(read({ ...subscriptions({ heartbeats: ['heartbeats'] }), sequence_num: 1 })).toEqual([
      ['frameNumber', 1],
      ['reply', '1 subscribe heartbeats'],
    ]);
    expect(read(heartbeat(2))[0]).toEqual(['frameNumber', 2]);
  });

  it('from wherever a recording begins that does not show what was said before', () => {
    expect(receive(heartbeat(500))).toEqual([
      ['frameNumber', 500],
      ['ignored', 'heartbeats'],
    ]);
  });

  it('and reads none that comes again or late', () => {
    const session = open();
    session.subscribe([TRADES]);
    const sink = new RecordingSink(TRADES);
    sink.frameNumber = () => false;
    for (const frame of [heartbeat(3), { ...subscriptions({ market_trades: ['BTC-USD'] }), sequence_num: 4 }])
      session.onFrame(Buffer.from(JSON.stringify(frame)), false, 0, sink);
    expect(sink.calls).toEqual([['framesCountFrom', 0]]);
  });
});

describe('a Coinbase session passes over', () => {
  it('channels of an account, and topics that nobody wants', () => {
    expect(receive({ channel: 'user', events: [{ type: 'snapshot', orders: [] }] })).toEqual([
      ['ignored', 'user'],
    ]);
    expect(receive({ channel: 'futures_balance_summary', events: [] })).toEqual([
      ['ignored', 'futures_balance_summary'],
    ]);
    const event = { type: 'update', product_id: 'BTC-USD', updates: [] };
    expect(receive({ channel: 'l2_data', events: [event] })).toEqual([['ignored', 'unsubscribed topic']]);
  });

  it('nothing that it does not know: that is told', () => {
    for (const frame of ['{"channel":"fakechan","events":[]}', '[1]', '7', '{"hello":1}', '{"channel":5}'])
      expect(receive(frame)).toEqual([['unhandled', frame]]);
    const sink = new RecordingSink();
    open().onFrame(Buffer.from('x'), true, 0, sink);
    expect(sink.calls).toEqual([['unhandled', 'x']]);
  });
});
