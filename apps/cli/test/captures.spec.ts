import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { verifyRecording } from '../src/verify/verify-recording.ts';

/** Recorded traffic of real exchanges: data of others and no part of the project. */
const CAPTURES = process.env.CAPTURES_DIR ?? join(__dirname, '../../../../shared/captures');
const SESSION = join(CAPTURES, 'cryptofeed/binance');
const isThere = existsSync(SESSION);
if (!isThere) {
  process.stderr.write(
    `Skipped: no capture ${SESSION}. Set CAPTURES_DIR to a folder of captures (docs/cli.md) to run this.\n`,
  );
}

describe('a recorded session of Binance', () => {
  (isThere ? it : it.skip)('gives the figures that an independent script measured', async () => {
    const problems: string[] = [];
    const report = await verifyRecording(
      {
        capture: join(SESSION, 'ws.1.jsonl.gz'),
        http: join(SESSION, 'http.jsonl.gz'),
        exchange: 'binance',
      },
      (problem) => problems.push(problem),
    );

    const sum = (field: 'updates' | 'linksOk' | 'gaps' | 'olderThanSnapshot'): number =>
      report.books.reduce((total, book) => total + book[field], 0);
    expect(problems).toEqual([]);
    expect(report).toMatchObject({ ok: true, frames: 265, unhandled: 0, rejected: 0, ignored: {} });
    expect(report.books.map(({ symbol }) => symbol)).toEqual(['NKN/USDT', 'BLZ/ETH', 'LRC/BTC', 'RUNE/EUR']);
    expect(report.books.every(({ seeded, crossedAtEnd }) => seeded && !crossedAtEnd)).toBe(true);
    expect([sum('updates'), sum('linksOk'), sum('gaps'), sum('olderThanSnapshot')]).toEqual([177, 172, 0, 5]);
  });
});
