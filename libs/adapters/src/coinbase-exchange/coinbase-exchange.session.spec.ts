import type { Session } from '@exchange-stream/nestjs/contract';
import { RecordingSink, type Call } from '../../test/recording-sink.ts';
import { coinbaseExchange } from './coinbase-exchange.adapter.ts';

function open(): Session {
  let id = 0;
  return coinbaseExchange().createSession({
    endpoint: 'feed',
    url: 'wss://ws-feed.exchange.coinbase.com/',
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
const subscriptions = (subscribed: Readonly<Record<string, readonly string[]>>): object => ({
  type: 'subscriptions',
  channels: Object.entries(subscribed).map(([name, product_ids]) => ({
    ...{ name, product_ids, account_ids: null },
  })),
});

const BTC = 'level2_batch:BTC-USD';
const ETH = 'level2_batch:ETH-USD';
const TRADES = 'matches:BTC-USD';

describe('a session of Coinbase Exchange asks', () => {
  it('for all channels in one message, the heartbeats of the products among them', () => {
    const session = open();
    expect(session.subscribe([BTC, TRADES, ETH, 'status'])).toEqual([
      {
        frame:
          '{"type":"subscribe","channels":[{"name":"level2_batch","product_ids":["BTC-USD","ETH-USD"]},' +
          '{"name":"matches","product_ids":["BTC-USD"]},{"name":"status"},' +
          '{"name":"heartbeat","product_ids":["BTC-USD","ETH-USD"]}]}',
        replies: [BTC, TRADES, ETH, 'status'].map((topic) => ({
          ...{ key: `1 subscribe ${topic}`, topics: [topic] },
        })),
      },
    ]);
  });

  it('for a heartbeat once, and gives it back with the last topic of its product', () => {
    const session = open();
    session.subscribe([BTC]);
    const frames = (requests: ReturnType<Session['subscribe']>): string[] =>
      requests.map(({ frame }) => frame);
    expect(frames(session.subscribe([TRADES]))).toEqual([
      '{"type":"subscribe","channels":[{"name":"matches","product_ids":["BTC-USD"]}]}',
    ]);
    expect(frames(session.unsubscribe([BTC]))).toEqual([
      '{"type":"unsubscribe","channels":[{"name":"level2_batch","product_ids":["BTC-USD"]}]}',
    ]);
    expect(frames(session.unsubscribe([TRADES]))).toEqual([
      '{"type":"unsubscribe","channels":[{"name":"matches","product_ids":["BTC-USD"]},' +
        '{"name":"heartbeat","product_ids":["BTC-USD"]}]}',
    ]);
  });

  it('nothing when there is nothing to ask for', () => {
    expect(open().subscribe([])).toEqual([]);
  });
});

describe('a session of Coinbase Exchange hears', () => {
  it('that topics are confirmed, by all that is subscribed', () => {
    const session = open();
    session.subscribe([BTC, 'status']);
    session.subscribe([TRADES]);
    const now = { level2_batch: ['BTC-USD'], heartbeat: ['BTC-USD'], status: [] };
    expect(receive(subscriptions(now), [], session)).toEqual([
      ['reply', `1 subscribe ${BTC}`],
      ['reply', '1 subscribe status'],
    ]);
    expect(receive(subscriptions({ ...now, matches: ['BTC-USD'] }), [], session)).toEqual([
      ['reply', `2 subscribe ${TRADES}`],
    ]);
    expect(receive(subscriptions(now))).toEqual([['ignored', 'subscriptions, nothing new']]);
    expect(receive({ type: 'subscriptions' })[0]?.[0]).toBe('rejected');
  });

  it('that one unknown product fails the whole message: each is tried by itself', () => {
    const session = open();
    session.subscribe([BTC, 'matches:NO-SUCH']);
    const error = { type: 'error', message: 'Failed to subscribe', reason: 'NO-SUCH is not a valid product' };
    const refusal = {
      ...{ code: 'error', message: 'Failed to subscribe: NO-SUCH is not a valid product' },
      temporary: false,
    };
    expect(receive(error, [], session)).toEqual([
      ['reply', `1 subscribe ${BTC}`, { ...refusal, isOfSeveral: true }],
      ['reply', '1 subscribe matches:NO-SUCH', { ...refusal, isOfSeveral: true }],
    ]);
    session.subscribe(['matches:NO-SUCH']);
    expect(receive(error, [], session)).toEqual([['reply', '2 subscribe matches:NO-SUCH', refusal]]);
  });

  it('that it is too slow, and about to be cut off', () => {
    for (const error of [
      { type: 'error', message: 'ErrSlowConsume' },
      { type: 'error', message: 'error', reason: 'ErrSlowRead' },
    ])
      expect(receive(error)[0]?.[0]).toBe('closing');
  });

  it('what is of others by its name, and nothing that it does not know', () => {
    expect(receive({ type: 'heartbeat', sequence: 90, last_trade_id: 20, product_id: 'BTC-USD' })).toEqual([
      ['ignored', 'heartbeat'],
    ]);
    expect(receive({ type: 'auction', product_id: 'BTC-USD' })).toEqual([['ignored', 'auctionfeed']]);
    for (const type of ['received', 'open', 'done', 'change', 'activate'])
      expect(receive({ type, product_id: 'BTC-USD' })).toEqual([['ignored', type]]);
    expect(receive({ type: 'match' })[0]?.[0]).toBe('rejected');
    for (const frame of ['{"type":"news"}', '[1]', '7', '{"hello":1}'])
      expect(receive(frame)).toEqual([['unhandled', frame]]);
  });
});
