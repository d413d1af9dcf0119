import type { BookReport, ReplayReport } from '@exchange-stream/nestjs/engine';
import { reportText } from './report-text.ts';

const BOOK: BookReport = {
  ...{
    symbol: 'BTC/USDT',
    seeded: true,
    snapshots: 1,
    updates: 3,
    olderThanSnapshot: 1,
    linksOk: 2,
    gaps: 0,
  },
  ...{ checksumsOk: 0, checksumsBad: 0, crossedAtEnd: false },
};
const REPORT: ReplayReport = {
  ...{ exchange: 'binance', frames: 4, events: { trades: 1, book: 3 }, ignored: {} },
  ...{ unhandled: 0, rejected: 0, decodeErrors: 0, connections: [], books: [BOOK], ok: true },
};
const verdict = (report: Partial<ReplayReport>): string | undefined =>
  reportText({ ...REPORT, ok: false, ...report })
    .trim()
    .split('\n')
    .at(-1);

describe('reportText', () => {
  it('lists counts and books, and ends with the verdict', () => {
    const text = reportText(REPORT);

    expect(text).toContain('events         trades 1, book 3\n');
    expect(text).toMatch(/^BTC\/USDT +yes +1 +3 +1 +2 +0 +0 +0 +no$/m);
    expect(text).toMatch(/\n\nok\n$/);
  });

  it.each<[string, Partial<ReplayReport>]>([
    ['1 gap', { books: [{ ...BOOK, gaps: 1 }] }],
    ['2 bad checksums', { books: [{ ...BOOK, checksumsBad: 2 }] }],
    ['1 decode error', { decodeErrors: 1 }],
    ['3 unhandled frames', { unhandled: 3 }],
    ['a crossed book', { books: [{ ...BOOK, crossedAtEnd: true }] }],
    ['1 gap, 1 unhandled frame', { unhandled: 1, books: [{ ...BOOK, gaps: 1 }] }],
    // Crossed and whole again later: the only fault that no figure shows.
    ['a crossed book', {}],
  ])('says what is wrong: %s', (reasons, report) => {
    expect(verdict(report)).toBe(`NOT OK: ${reasons}`);
  });
});
