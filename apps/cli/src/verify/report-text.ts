import type { BookReport, ReplayReport } from '@exchange-stream/nestjs/engine';

/** A report for people. */
export function reportText(report: ReplayReport): string {
  const blocks = [
    totals(report),
    ...(report.connections.length > 0 ? [connections(report)] : []),
    ...(report.books.length > 0 ? [books(report.books)] : []),
    report.ok ? 'ok' : `NOT OK: ${reasons(report).join(', ')}`,
  ];
  return `${blocks.join('\n\n')}\n`;
}

function totals(report: ReplayReport): string {
  return table([
    ['exchange', report.exchange],
    ['frames', String(report.frames)],
    ['events', list(report.events)],
    ['ignored', list(report.ignored)],
    ['unhandled', String(report.unhandled)],
    ['rejected', String(report.rejected)],
    ['decode errors', String(report.decodeErrors)],
  ]);
}

function connections({ connections }: ReplayReport): string {
  return table([
    ['connection', 'links ok', 'gaps', 'repeated'],
    ...connections.map(({ url, linksOk, gaps, repeated }) => [
      shortUrl(url),
      String(linksOk),
      String(gaps),
      String(repeated),
    ]),
  ]);
}

function books(reports: readonly BookReport[]): string {
  return table([
    ['book', 'seeded', 'snapshots', 'updates', 'older', 'links ok', 'gaps', 'checksums ok', 'bad', 'crossed'],
    ...reports.map((book) => [
      book.symbol,
      book.seeded ? 'yes' : 'no',
      String(book.snapshots),
      String(book.updates),
      String(book.olderThanSnapshot),
      String(book.linksOk),
      String(book.gaps),
      String(book.checksumsOk),
      String(book.checksumsBad),
      book.crossedAtEnd ? 'YES' : 'no',
    ]),
  ]);
}

/** What makes a report not ok, in the words of its table. */
function reasons(report: ReplayReport): string[] {
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
  const counted: [count: number, one: string, many: string][] = [
    [sum([...report.books, ...report.connections].map(({ gaps }) => gaps)), 'gap', 'gaps'],
    [sum(report.books.map(({ checksumsBad }) => checksumsBad)), 'bad checksum', 'bad checksums'],
    [report.decodeErrors, 'decode error', 'decode errors'],
    [report.unhandled, 'unhandled frame', 'unhandled frames'],
  ];
  const found = counted
    .filter(([count]) => count > 0)
    .map(([count, one, many]) => `${count} ${count === 1 ? one : many}`);
  // A book that was crossed and whole again later shows nothing in its row.
  return found.length > 0 && !report.books.some(({ crossedAtEnd }) => crossedAtEnd)
    ? found
    : [...found, 'a crossed book'];
}

function list(counts: Readonly<Record<string, number>>): string {
  const entries = Object.entries(counts);
  return entries.length === 0 ? 'none' : entries.map(([name, count]) => `${name} ${count}`).join(', ');
}

/** Without the query, which names every topic. */
function shortUrl(url: string | null): string {
  return url === null ? '(not recorded)' : (url.split('?', 1)[0] ?? '');
}

/** Columns as wide as their widest cell; numbers to the right. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => {
          const width = widths[column] ?? 0;
          return column > 0 && row.length > 2 ? cell.padStart(width) : cell.padEnd(width);
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
