import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { ReplayReport } from '@exchange-stream/nestjs/engine';
import { verifyRecording } from '../src/verify/verify-recording.ts';

interface Payload {
  readonly stream?: string;
  readonly data: { readonly U: number; readonly u: number };
}

function linesOf(file: string): { k: string; t: number; url: string; frame: string }[] {
  const text = gunzipSync(readFileSync(join(__dirname, 'recordings', file))).toString('utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { k: string; t: number; url: string; frame: string });
}

/** What a recording of the simulated Binance holds, counted from its frames alone. */
function count(name: string): {
  frames: number;
  byKind: Record<string, number>;
  /** Update ids by symbol, first and last. */
  updates: Map<string, [first: number, last: number][]>;
  firstSeed: Map<string, number>;
  /** Updates that came after the first whole book of their symbol and were not in it. */
  updatesAfterSeed: number;
} {
  const seededAt = new Map<string, number>();
  const frames = linesOf(`${name}.ws.jsonl.gz`).filter(({ k }) => k === 'recv');
  const byKind: Record<string, number> = {};
  const updates = new Map<string, [number, number][]>();
  const firstSeed = new Map<string, number>();
  for (const { frame } of frames) {
    const { stream, data } = JSON.parse(frame) as Payload;
    const [symbol, kind] = stream?.split('@') ?? ['', 'reply'];
    byKind[kind!] = (byKind[kind!] ?? 0) + 1;
    if (kind === 'depth') updates.set(symbol!, [...(updates.get(symbol!) ?? []), [data.U, data.u]]);
  }
  for (const { t, url, frame } of linesOf(`${name}.http.jsonl.gz`)) {
    const symbol = new URL(url).searchParams.get('symbol')?.toLowerCase();
    if (symbol === undefined || firstSeed.has(symbol)) continue;
    seededAt.set(symbol, t);
    firstSeed.set(symbol, (JSON.parse(frame) as { lastUpdateId: number }).lastUpdateId);
  }
  const updatesAfterSeed = frames.filter(({ t, frame }) => {
    const { stream, data } = JSON.parse(frame) as Payload;
    const [symbol, kind] = stream?.split('@') ?? [];
    return kind === 'depth' && t > seededAt.get(symbol!)! && data.u > firstSeed.get(symbol!)!;
  }).length;
  return { frames: frames.length, byKind, updates, firstSeed, updatesAfterSeed };
}

async function verify(name: string): Promise<{ report: ReplayReport; problems: string[] }> {
  const path = (part: string): string => join(__dirname, 'recordings', `${name}.${part}.jsonl.gz`);
  const problems: string[] = [];
  const files = { capture: path('ws'), http: path('http'), exchange: 'binance' };
  return { report: await verifyRecording(files, (problem) => problems.push(problem)), problems };
}

describe('recordings of the simulated Binance', () => {
  it('hold a clean session, which is found right to the last update', async () => {
    const { report, problems } = await verify('clean');
    const counted = count('clean');

    expect(problems).toEqual([]);
    expect(report).toMatchObject({
      ok: true,
      frames: counted.frames,
      unhandled: 0,
      rejected: 0,
      decodeErrors: 0,
    });
    expect(report.ignored).toEqual({ reply: counted.byKind.reply });
    expect(report.events).toMatchObject({
      trades: counted.byKind.trade,
      quotes: counted.byKind.bookTicker,
      ticker: counted.byKind.ticker,
      candles: counted.byKind.kline_1m,
      // Two whole books and what changed after each.
      book: 2 + counted.updatesAfterSeed,
    });
    expect(report.books).toEqual(
      ['btcusdt', 'ethusdt'].map((symbol) => {
        const updates = counted.updates.get(symbol)!;
        const older = updates.filter(([, last]) => last <= counted.firstSeed.get(symbol)!).length;
        expect(older).toBeGreaterThan(0);
        return {
          ...{ symbol: symbol === 'btcusdt' ? 'BTC/USDT' : 'ETH/USDT', seeded: true, snapshots: 1 },
          ...{ updates: updates.length, olderThanSnapshot: older, linksOk: updates.length - older, gaps: 0 },
          ...{ checksumsOk: 0, checksumsBad: 0, crossedAtEnd: false },
        };
      }),
    );
  });

  it('hold a session with a lost update, which is found missing by its numbers', async () => {
    const { report, problems } = await verify('gap');
    const updates = count('gap').updates.get('btcusdt')!;
    const next = updates.findIndex(([first], index) => index > 0 && first !== updates[index - 1]![1] + 1);
    const [from, to] = [updates[next - 1]![1] + 1, updates[next]![0] - 1];

    expect(report).toMatchObject({
      ok: false,
      books: [
        { gaps: 1, snapshots: 2 },
        { gaps: 0, snapshots: 1 },
      ],
    });
    expect(problems).toEqual([expect.stringContaining(`BTC/USDT: updates ${from} to ${to} are missing`)]);
  });

  it('are given up when the user has waited enough', async () => {
    const capture = join(__dirname, 'recordings/clean.ws.jsonl.gz');
    const verification = verifyRecording({ capture, exchange: 'binance' }, () => {}, AbortSignal.abort());

    await expect(verification).rejects.toMatchObject({ exitCode: 130 });
  });
});
