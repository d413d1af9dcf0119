import type { Session } from '@exchange-stream/nestjs/contract';
import { RecordingSink, type Call } from '../../test/recording-sink.ts';
import { bybit } from './bybit.adapter.ts';

function open(endpoint = 'linear'): Session {
  let id = 0;
  const { path } = bybit().endpoints[endpoint]!;
  const url = `wss://stream.bybit.com${path}`;
  return bybit().createSession({ endpoint, url, nextId: () => ++id });
}

/** What a session makes of one frame when these topics are wanted. */
function receive(frame: string | object, wanted: readonly string[] = [], session: Session = open()): Call[] {
  const sink = new RecordingSink(...wanted);
  session.onFrame(Buffer.from(typeof frame === 'string' ? frame : JSON.stringify(frame)), false, 0, sink);
  return sink.calls.map((call) => call.filter((part, index) => index < 2 || part !== undefined) as never);
}

const refused = (message: string): object => ({ code: 'none', message, temporary: false });

describe('a Bybit session asks', () => {
  it('for topics, under an id that is text, by which the answer will come', () => {
    const session = open();
    expect(session.subscribe(['publicTrade.BTCUSDT', 'orderbook.50.BTCUSDT'])).toEqual([
      {
        frame: '{"op":"subscribe","args":["publicTrade.BTCUSDT","orderbook.50.BTCUSDT"],"req_id":"1"}',
        replies: [{ key: '1', topics: ['publicTrade.BTCUSDT', 'orderbook.50.BTCUSDT'] }],
      },
    ]);
    expect(session.unsubscribe(['publicTrade.BTCUSDT'])).toEqual([
      {
        frame: '{"op":"unsubscribe","args":["publicTrade.BTCUSDT"],"req_id":"2"}',
        replies: [{ key: '2', topics: ['publicTrade.BTCUSDT'] }],
      },
    ]);
  });

  it('for no more than ten topics in one message, on every socket', () => {
    for (const endpoint of Object.keys(bybit().endpoints)) {
      const topics = Array.from({ length: 21 }, (_, index) => `tickers.C${index}USDT`);
      const args = open(endpoint)
        .subscribe(topics)
        .map(({ frame }) => (JSON.parse(frame) as { args: string[] }).args);
      expect(args.map(({ length }) => length)).toEqual([10, 10, 1]);
      expect(args.flat()).toEqual(topics);
    }
  });

  it('for a decision on each topic where the exchange tells of each', () => {
    const [request] = open('option').subscribe(['publicTrade.BTC', 'tickers.nonsense']);
    expect(request?.replies).toEqual([
      { key: '1 publicTrade.BTC', topics: ['publicTrade.BTC'] },
      { key: '1 tickers.nonsense', topics: ['tickers.nonsense'] },
    ]);
  });

  it('for a sign of life in the words of Bybit', () => {
    expect(open().ping?.()).toBe('{"op":"ping"}');
  });

  it('nothing when there is nothing to ask for', () => {
    expect(open().subscribe([])).toEqual([]);
  });
});

describe('a Bybit session takes for a pong', () => {
  it.each([
    ['that of spot, linear and inverse', '{"success":true,"ret_msg":"pong","conn_id":"x","op":"ping"}'],
    ['that of options and spreads', '{"op":"pong","args":["1672916271846"]}'],
    ['that of private sockets', '{"op":"pong","args":["1672916271846"],"req_id":"1","conn_id":"x"}'],
    ['that of order entry', '{"retCode":0,"retMsg":"OK","op":"pong","data":["1672916271846"],"connId":"x"}'],
  ])('%s', (_, frame) => {
    expect(receive(frame)).toEqual([['pong']]);
  });
});

describe('a Bybit session knows what an answer is to', () => {
  const asked = (endpoint: string, ...batches: readonly string[][]): Session => {
    const session = open(endpoint);
    for (const topics of batches) session.subscribe(topics);
    return session;
  };

  it.each([
    ['{"success":true,"ret_msg":"","conn_id":"x","req_id":"2","op":"subscribe"}', ['reply', '2']],
    ['{"success":true,"ret_msg":"subscribe","conn_id":"x","req_id":"1","op":"subscribe"}', ['reply', '1']],
    // Not asked here: by a user, who may wait for it.
    ['{"success":true,"ret_msg":"","conn_id":"x","req_id":"mine","op":"subscribe"}', ['reply', 'mine']],
  ] as const)('by the id that is repeated: %s', (frame, call) => {
    expect(receive(frame, [], asked('linear', ['tickers.A'], ['tickers.B']))).toEqual([call]);
  });

  it('without an id, by the topic that a refusal names, which fails the whole request', () => {
    for (const message of ['Invalid topic: tickers.B', 'error:handler not found,topic:tickers.B']) {
      const session = asked('linear', ['tickers.BC'], ['tickers.A', 'tickers.B'], ['tickers.C']);
      const frame = { success: false, ret_msg: message, conn_id: 'x', op: 'subscribe' };
      expect(receive(frame, [], session)).toEqual([['reply', '2', refused(message)]]);
    }
  });

  it('without an id and a topic, by the order in which requests of the kind were sent', () => {
    const session = asked('spot', ['tickers.A']);
    session.unsubscribe(['tickers.X']);
    session.subscribe(['tickers.B']);
    const answer = (op: string): object => ({ success: true, ret_msg: op, conn_id: 'x', op });
    expect(receive(answer('unsubscribe'), [], session)).toEqual([['reply', '2']]);
    expect(receive(answer('subscribe'), [], session)).toEqual([['reply', '1']]);
    expect(receive(answer('subscribe'), [], session)).toEqual([['reply', '3']]);
    expect(receive(answer('subscribe'), [], session)).toEqual([['ignored', 'answer to no known request']]);
    expect(receive({ ...answer('subscribe'), success: false }, [], session)).toEqual([
      ['rejected', undefined, 'refusal of no known request: subscribe'],
    ]);
  });

  it('by the topics that those of options and spreads name, each of which failed by itself or did not', () => {
    for (const endpoint of ['option', 'spread']) {
      const session = asked(endpoint, ['tickers.A'], ['tickers.B', 'tickers.C', 'tickers.D']);
      const data = { failTopics: ['tickers.C'], successTopics: ['tickers.B', 'tickers.D'] };
      expect(receive({ success: true, conn_id: 'x', data, type: 'COMMAND_RESP' }, [], session)).toEqual([
        ['reply', '2 tickers.B'],
        ['reply', '2 tickers.C', refused('Bybit failed tickers.C')],
        ['reply', '2 tickers.D'],
      ]);
    }
  });

  it('also where the answer to an earlier request for the same topic was lost', () => {
    const session = asked('option', ['tickers.A'], ['tickers.A']);
    const data = { failTopics: [], successTopics: ['tickers.A'] };
    const answer = { success: true, conn_id: 'x', data, type: 'COMMAND_RESP' };
    expect(receive(answer, [], session)).toEqual([['reply', '2 tickers.A']]);
  });

  it('and remembers a bounded number of requests', () => {
    const session = open();
    for (let index = 0; index < 2_000; index++) session.subscribe([`tickers.C${index}`]);
    const answers: Call[] = [];
    for (let index = 0; index < 600; index++) {
      answers.push(...receive({ success: true, ret_msg: '', op: 'subscribe' }, [], session));
    }
    expect(answers[0]).toEqual(['reply', '1501']);
    expect(answers.filter(([call]) => call === 'reply')).toHaveLength(500);
  });
});

describe('a Bybit session hears', () => {
  it.each([
    ['{"op":"auth","success":false,"retCode":10003,"retMsg":"Invalid apikey","connId":"x"}', 'auth'],
    ['{"op":"order.create","retCode":0,"retMsg":"OK","connId":"x","data":{}}', 'order.create'],
    ['{"topic":"orderbook.rpi.BTCUSDT","type":"delta","ts":1,"data":{}}', 'orderbook.rpi'],
    ['{"topic":"orderbook.full.MNTUSDT","type":"delta","ts":1,"data":{}}', 'orderbook.full'],
    ['{"topic":"priceLimit.BTCUSDT","ts":1,"data":{}}', 'priceLimit'],
    ['{"topic":"insurance.USDT","ts":1,"data":[]}', 'insurance'],
    ['{"topic":"adlAlert.USDT","ts":1,"data":[]}', 'adlAlert'],
    ['{"topic":"execution.fast","creationTime":1,"data":[]}', 'execution.fast'],
    ['{"topic":"order.linear","creationTime":1,"data":[]}', 'order'],
    ['{"topic":"liquidation.GALAUSDT","type":"snapshot","ts":1,"data":{}}', 'retired: liquidation'],
    ['{"topic":"kline_lt.5.BTCUSDT","type":"snapshot","ts":1,"data":[]}', 'retired: kline_lt'],
    ['{"topic":"publicTrade.BTCUSDT","type":"snapshot","ts":1,"data":[]}', 'unsubscribed topic'],
    ['{"topic":"newThing.BTCUSDT","type":"snapshot","ts":1,"data":[]}', 'unsubscribed topic'],
  ])('what it has no use for, by name: %s', (frame, name) => {
    expect(receive(frame)).toEqual([['ignored', name]]);
  });

  it.each([
    '{"topic":"unhandled"}',
    '{"op":"hello"}',
    '{}',
    '[]',
    'null',
    '7',
    '"pong"',
    '{"success":true}',
    '{"topic":7}',
  ])('that it does not know the frame %s', (frame) => {
    expect(receive(frame)).toEqual([['unhandled', frame]]);
  });

  it('nothing in a binary frame', () => {
    const sink = new RecordingSink('tickers.BTCUSDT');
    const frame = '{"topic":"tickers.BTCUSDT","type":"snapshot","ts":1,"data":{"lastPrice":"1"}}';
    open().onFrame(Buffer.from(frame), true, 0, sink);
    expect(sink.calls).toEqual([['unhandled', frame]]);
  });

  it('a topic that no channel reads only as it comes', () => {
    const topic = 'orderbook.rpi.BTCUSDT';
    expect(receive({ topic, type: 'delta', ts: 1, data: {} }, [topic])).toEqual([]);
  });

  it('nested JSON of any depth without falling over', () => {
    const deep = '['.repeat(20_000) + ']'.repeat(20_000);
    const topic = 'publicTrade.BTCUSDT';
    expect(receive(`{"topic":"${topic}","type":"snapshot","ts":1,"data":${deep}}`, [topic])).toEqual([
      ['rejected', topic, 'data: expected an object, got an array of 1'],
    ]);
  });

  it('a frame that is not JSON with an exception, for the engine to count', () => {
    expect(() => receive('<html>')).toThrow(SyntaxError);
  });
});
