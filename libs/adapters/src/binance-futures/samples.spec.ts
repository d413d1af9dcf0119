import { readLines } from '../../test/captures.ts';
import { heard, openUsdm } from '../../test/futures-frames.ts';

/** What each frame of futures in the collections comes to, by the event in it. */
const BECOMES: Readonly<Record<string, string>> = {
  aggTrade: 'trade',
  trade: 'trade',
  bookTicker: 'quote',
  depthUpdate: 'bookUpdate',
  kline: 'candle',
  '24hrTicker': 'ticker',
  markPriceUpdate: 'derivatives',
  forceOrder: 'liquidation',
  ORDER_TRADE_UPDATE: 'ignored ORDER_TRADE_UPDATE',
  ACCOUNT_UPDATE: 'ignored ACCOUNT_UPDATE',
  ALGO_UPDATE: 'ignored ALGO_UPDATE',
  TRADE_LITE: 'ignored TRADE_LITE',
};

/** All topics that the frames are of; none that would leave two to choose from. */
const TOPICS = ['btcusdt', 'bnbusdt'].flatMap((symbol) =>
  ['aggTrade', 'trade', 'bookTicker', 'depth@100ms', 'kline_1m', 'ticker', 'markPrice', 'forceOrder'].map(
    (kind) => `${symbol}@${kind}`,
  ),
);

type Frame = Readonly<Record<string, unknown>>;

describe('frames of futures that others have collected', () => {
  it.each([
    [
      'the documentation samples',
      '../protocols/samples-A.jsonl',
      (line: { venue: string }) => /^binance[.-]futures$/.test(line.venue),
      20,
    ],
    [
      'those of NautilusTrader',
      'nautilus/binance/ws.jsonl',
      (line: { name: string; src?: string }) => /futures/.test(`${line.name} ${line.src}`),
      19,
    ],
    [
      'those among its answers by REST',
      'nautilus/binance/rest.jsonl',
      (line: { name: string; src?: string }) => /futures/.test(`${line.name} ${line.src}`),
      10,
    ],
  ] as const)('are events or have a name: %s', (_who, path, isOurs, least) => {
    const lines = readLines(path);
    if (!lines) return;
    const frames = lines
      .map((line) => JSON.parse(line) as { venue: string; name: string; src?: string; frame: unknown })
      .filter(isOurs)
      .map(({ frame }) => (typeof frame === 'string' ? (JSON.parse(frame) as Frame) : (frame as Frame)));
    // The others are answers by REST.
    const events = frames.filter((frame) => frame.e !== undefined || frame.stream !== undefined);
    expect(events.length).toBeGreaterThanOrEqual(least);
    for (const frame of events) {
      const { e } = (frame.data ?? frame) as { e: string };
      const calls = heard(openUsdm(), frame, ...TOPICS);
      expect(calls).toHaveLength(1);
      const [method, name] = calls[0]!;
      expect(method === 'ignored' ? `ignored ${String(name)}` : method).toBe(BECOMES[e]);
    }
  });
});
