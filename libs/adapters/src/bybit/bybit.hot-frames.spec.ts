import type { Session } from '@exchange-stream/nestjs/contract';
import { readCapture } from '../../test/captures.ts';
import { MUTATIONS, damaged, pseudoRandom } from '../../test/damaged-frame.ts';
import { RecordingSink, type Call } from '../../test/recording-sink.ts';
import { bybit } from './bybit.adapter.ts';

const TOPICS = ['publicTrade.BTCUSDT', 'orderbook.1.BTCUSDT', 'orderbook.200.BTCUSDT'];

const FRAMES = [
  '{"topic":"publicTrade.BTCUSDT","type":"snapshot","ts":1786310820347,"data":[{"T":1786310820346,"s":"BTCUSDT","S":"Buy","v":"0.01","p":"1922.50","L":"PlusTick","i":"19d7df56-4f10-5290-a969-d9d9f2c74cc3","BT":false,"RPI":false,"seq":430879434439},{"T":1786310820347,"s":"BTCUSDT","S":"Sell","v":"1.30","p":"1922.40","L":"ZeroPlusTick","i":"4d4ad26c-901f-5146-adc0-1db29b6b9ab6","BT":true,"RPI":true,"seq":430879434439}]}',
  '{"topic":"publicTrade.BTCUSDT","type":"snapshot","ts":1672304486868,"data":[{"T":1672304486865,"s":"BTCUSDT","S":"Buy","v":"0.001","p":"16578.50","L":"PlusTick","i":"20f43950-d8dd-5b31-9112-a178eb6023af","BT":false,"seq":1783284617}]}',
  '{"topic":"publicTrade.BTCUSDT","ts":1786310821917,"type":"snapshot","data":[{"i":"2280000001739247417","T":1786310821917,"p":"1923.28","v":"0.04537","S":"Sell","seq":178477362706,"s":"BTCUSDT","BT":false,"RPI":false}]}',
  '{"topic":"orderbook.200.BTCUSDT","type":"delta","ts":1687940967466,"data":{"s":"BTCUSDT","b":[["30247.20","30.028"],["30240.00","0"]],"a":[["30248.70","0"],["30249.30","0.892"]],"u":177400507,"seq":66544703342},"cts":1687940967464}',
  '{"topic":"orderbook.200.BTCUSDT","ts":1786310816618,"type":"delta","data":{"s":"BTCUSDT","b":[],"a":[],"u":62505425,"seq":112488545865},"cts":1786310816585}',
  '{"topic":"orderbook.1.BTCUSDT","type":"snapshot","ts":1786310816618,"data":{"s":"BTCUSDT","b":[["65140.4","0.875077"]],"a":[["65154.6","0.09948"]],"u":62505425,"seq":112488545865},"cts":1786310816585}',
];

function open(endpoint = 'linear'): Session {
  return bybit().createSession({ endpoint, url: 'wss://bybit.test', nextId: () => 1 });
}

/** What a session makes of a frame, and of the same frame in a way that is left to `JSON.parse`. */
function bothWays(frame: Buffer, session = open(), topics = TOPICS): [Call[], Call[]] {
  const read = (bytes: Buffer): Call[] => {
    const sink = new RecordingSink(...topics);
    sink.unhandled = () => void sink.calls.push(['unhandled']);
    try {
      session.onFrame(bytes, false, 0, sink);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      sink.calls.push(['no JSON']);
    }
    return sink.calls;
  };
  return [read(frame), read(Buffer.concat([Buffer.from(' '), frame]))];
}

describe('a frame of the kinds that come most', () => {
  test.each(FRAMES)('is read without building it: %s', (frame) => {
    const parse = jest.spyOn(JSON, 'parse');
    const sink = new RecordingSink(...TOPICS);
    try {
      open().onFrame(Buffer.from(frame), false, 0, sink);
      expect(parse).not.toHaveBeenCalled();
    } finally {
      parse.mockRestore();
    }
    const [, plain] = bothWays(Buffer.from(frame));
    expect(sink.calls).toEqual(plain);
    expect(plain.length).toBeGreaterThan(0);
  });

  test.each([
    ['a price of zero', 0, '"p":"1922.50"', '"p":"0.00"'],
    ['a price with an exponent', 0, '"p":"1922.50"', '"p":"1.9e3"'],
    ['another side', 0, '"S":"Sell"', '"S":"sell"'],
    ['no id', 0, '19d7df56-4f10-5290-a969-d9d9f2c74cc3', ''],
    ['an escape in an id', 0, '19d7df56', '\\u0031'],
    ['a very long id', 0, '19d7df56', 'x'.repeat(200)],
    ['a field that comes twice', 0, '"RPI":true', '"RPI":true,"p":"7"'],
    ['fields in another order', 0, '"v":"0.01","p":"1922.50"', '"p":"1922.50","v":"0.01"'],
    ['something that is no trade among trades', 0, '},{', '},7,{'],
    ['another topic than trades', 0, 'publicTrade.', 'tickers.'],
    ['a topic that nobody wants', 0, 'BTCUSDT"', 'ETHUSDT"'],
    ['a topic without end', 0, 'BTCUSDT"', `${'x'.repeat(70_000)}"`],
    ['a number that starts anew', 3, '"u":177400507', '"u":1'],
    ['a snapshot', 3, '"delta"', '"snapshot"'],
    ['a number of more than 2^53', 3, '"u":177400507', '"u":9007199254740993'],
    ['no engine time', 3, ',"cts":1687940967464', ''],
    ['a level of three values', 3, '"0.892"]', '"0.892","7"]'],
    ['a bid of no amount', 5, '"0.875077"', '"0"'],
    ['no bid', 5, '["65140.4","0.875077"]', ''],
    ['two bids', 5, '"0.875077"]', '"0.875077"],["65140.3","1"]'],
    ['a change of the best level', 5, '"snapshot"', '"delta"'],
    ['a space', 5, '"ts":', '"ts": '],
    ['something after its end', 5, '585}', '585} '],
  ])('is read alike with %s', (_, index, from, to) => {
    const frame = FRAMES[index]!.replace(from, to);
    expect(frame).not.toBe(FRAMES[index]);
    const [hot, plain] = bothWays(Buffer.from(frame));
    expect(hot).toEqual(plain);
  });

  test('is read alike however it is damaged', () => {
    const random = pseudoRandom(Number(process.env.SEED ?? 7));
    const session = open();
    let hotReads = 0;
    for (let mutation = 0; mutation < MUTATIONS / 20; mutation++) {
      const frame = damaged(Buffer.from(FRAMES[mutation % FRAMES.length]!), random);
      const [hot, plain] = bothWays(frame, session);
      if (JSON.stringify(hot) !== JSON.stringify(plain)) {
        throw new Error(
          `${frame.toString('latin1')} is ${JSON.stringify(hot)}, not ${JSON.stringify(plain)}`,
        );
      }
      if (plain[0]?.[0] === 'trade' || plain[0]?.[0] === 'bookUpdate') hotReads++;
    }
    // Not all ruined.
    expect(hotReads).toBeGreaterThan(MUTATIONS / 400);
  });
});

describe('recorded frames', () => {
  const lines = (readCapture('cryptofeed-v3/bybit/ws.2.jsonl.gz') ?? []).filter(({ k }) => k === 'recv');

  (lines.length > 0 ? test : test.skip)('are read alike, and most of them without building them', () => {
    const session = open();
    const parse = jest.spyOn(JSON, 'parse');
    let built = 0;
    try {
      for (const { frame = '' } of lines) {
        const topic = /"topic":"([^"]+)"/.exec(frame)?.[1] ?? '';
        const before = parse.mock.calls.length;
        const sink = new RecordingSink(topic);
        session.onFrame(Buffer.from(frame), false, 0, sink);
        if (/^(orderbook|publicTrade)/.test(topic)) built += parse.mock.calls.length - before;
        const [hot, plain] = bothWays(Buffer.from(frame), session, [topic]);
        expect(hot).toEqual(plain);
      }
    } finally {
      parse.mockRestore();
    }
    // The four snapshots.
    expect(built).toBe(4);
  });
});
