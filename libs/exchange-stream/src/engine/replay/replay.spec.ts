import { binance } from '@exchange-stream/adapters';
import type { MarketEvent } from '@exchange-stream/market-data';
import { parseRecordedLine } from './recorded-line.ts';
import { Replay, type ReplayProblem } from './replay.ts';
import type { ReplayReport } from './replay-report.ts';

interface Line {
  readonly t: number;
  readonly k: string;
  readonly [field: string]: unknown;
}

/** Fabricates a recording in which each line comes a second after the one before. */
class Recording {
  readonly lines: Line[] = [];
  private time = 1_700_000_000;

  connect(...topics: string[]): this {
    return this.line('connect', { url: `wss://stream.binance.com:9443/stream?streams=${topics.join('/')}` });
  }

  connectTo(url: string): this {
    return this.line('connect', { url });
  }

  send(frame: unknown): this {
    return this.line('send', { frame: JSON.stringify(frame) });
  }

  receive(frame: unknown): this {
    return this.line('recv', { frame: typeof frame === 'string' ? frame : JSON.stringify(frame) });
  }

  /** A book update from `first` to `last`. */
  update(first: number, last: number, levels: { bids?: string[][]; asks?: string[][] } = {}): this {
    return this.receive({ stream: 'btcusdt@depth@100ms', data: depth(first, last, levels) });
  }

  trade(id: number, stream = 'btcusdt@trade'): this {
    const symbol = stream.split('@')[0]!.toUpperCase();
    const data = { e: 'trade', E: 1, s: symbol, t: id, p: '100.10', q: '2.0', T: 1_700_000_000_000, m: true };
    return this.receive({ stream, data });
  }

  seed(lastUpdateId: number, symbol = 'BTCUSDT'): this {
    const body = { lastUpdateId, bids: [['100.00', '1.0']], asks: [['101.00', '1.0']] };
    return this.answer(`https://api.binance.com/api/v1/depth?symbol=${symbol}&limit=5`, JSON.stringify(body));
  }

  answer(url: string, frame: string): this {
    return this.line('http', { url, frame });
  }

  line(k: string, fields: Record<string, unknown>): this {
    this.lines.push({ t: this.time++, k, ...fields });
    return this;
  }
}

function depth(
  first: number,
  last: number,
  { bids = [], asks = [] }: { bids?: string[][]; asks?: string[][] },
): object {
  return { e: 'depthUpdate', E: 1_700_000_000_000, s: 'BTCUSDT', U: first, u: last, b: bids, a: asks };
}

function replay(recording: Recording): {
  report: ReplayReport;
  events: MarketEvent[];
  problems: ReplayProblem[];
} {
  const events: MarketEvent[] = [];
  const problems: ReplayProblem[] = [];
  const run = new Replay(binance(), {
    onEvent: (event) => events.push(event),
    onProblem: (problem) => problems.push(problem),
  });
  for (const line of recording.lines) run.read(parseRecordedLine(JSON.stringify(line)));
  return { report: run.report(), events, problems };
}

const BOOK = 'btcusdt@depth@100ms';
const EXCHANGE_INFO = JSON.stringify({
  symbols: [{ symbol: 'BTCUSDT', baseAsset: 'BTC', quoteAsset: 'USDT', status: 'TRADING', filters: [] }],
});

describe('Replay', () => {
  it('links updates to the recorded whole book, which it finds by symbol under a retired URL', () => {
    const { report } = replay(
      new Recording().connect(BOOK).update(8, 9).seed(10).update(10, 11).update(12, 12),
    );

    expect(report.books).toEqual([
      {
        ...{
          symbol: 'BTCUSDT',
          seeded: true,
          snapshots: 1,
          updates: 3,
          olderThanSnapshot: 1,
          linksOk: 2,
          gaps: 0,
        },
        ...{ checksumsOk: 0, checksumsBad: 0, crossedAtEnd: false },
      },
    ]);
    expect(report).toMatchObject({ frames: 3, ok: true, events: { book: 3 } });
  });

  it('takes an answer that came before the book asked for it', () => {
    const { report } = replay(new Recording().seed(10).update(11, 11).update(12, 12));

    expect(report.books).toMatchObject([{ seeded: true, linksOk: 2 }]);
  });

  it('stamps events with the recorded time', () => {
    const { events } = replay(new Recording().trade(1));

    expect(events.at(-1)).toMatchObject({ type: 'trade', receivedAt: 1_700_000_000_000 });
  });

  it('finds a gap wrong, and lets nothing out before the next whole book', () => {
    const { report, events } = replay(
      new Recording()
        .connect(BOOK)
        .seed(10)
        .update(11, 11)
        .update(13, 13)
        .update(14, 14)
        .seed(13)
        .update(15, 15),
    );

    expect(report.ok).toBe(false);
    expect(report.books).toMatchObject([{ gaps: 1, snapshots: 2, linksOk: 3, olderThanSnapshot: 1 }]);
    expect(events.map((event) => (event.type === 'status' ? event.state : event.type))).toEqual([
      ...['book-snapshot', 'live', 'book-update', 'gap'],
      ...['book-snapshot', 'live', 'book-update'],
    ]);
  });

  it('leaves a book that gets no further answer without one', () => {
    const { report } = replay(
      new Recording().connect(BOOK).seed(10).update(11, 11).update(13, 13).update(14, 14),
    );

    expect(report.books).toMatchObject([{ gaps: 1, snapshots: 1, linksOk: 1 }]);
  });

  it('skips an answer that is older than what waits for it', () => {
    const { report } = replay(new Recording().connect(BOOK).update(20, 20).seed(10).seed(19).update(21, 21));

    expect(report).toMatchObject({ ok: true, books: [{ snapshots: 1, linksOk: 2, gaps: 0 }] });
  });

  it('does not hold a missing seed against a book', () => {
    const { report } = replay(new Recording().connect(BOOK).update(8, 9).update(10, 11));

    expect(report).toMatchObject({ ok: true, books: [{ seeded: false, updates: 2, linksOk: 0 }] });
  });

  it('finds a crossed book wrong', () => {
    const { report } = replay(
      new Recording()
        .connect(BOOK)
        .seed(10)
        .update(11, 11, { bids: [['101.00', '1']] }),
    );

    expect(report).toMatchObject({ ok: false, books: [{ gaps: 0, crossedAtEnd: true }] });
  });

  it('does not forget that a book was crossed when it is whole again at the end', () => {
    const { report } = replay(
      new Recording()
        .connect(BOOK)
        .seed(10)
        .update(11, 11, { bids: [['101.00', '1']] })
        .seed(11)
        .update(12, 12),
    );

    expect(report).toMatchObject({ ok: false, books: [{ snapshots: 2, crossedAtEnd: false }] });
  });

  it('finds a frame wrong that nobody knows', () => {
    const { report, problems } = replay(new Recording().connect(BOOK).receive({ surprise: 1 }));

    expect(report).toMatchObject({ ok: false, unhandled: 1 });
    expect(problems).toEqual([{ problem: 'unhandled', detail: '{"surprise":1}' }]);
  });

  it('finds a frame wrong that cannot be read', () => {
    const { report } = replay(new Recording().connect(BOOK).receive('{"cut'));

    expect(report).toMatchObject({ ok: false, decodeErrors: 1, frames: 1 });
  });

  it('finds a whole book wrong that cannot be read, and takes the next', () => {
    const { report } = replay(
      new Recording()
        .answer('https://api.binance.com/api/v3/depth?symbol=BTCUSDT', '<html>')
        .seed(10)
        .update(11, 11),
    );

    expect(report).toMatchObject({ ok: false, decodeErrors: 1, books: [{ seeded: true, linksOk: 1 }] });
  });

  it('counts a row that breaks the format and does not call the recording wrong for it', () => {
    const { report } = replay(
      new Recording().connect('btcusdt@trade').receive({ stream: 'btcusdt@trade', data: { e: 'trade' } }),
    );

    expect(report).toMatchObject({ ok: true, rejected: 1 });
  });

  it('decodes what the recording does not show to be subscribed', () => {
    const { report } = replay(new Recording().trade(1).trade(2, 'ethusdt@trade'));

    expect(report).toMatchObject({ ok: true, events: { trades: 2 }, ignored: {} });
    expect(report.connections).toEqual([{ url: null, linksOk: 0, gaps: 0, repeated: 0 }]);
  });

  it('keeps variants of one channel and symbol apart where frames name their topic', () => {
    const aggregated = {
      e: 'aggTrade',
      E: 1,
      s: 'BTCUSDT',
      a: 5,
      p: '1',
      q: '1',
      f: 7,
      l: 8,
      T: 1,
      m: false,
    };
    const { report } = replay(
      new Recording().trade(1).receive({ stream: 'btcusdt@aggTrade', data: aggregated }).trade(2),
    );

    expect(report.events).toEqual({ trades: 3 });
  });

  it('takes a raw frame for the subscribed one of the topics that it may be of', () => {
    const { report, events } = replay(
      new Recording()
        .connectTo('wss://stream.binance.com:9443/ws/btcusdt@depth')
        .seed(10)
        .receive(depth(11, 11, {})),
    );

    expect(report).toMatchObject({ rejected: 0, books: [{ linksOk: 1 }] });
    expect(events).toContainEqual(expect.objectContaining({ type: 'book-update' }));
  });

  it('takes a raw frame of an unseen subscription for the most likely of the topics that it may be of', () => {
    const { report } = replay(new Recording().receive(depth(11, 11, {})).receive(depth(12, 12, {})));

    expect(report).toMatchObject({ rejected: 0, books: [{ updates: 2 }] });
  });

  it('learns subscriptions from frames that were sent', () => {
    const { report } = replay(
      new Recording()
        .connectTo('wss://stream.binance.com:9443/stream')
        .send({ method: 'SUBSCRIBE', params: [BOOK], id: 7 })
        .receive({ result: null, id: 7 })
        .seed(10),
    );

    expect(report).toMatchObject({ ignored: { reply: 1 }, books: [{ seeded: true, updates: 0 }] });
  });

  it('lets the session know what was asked of it, which it needs for frames without a name', () => {
    const { report } = replay(
      new Recording()
        .connectTo('wss://stream.binance.com:9443/ws')
        .send({ method: 'SUBSCRIBE', params: ['btcusdt@depth5@100ms'], id: 1 })
        .receive({ lastUpdateId: 5, bids: [['100.00', '1']], asks: [['101.00', '1']] }),
    );

    expect(report).toMatchObject({
      ok: true,
      rejected: 0,
      books: [{ seeded: true, snapshots: 1, updates: 0 }],
    });
  });

  it('begins a book anew on another connection, which is no gap', () => {
    const { report, events } = replay(
      new Recording()
        .connect(BOOK)
        .seed(10)
        .update(11, 11)
        .connect(BOOK)
        .update(40, 40)
        .seed(40)
        .update(41, 41),
    );

    expect(report).toMatchObject({
      ok: true,
      books: [{ gaps: 0, snapshots: 2, linksOk: 2, olderThanSnapshot: 1 }],
    });
    expect(report.connections).toHaveLength(2);
    expect(events).toContainEqual(expect.objectContaining({ type: 'status', state: 'stale' }));
  });

  it('leaves a topic alone that an earlier connection carries beside the newest', () => {
    const { report } = replay(
      new Recording().connect(BOOK).connect('btcusdt@trade').seed(10).update(11, 11).trade(1).update(12, 12),
    );

    expect(report).toMatchObject({ ok: true, books: [{ snapshots: 1, linksOk: 2 }], events: { trades: 1 } });
  });

  it('names symbols as the recorded instruments do', () => {
    const { events } = replay(
      new Recording().answer('https://api.binance.com/api/v3/exchangeInfo', EXCHANGE_INFO).trade(1),
    );

    expect(events.at(-1)).toMatchObject({ symbol: 'BTC/USDT', nativeSymbol: 'BTCUSDT' });
  });

  it('passes on what a consumer of its events throws', () => {
    const run = new Replay(binance(), {
      onEvent: () => {
        throw new Error('disk full');
      },
    });
    const [line] = new Recording().trade(1).lines;

    expect(() => run.read(parseRecordedLine(JSON.stringify(line)))).toThrow('disk full');
  });
});
