import fc from 'fast-check';
import { OrderBook, toPlainDecimal, type BookLevel } from '@exchange-stream/market-data';
import { readCapture, readLines } from '../../test/captures.ts';
import { readExactJson } from '../decoder/exact-json.ts';
import { checksumText, crc32Checksum, type ChecksumRecipe } from './crc32-checksum.ts';

/** Kraken Spot WebSocket v1 and v2, guide "Calculate book checksum". */
const KRAKEN: ChecksumRecipe = {
  ...{ levels: 10, order: 'asks-bids', separator: '', digits: 'written', isBare: true },
};
/** OKX API v5 and OKEx v3, "Checksum" of the order book channel; it sends 0 since June 2026. */
const OKX: ChecksumRecipe = { levels: 25, order: 'interleaved', separator: ':', digits: 'written' };
/** Bitfinex WebSocket v2, "WebSocket checksum". Numbers are those of JSON, as JavaScript writes them. */
const BITFINEX: ChecksumRecipe = { ...OKX, digits: 'shortest', hasNegativeAsks: true };
/** BTC Markets WebSocket v2, "order book checksum"; in 2020 without the zeros at the end. */
const BTC_MARKETS_2020: ChecksumRecipe = { ...KRAKEN, order: 'bids-asks', digits: 'shortest' };
/** FTX, which is no more: numbers as Python wrote them. */
const FTX: ChecksumRecipe = { ...OKX, levels: 100 };

type Row = Record<string, unknown>;

interface BookFrame {
  readonly book: string;
  readonly isSnapshot: boolean;
  readonly bids: readonly BookLevel[];
  readonly asks: readonly BookLevel[];
  readonly checksum?: string | undefined;
}

/** Applies frames to their books, and counts how many of the checksums that were sent these agree with. */
function replay(recipe: ChecksumRecipe, frames: readonly BookFrame[], depth?: number) {
  const { levels, of } = crc32Checksum(recipe);
  const books = new Map<string, OrderBook>();
  const result = { books: 0, updates: 0, ok: 0, bad: 0, withoutRule: 0 };
  for (const frame of frames) {
    const book = books.get(frame.book) ?? new OrderBook();
    books.set(frame.book, book);
    if (frame.isSnapshot) book.applySnapshot(frame.bids, frame.asks);
    else book.applyUpdate(frame.bids, frame.asks);
    if (depth !== undefined) book.trim(depth);
    if (!frame.isSnapshot) result.updates++;
    const expected = Number(frame.checksum ?? 0);
    if (expected === 0) result.withoutRule++;
    else if ((of(book.bids(levels), book.asks(levels)) ^ expected) === 0) result.ok++;
    else result.bad++;
  }
  return { ...result, books: books.size };
}

/** Levels whose price and amount come first. */
function levels(rows: unknown): BookLevel[] {
  return ((rows ?? []) as string[][]).map(([price = '', amount = '']) => [price, amount]);
}

function parsed(line: string): Row {
  return readExactJson(Buffer.from(line)) as Row;
}

function krakenV1(line: string): BookFrame {
  const [channel, ...parts] = readExactJson(Buffer.from(line)) as unknown[];
  const data = Object.assign({}, ...parts.filter((part) => typeof part === 'object')) as Row;
  return {
    ...{ book: String(channel), isSnapshot: 'as' in data || 'bs' in data },
    ...{ bids: levels(data.bs ?? data.b), asks: levels(data.as ?? data.a), checksum: data.c as string },
  };
}

/** OKX v5, OKCoin v5, OKEx v3 and FTX: an action, and rows with both sides and a checksum. */
function okxLike(line: string): BookFrame[] {
  const { data, action, type, arg } = parsed(line);
  if (data === undefined || (action ?? type) === undefined) return [];
  const rows = Array.isArray(data) ? (data as Row[]) : [data as Row];
  return rows
    .filter(({ asks, bids }) => Array.isArray(asks) && Array.isArray(bids))
    .map(({ asks, bids, checksum, instrument_id: instrument }) => ({
      ...{ book: JSON.stringify(arg ?? instrument), isSnapshot: (action ?? type) !== 'update' },
      ...{ bids: levels(bids), asks: levels(asks), checksum: checksum as string | undefined },
    }));
}

describe('a checksum by recipe', () => {
  const bids: BookLevel[] = [
    ['0.00510', '1.20'],
    ['0.00500', '30'],
    ['0.0000007', '4'],
  ];
  const asks: BookLevel[] = [['12.0', '0.000000010']];

  test.each<[string, Partial<ChecksumRecipe>]>([
    ['0.00510:1.20:12.0:0.000000010:0.00500:30', {}],
    ['0.00510:1.20:0.00500:30:12.0:0.000000010', { order: 'bids-asks' }],
    ['12.0:0.000000010:0.00510:1.20:0.00500:30', { order: 'asks-bids' }],
    ['0.00510:1.20:12.0:-0.000000010:0.00500:30', { hasNegativeAsks: true }],
    [
      '12.0|-0.000000010|0.00510|1.20',
      { order: 'asks-bids', hasNegativeAsks: true, separator: '|', levels: 1 },
    ],
    ['0.0051:1.2:12:1e-8:0.005:30:7e-7:4', { digits: 'shortest', levels: 3 }],
    ['51012012010', { isBare: true, separator: '', levels: 1 }],
    ['5112121e-8', { digits: 'shortest', isBare: true, separator: '', levels: 1 }],
    ['', { levels: 0 }],
  ])('is taken of %s', (text, changes) => {
    const recipe = { ...OKX, levels: 2, ...changes };
    expect(checksumText(recipe, bids, asks)).toBe(text);
  });

  test('has the shortest form of any decimal as JavaScript writes it', () => {
    const digits = fc.stringMatching(/^(0|[1-9]\d{0,11})$/);
    const fraction = fc.option(fc.stringMatching(/^0{0,8}\d{1,10}0{0,3}$/));
    fc.assert(
      fc.property(digits, fraction, (whole, behind) => {
        const decimal = behind === null ? whole : `${whole}.${behind}`;
        const text = checksumText(
          { ...BITFINEX, levels: 1, hasNegativeAsks: false },
          [[decimal, decimal]],
          [],
        );
        expect(text).toBe(`${Number(decimal)}:${Number(decimal)}`);
      }),
      { numRuns: 5_000 },
    );
  });

  test('agrees with the check value of its kind', () => {
    const rows: BookLevel[] = [['1234', '56789']];
    expect(crc32Checksum(KRAKEN).of(rows, [])).toBe(0xcbf43926);
    expect(crc32Checksum(KRAKEN).of([], [])).toBe(0);
  });

  test('is that of the example of Kraken v2', () => {
    const example = {
      asks: [
        ...['45285.2 0.00100000', '45286.4 1.54571953', '45286.6 1.54571109', '45289.6 1.54560911'],
        ...['45290.2 0.15890660', '45291.8 1.54553491', '45294.7 0.04454749', '45296.1 0.35380000'],
        ...['45297.5 0.09945542', '45299.5 0.18772827'],
      ],
      bids: [
        ...['45283.5 0.10000000', '45283.4 1.54582015', '45282.1 0.10000000', '45281.0 0.10000000'],
        ...['45280.3 1.54592586', '45279.0 0.07990000', '45277.6 0.03310103', '45277.5 0.30000000'],
        ...['45277.3 1.54602737', '45276.6 0.15445238'],
      ],
    };
    // As v2 sends them: numbers, of which JSON.parse would lose the zeros.
    const side = (rows: string[]): string => `[${rows.map((row) => `[${row.replace(' ', ',')}]`).join(',')}]`;
    const [askRows, bidRows] = readExactJson(
      Buffer.from(`[${side(example.asks)},${side(example.bids)}]`),
    ) as unknown[];
    const book = new OrderBook();
    book.applySnapshot(levels(bidRows), levels(askRows));
    expect(crc32Checksum(KRAKEN).of(book.bids(10), book.asks(10))).toBe(3310070434);
  });

  test('of orders is made of their ids', () => {
    const [orders, others]: BookLevel[][] = [[['34006738527', '0.50']], [['34006738528', '1']]];
    expect(checksumText(BITFINEX, orders ?? [], others ?? [])).toBe('34006738527:0.5:34006738528:-1');
  });
});

describe('recorded books', () => {
  function reads(
    path: string,
    expected: Partial<ReturnType<typeof replay>>,
    recipe: ChecksumRecipe,
    frames: (lines: string[]) => BookFrame[],
    depth?: number,
  ): void {
    const lines = path.startsWith('cryptofeed')
      ? readCapture(path)?.flatMap(({ k, frame }) => (k === 'recv' && frame !== undefined ? [frame] : []))
      : readLines(path);
    (lines ? test : test.skip)(`agree with all checksums of ${path}`, () => {
      expect(replay(recipe, frames(lines ?? []), depth)).toMatchObject({ bad: 0, ...expected });
    });
  }

  const everyLine = (lines: string[]): BookFrame[] => lines.map(krakenV1);
  reads('gct/kraken/book10_checksum_xdgusd.jsonl', { books: 1, updates: 14, ok: 14 }, KRAKEN, everyLine, 10);
  reads('gct/kraken/book10_checksum_lunaeur.jsonl', { books: 1, updates: 1, ok: 1 }, KRAKEN, everyLine, 10);
  reads('gct/kraken/book10_checksum_gsteur.jsonl', { books: 1, updates: 1, ok: 1 }, KRAKEN, everyLine, 10);

  const okx = (lines: string[]): BookFrame[] => lines.flatMap(okxLike);
  reads('cryptofeed/okx/ws.1.jsonl.gz', { books: 3, updates: 287, ok: 290 }, OKX, okx);
  reads('gct/okx/push_data_mixed.jsonl', { ok: 1 }, OKX, okx);
  reads('gct/okx/push_data_dynamic.jsonl', { ok: 1 }, OKX, okx);
  reads('gct/historic_okcoin_v5/books_checksum_btc_usd.jsonl', { updates: 1, ok: 2 }, OKX, okx);
  reads('gct/historic_okex_v3/depth_checksum_btc_usdt.jsonl', { updates: 1, ok: 2 }, OKX, okx);
  reads('gct/historic_okex_v3/depth_checksum_waves_btc.jsonl', { updates: 1, ok: 2 }, OKX, okx);
  reads('gct/historic_okex_v3/depth_checksum_eos_usdt_partial.jsonl', { ok: 1 }, OKX, okx);

  reads('gct/historic_ftx/orderbook_checksum_btc_perp.jsonl', { updates: 1, ok: 2 }, FTX, okx);
  reads('gct/historic_ftx/orderbook_checksum_privbear_usd_partial.jsonl', { ok: 1 }, FTX, okx);
  reads('gct/historic_ftx/orderbook_checksum_doge_perp_partial.jsonl', { ok: 1 }, FTX, okx);

  reads('gct/btcmarkets/ws_orderbook_update.jsonl', { updates: 1, ok: 1 }, BTC_MARKETS_2020, (lines) =>
    lines.map(parsed).map(({ snapshot, bids, asks, checksum }) => ({
      ...{ book: 'LTC-AUD', isSnapshot: snapshot === true },
      ...{ bids: levels(bids), asks: levels(asks), checksum: checksum as string | undefined },
    })),
  );

  const [snapshot, update] = readLines('bitfinex-go/public-book-P0.jsonl') ?? [];
  const [proof] = readLines('bitfinex-go/public-book-checksum.jsonl') ?? [];
  (proof ? test : test.skip)('agree with the checksum of bitfinex-go, and not before the update', () => {
    /** `[price, count, amount]`, whose sign is the side and where a count of 0 removes; with exponents. */
    const side = (rows: string[][], isOfSide: (amount: string) => boolean): BookLevel[] =>
      rows
        .filter(([, , amount = '']) => isOfSide(amount))
        .map(([price = '', count, amount = '']) => [
          toPlainDecimal(price),
          count === '0' ? '0' : toPlainDecimal(amount.replace('-', '')),
        ]);
    const [, rows] = readExactJson(Buffer.from(snapshot ?? '')) as [string, string[][]];
    const [, row] = readExactJson(Buffer.from(update ?? '')) as [string, string[]];
    const [, , checksum] = readExactJson(Buffer.from(proof ?? '')) as string[];
    const { of } = crc32Checksum(BITFINEX);
    const book = new OrderBook();
    const [isBid, isAsk] = [(text: string) => !text.startsWith('-'), (text: string) => text.startsWith('-')];
    book.applySnapshot(side(rows, isBid), side(rows, isAsk));
    expect([book.bids().length, book.asks().length]).toEqual([18, 25]);
    expect(of(book.bids(25), book.asks(25)) | 0).toBe(1311645903);
    book.applyUpdate(side([row], isBid), side([row], isAsk));
    expect(of(book.bids(25), book.asks(25)) | 0).toBe(-1175357890);
    expect(Number(checksum)).toBe(-1175357890);
  });
});
