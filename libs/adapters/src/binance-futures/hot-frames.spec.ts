import type { Session } from '@exchange-stream/nestjs/contract';
import { readCapture } from '../../test/captures.ts';
import { MUTATIONS, damaged, pseudoRandom } from '../../test/damaged-frame.ts';
import { openCoinm, openUsdm } from '../../test/futures-frames.ts';
import { RecordingSink, type Call } from '../../test/recording-sink.ts';

const TOPICS = [
  ...['btcusdt@trade', 'btcusdt@aggTrade', 'btcusdt@bookTicker'],
  ...['btcusdt@depth@100ms', 'btcusdt@depth5@100ms'],
];

const UPDATE = '"U":157,"u":160,"pu":149,"b":[["0.0024","10"],["0.0023","0"]],"a":[["0.0026","100"]]';
/** As recorded in 2021, and as printed since: what says of which exchange a row is came in 2026. */
const FRAMES = [
  '{"stream":"btcusdt@aggTrade","data":{"e":"aggTrade","E":1626992741575,"a":16599292,"s":"BTCUSDT","p":"1.01100","q":"10","f":23961322,"l":23961322,"T":1626992741421,"m":false}}',
  '{"stream":"btcusdt@aggTrade","data":{"e":"aggTrade","E":1626992741575,"a":16599292,"s":"BTCUSDT","p":"1.01100","q":"10","nq":"4","f":23961322,"l":23961325,"T":1626992741421,"m":true,"st":1}}',
  '{"stream":"btcusdt@trade","data":{"e":"trade","E":1626992741575,"T":1626992741421,"s":"BTCUSDT","t":5933014,"p":"0.001","q":"100","X":"MARKET","m":true}}',
  '{"stream":"btcusdt@trade","data":{"e":"trade","E":1626992741575,"s":"BTCUSDT","t":5933014,"p":"0.001","q":"100","T":1626992741421,"m":true,"X":"MARKET","st":1,"ps":"BTCUSDT"}}',
  '{"stream":"btcusdt@bookTicker","data":{"e":"bookTicker","u":600859600576,"s":"BTCUSDT","b":"7.6110","B":"2","a":"7.6120","A":"297","T":1626992741012,"E":1626992741017}}',
  '{"stream":"btcusdt@bookTicker","data":{"e":"bookTicker","u":400900217,"E":1568014460893,"T":1568014460891,"s":"BTCUSDT","b":"25.35190000","B":"31.21000000","a":"25.36520000","A":"40.66000000","st":1,"ps":"BTCUSDT"}}',
  `{"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":1626992741037,"T":1626992741024,"s":"BTCUSDT",${UPDATE}}}`,
  `{"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":1626992741037,"T":1626992741024,"s":"BTCUSDT","ps":"BTCUSDT","st":1,${UPDATE}}}`,
  `{"stream":"btcusdt@depth5@100ms","data":{"e":"depthUpdate","E":1626992741037,"T":1626992741024,"s":"BTCUSDT","ps":"BTCUSDT","st":1,${UPDATE}}}`,
];

/** What a session makes of a frame, and of the same frame in a way that is left to `JSON.parse`. */
function bothWays(frame: Buffer, session: Session, topics = TOPICS): [Call[], Call[]] {
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

describe('a frame of futures of the kinds that come most', () => {
  test.each(FRAMES)('is read without building it: %s', (frame) => {
    const parse = jest.spyOn(JSON, 'parse');
    const sink = new RecordingSink(...TOPICS);
    try {
      openUsdm().onFrame(Buffer.from(frame), false, 0, sink);
      expect(parse).not.toHaveBeenCalled();
    } finally {
      parse.mockRestore();
    }
    const [, plain] = bothWays(Buffer.from(frame), openUsdm());
    expect(sink.calls).toEqual(plain);
    expect(plain).toHaveLength(1);
  });

  test.each(FRAMES)('is left where it is of the other exchange: %s', (frame) => {
    const [hot, plain] = bothWays(Buffer.from(frame), openCoinm());
    expect(hot).toEqual(plain);
    expect(hot[0]?.[0] === 'ignored').toBe(frame.includes('"st":1'));
  });

  test.each([
    ['a trade that no taker made', FRAMES[2]!, '"MARKET"', '"ADL"'],
    ['a kind of trade twice', FRAMES[2]!, '"m":true', '"m":true,"X":"ADL"'],
    ['two times of a trade', FRAMES[2]!, '"m":true', '"T":5,"m":true'],
    ['two times of a quote', FRAMES[5]!, '"st":1', '"E":7,"st":1'],
    ['an exchange that is a text', FRAMES[5]!, '"st":1', '"st":"1"'],
    ['two exchanges', FRAMES[5]!, '"st":1', '"st":2,"st":1'],
    ['no id before', FRAMES[7]!, '"pu":149,', ''],
    ['an id before of an empty book', FRAMES[7]!, '"pu":149', '"pu":-1'],
    ['ids the wrong way round', FRAMES[8]!, '"U":157', '"U":161'],
    ['an unknown field', FRAMES[1]!, '"st":1', '"new":1,"st":1'],
    ['an amount that is none', FRAMES[1]!, '"nq":"4"', '"nq":{}'],
  ])('is read alike with %s', (_case, frame, from, to) => {
    const changed = frame.replace(from, to);
    expect(changed).not.toBe(frame);
    const [hot, plain] = bothWays(Buffer.from(changed), openUsdm());
    expect(hot).toEqual(plain);
    expect(plain).toHaveLength(1);
  });

  test('is read alike however it is damaged', () => {
    const random = pseudoRandom(12);
    const read = { hot: 0, otherwise: 0 };
    const session = openUsdm();
    // Spot does the same at length; here what only futures have is looked at.
    const runs = MUTATIONS / 10;
    for (let run = 0; run < runs; run++) {
      const frame = damaged(Buffer.from(FRAMES[run % FRAMES.length]!), random);
      const [hot, plain] = bothWays(frame, session);
      if (JSON.stringify(hot) !== JSON.stringify(plain)) {
        throw new Error(
          `${frame.toString('latin1')} is ${JSON.stringify(hot)}, not ${JSON.stringify(plain)}`,
        );
      }
      const [call = ''] = plain[0] ?? [];
      read[/^(trade|quote|bookUpdate|bookSnapshot)$/.test(call) ? 'hot' : 'otherwise']++;
    }
    // Neither all harmless nor all ruined.
    expect(read.hot).toBeGreaterThan(runs / 20);
    expect(read.otherwise).toBeGreaterThan(runs / 4);
  });
});

describe('recorded frames of futures', () => {
  const lines = (readCapture('cryptofeed/binance-usdm/ws.1.jsonl.gz') ?? []).filter(({ k }) => k === 'recv');

  (lines.length > 0 ? test : test.skip)('are read alike, all of them', () => {
    for (const { frame = '' } of lines) {
      const topic = /"stream":"([^"]+)"/.exec(frame)?.[1] ?? '';
      const [hot, plain] = bothWays(Buffer.from(frame), openUsdm(), [topic]);
      expect(hot).toEqual(plain);
      expect(hot).toHaveLength(1);
    }
  });
});
