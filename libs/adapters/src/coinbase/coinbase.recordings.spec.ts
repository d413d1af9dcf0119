import { OrderBook, compareDecimals, type BookLevel } from '@exchange-stream/market-data';
import { readCapture, readLines } from '../../test/captures.ts';
import { RecordingSink, type Call } from '../../test/recording-sink.ts';
import { coinbase } from './coinbase.adapter.ts';
import { describeTopic } from './coinbase.topics.ts';

const PRODUCTS = ['BTC-USD', 'ETH-USD'];
const TOPICS = PRODUCTS.flatMap((product) =>
  ['market_trades', 'level2', 'ticker', 'ticker_batch', 'candles'].map((channel) => `${channel}:${product}`),
).concat('status');

const open = (): ReturnType<ReturnType<typeof coinbase>['createSession']> =>
  coinbase().createSession({ endpoint: 'market', url: 'wss://coinbase.test/', nextId: () => 1 });

/** What a session of its own makes of a frame: calls by name, and what is ignored by the name that it bears. */
function told(frame: string): string {
  const sink = new RecordingSink(...TOPICS);
  open().onFrame(Buffer.from(frame), false, 0, sink);
  return sink.calls
    .filter(([call]) => call !== 'frameNumber')
    .map(([call, name]) => (call === 'ignored' ? String(name) : call))
    .join(' + ');
}

const ifAny = (frames: readonly unknown[] | undefined): jest.It =>
  frames && frames.length > 0 ? test : test.skip;

describe('frames that others have written down', () => {
  const samples = readLines('nautilus/coinbase/ws.jsonl');

  ifAny(samples)('are an event each, or ignored by name', () => {
    const table = (samples ?? []).map((line) => {
      const { name, frame } = JSON.parse(line) as { name: string; frame: string };
      return `${name}: ${told(frame)}`;
    });
    expect(table).toEqual([
      'ws_candles.json: candle',
      'ws_heartbeats.json: heartbeats',
      'ws_l2_data_snapshot.json: bookSnapshot',
      'ws_l2_data_update.json: bookUpdate',
      'ws_market_trades.json: trade + trade',
      'ws_subscriptions.json: subscriptions, nothing new',
      'ws_ticker.json: ticker + quote',
      'ws_user.json: user',
    ]);
  });

  const written = readLines('gct/coinbase/negative_synthetic_ws_handle_data.jsonl');

  ifAny(written)('to be refused are refused, and harm nothing', () => {
    expect((written ?? []).map(told)).toEqual([
      ...['rejected', 'rejected', 'rejected', 'rejected'],
      // Neither a snapshot nor an update.
      ...['rejected', 'rejected', 'rejected', 'rejected', 'rejected', 'rejected', 'rejected'],
      ...['bookSnapshot', 'bookUpdate'],
      ...['user', 'user'],
      // A channel that there is not.
      'unhandled',
      'rejected',
    ]);
  });
});

describe('the recording of 2026-08-09', () => {
  const frames = readCapture('cryptofeed-v3/coinbase/ws.2.jsonl.gz')
    ?.filter(({ k }) => k === 'recv')
    .map(({ frame = '' }) => frame);

  /** All that a session makes of it, call by call. */
  const calls = ((): readonly Call[] => {
    const sink = new RecordingSink(...TOPICS);
    const session = open();
    // Books and trades are read in the way of frames that come most, as they are when they are wanted.
    session.subscribe(TOPICS);
    for (const frame of frames ?? []) session.onFrame(Buffer.from(frame), false, 0, sink);
    return sink.calls;
  })();

  ifAny(frames)('is read to the last row', () => {
    const counts: Record<string, number> = {};
    for (const [call, name] of calls) {
      const what = call === 'ignored' ? `ignored: ${String(name)}` : call;
      counts[what] = (counts[what] ?? 0) + 1;
    }
    expect(counts).toEqual({
      framesCountFrom: 1,
      frameNumber: 1_030,
      reply: 8,
      recentTrades: 2,
      trade: 79,
      ticker: 160,
      quote: 160,
      candle: 204,
      bookSnapshot: 2,
      bookUpdate: 773,
      'ignored: heartbeats': 25,
      'ignored: subscriptions, nothing new': 1,
    });
  });

  ifAny(frames)('shows by its books that trades have the taker’s side, all that tell', () => {
    const books = new Map(PRODUCTS.map((product) => [product, new OrderBook()]));
    const at = { bid: 0, ask: 0, inside: 0, wrong: 0 };
    // Trades come in batches of 250 ms: they belong to the books of their own time, not of when they come.
    const inOrder = calls
      .filter(([call]) => call === 'trade' || call === 'bookSnapshot' || call === 'bookUpdate')
      .sort(([one, , oneTime], [other, , otherTime]) =>
        // Of the same time, the book is what the trade has made of it.
        oneTime === otherTime
          ? Number(other === 'trade') - Number(one === 'trade')
          : Number(oneTime) - Number(otherTime),
      );
    for (const [call, topic, , ...rest] of inOrder) {
      const book = books.get(String(topic).split(':')[1] ?? '')!;
      if (call === 'bookSnapshot') book.applySnapshot(rest[1] as BookLevel[], rest[2] as BookLevel[]);
      if (call === 'bookUpdate') book.applyUpdate(rest[1] as BookLevel[], rest[2] as BookLevel[]);
      const [bid, ask] = [book.side('bids').best, book.side('asks').best];
      if (call !== 'trade' || !bid || !ask) continue;
      const [, price, , side] = rest as string[];
      // Who sells takes a bid, and who buys an ask.
      if (compareDecimals(price!, bid[0]) <= 0) at[side === 'sell' ? 'bid' : 'wrong']++;
      else if (compareDecimals(price!, ask[0]) >= 0) at[side === 'buy' ? 'ask' : 'wrong']++;
      else at.inside++;
    }
    expect(at).toEqual({ bid: 28, ask: 49, inside: 1, wrong: 0 });
  });

  ifAny(frames)('has no topic that describes itself otherwise', () => {
    expect(TOPICS.filter((topic) => describeTopic(topic) === undefined)).toEqual([]);
  });
});
