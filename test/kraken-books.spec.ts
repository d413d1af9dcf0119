import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { kraken } from '@exchange-stream/adapters';
import { VirtualClock, type MarketEvent } from '@exchange-stream/market-data';
import {
  ExchangeStream,
  type Socket,
  type SocketHandlers,
  type SubscriptionHandle,
} from '@exchange-stream/nestjs/engine';

const CAPTURES = process.env.CAPTURES_DIR ?? join(__dirname, '../../shared/captures');

interface Message {
  readonly method?: string;
  readonly req_id?: number;
  readonly params?: {
    readonly channel: string;
    readonly symbol?: readonly string[];
    readonly depth?: number;
  };
}

/** An exchange that confirms whatever it is asked, and says nothing but what it is told to. */
class Script {
  readonly clock = new VirtualClock();
  readonly asked: Message[] = [];
  readonly events: MarketEvent[] = [];
  readonly stream: ExchangeStream;
  readonly book: SubscriptionHandle<'book'>;
  private handlers: SocketHandlers | undefined;

  constructor(
    readonly symbol: string,
    wsname: string,
  ) {
    const pair = { wsname, tick_size: '0.000000000001', lot_decimals: 8, status: 'online' };
    const body = JSON.stringify({ error: [], result: { PAIR: pair } });
    this.stream = new ExchangeStream(
      { exchanges: [kraken()] },
      {
        clock: this.clock,
        random: { next: () => 0.5 },
        http: { request: () => Promise.resolve({ status: 200, headers: {}, body }) },
        sockets: { open: (_url, _options, handlers) => this.open(handlers) },
      },
    );
    this.book = this.stream.subscribe({ exchange: 'kraken', channel: 'book', symbol });
    this.book.on((event) => this.events.push(event));
    this.stream.start();
  }

  /** Whole books and updates that were shown, each of which its checksum agrees with, and books that broke. */
  get shown(): { snapshots: number; updates: number; broken: number } {
    const count = (is: MarketEvent['type']): number => this.events.filter(({ type }) => type === is).length;
    const broken = this.book.view().counters.gaps;
    return { snapshots: count('book-snapshot'), updates: count('book-update'), broken };
  }

  async close(): Promise<void> {
    const closed = this.stream.close();
    await this.clock.advance(100);
    await closed;
  }

  say(frame: string): void {
    this.handlers?.onFrame(Buffer.from(frame), false);
  }

  /** Asked for books so far: in and out. */
  get books(): string[] {
    return this.asked
      .filter(({ params }) => params?.channel === 'book')
      .map(({ method, params }) => `${method} ${params?.symbol?.join()} ${params?.depth}`);
  }

  private open(handlers: SocketHandlers): Socket {
    this.handlers = handlers;
    this.clock.after(1, () => handlers.onOpen());
    const end = (code: number) => void this.clock.after(1, () => handlers.onClose(code, ''));
    return {
      send: (text) => this.answer(JSON.parse(String(text)) as Message),
      ping: () => handlers.onPong(),
      pong: () => undefined,
      close: (code = 1000) => end(code),
      terminate: () => end(1006),
      bufferedBytes: 0,
    };
  }

  private answer(message: Message): void {
    this.asked.push(message);
    const { method, params, req_id: id } = message;
    const answers =
      method === 'ping'
        ? [{ method: 'pong' }]
        : (params?.symbol ?? [undefined]).map((symbol) => ({
            ...{ method, req_id: id, success: true },
            result: { channel: params?.channel, ...(symbol !== undefined && { symbol }) },
          }));
    this.clock.after(1, () => {
      for (const each of answers) this.say(JSON.stringify(each));
    });
  }
}

const side = (rows: readonly (readonly string[])[]): string =>
  `[${rows.map(([price, qty]) => `{"price":${price},"qty":${qty}}`).join(',')}]`;

const frame = (
  type: string,
  symbol: string,
  bids: readonly (readonly string[])[],
  asks: readonly (readonly string[])[],
  checksum: string | number,
): string =>
  `{"channel":"book","type":"${type}","data":[{"symbol":"${symbol}","bids":${side(bids)},"asks":${side(asks)},` +
  `"checksum":${checksum},"timestamp":"2023-10-06T17:35:55.440295Z"}]}`;

/** Published by Kraken with the checksum 3310070434. */
const rows = (...texts: string[]): string[][] => texts.map((text) => text.split(' '));
const ASKS = rows(
  ...['45285.2 0.00100000', '45286.4 1.54571953', '45286.6 1.54571109', '45289.6 1.54560911'],
  ...['45290.2 0.15890660', '45291.8 1.54553491', '45294.7 0.04454749', '45296.1 0.35380000'],
  ...['45297.5 0.09945542', '45299.5 0.18772827'],
);
const BIDS = rows(
  ...['45283.5 0.10000000', '45283.4 1.54582015', '45282.1 0.10000000', '45281.0 0.10000000'],
  ...['45280.3 1.54592586', '45279.0 0.07990000', '45277.6 0.03310103', '45277.5 0.30000000'],
  ...['45277.3 1.54602737', '45276.6 0.15445238'],
);
const CHECKSUM = 3310070434;

describe('a book of Kraken, from the socket to whoever holds it', () => {
  test('is live where the checksum of the documentation agrees, and shows every digit', async () => {
    const script = new Script('BTC/USD', 'XBT/USD');
    await script.clock.advance(500);
    script.say(frame('snapshot', 'BTC/USD', BIDS, ASKS, CHECKSUM));
    expect(script.book.view()).toMatchObject({ data: 'live' });
    expect(script.shown).toEqual({ snapshots: 1, updates: 0, broken: 0 });
    expect(script.events.find(({ type }) => type === 'book-snapshot')).toMatchObject({
      bids: BIDS,
      asks: ASKS,
    });
    await script.close();
    expect(script.clock.pending).toBe(0);
  });

  test('drops what is pushed out behind its depth, says so, and is proved by what is left', async () => {
    const script = new Script('BTC/USD', 'XBT/USD');
    await script.clock.advance(500);
    const better = ['45283.6', '0.20000000'];
    script.say(frame('snapshot', 'BTC/USD', BIDS.slice(1), ASKS, 0));
    script.say(frame('update', 'BTC/USD', [better, BIDS[0]!, ['45276.5', '9.00000000']], [], 0));
    const last = script.events.at(-1);
    expect(last?.type === 'book-update' && last.bids).toContainEqual(['45276.6', '0']);
    // The best is gone: of ten levels, nine are left, and the exchange tells the tenth.
    script.say(frame('update', 'BTC/USD', [['45283.6', '0.00000000'], ['45276.6', '0.15445238']], [], CHECKSUM)); // prettier-ignore
    expect(script.shown).toEqual({ snapshots: 1, updates: 2, broken: 0 });
    expect(script.book.view()).toMatchObject({ data: 'live' });
    await script.close();
  });

  test('is asked for anew with the same depth where it does not agree, and says nothing until it comes', async () => {
    const script = new Script('BTC/USD', 'XBT/USD');
    await script.clock.advance(500);
    script.say(frame('snapshot', 'BTC/USD', BIDS, ASKS, CHECKSUM));
    // A digit was lost on the way.
    script.say(frame('update', 'BTC/USD', [['45283.5', '0.1']], [], CHECKSUM));
    expect(script.book.view()).toMatchObject({ data: 'gap' });
    expect(script.shown).toEqual({ snapshots: 1, updates: 0, broken: 1 });
    const before = script.events.length;
    script.say(frame('update', 'BTC/USD', [['45283.5', '0.30000000']], [], 7));
    expect(script.events).toHaveLength(before);
    await script.clock.advance(2_000);
    expect(script.books).toEqual(['subscribe BTC/USD 10', 'unsubscribe BTC/USD 10', 'subscribe BTC/USD 10']);
    script.say(frame('snapshot', 'BTC/USD', BIDS, ASKS, CHECKSUM));
    expect(script.book.view()).toMatchObject({ data: 'live' });
    await script.close();
  });

  test('is begun anew after maintenance, on the same socket', async () => {
    const script = new Script('BTC/USD', 'XBT/USD');
    const status = (system: string): void =>
      script.say(
        `{"channel":"status","type":"update","data":[{"system":"${system}","connection_id":6447481662169813000}]}`,
      );
    await script.clock.advance(500);
    status('online');
    script.say(frame('snapshot', 'BTC/USD', BIDS, ASKS, CHECKSUM));
    status('maintenance');
    expect(script.book.view()).toMatchObject({ data: 'halted' });
    await script.clock.advance(60_000);
    expect(script.books).toHaveLength(1);
    status('online');
    await script.clock.advance(500);
    expect(script.books.at(-1)).toBe('subscribe BTC/USD 10');
    script.say(frame('snapshot', 'BTC/USD', BIDS, ASKS, CHECKSUM));
    expect(script.book.view()).toMatchObject({ data: 'live' });
    await script.close();
  });
});

/** A recorded session of v1, whose digits and checksums are those of v2, written as v2 writes it. */
interface Recorded {
  readonly bids: string[][];
  readonly asks: string[][];
  readonly checksum: string;
  readonly isSnapshot: boolean;
}

function recorded(line: string): Recorded {
  const [, ...parts] = JSON.parse(line) as unknown[];
  const data = Object.assign({}, ...parts.filter((part) => typeof part === 'object')) as Record<
    string,
    unknown
  >;
  const levels = (value: unknown): string[][] => ((value ?? []) as string[][]).map((row) => row.slice(0, 2));
  return {
    isSnapshot: 'as' in data,
    bids: levels(data.bs ?? data.b),
    asks: levels(data.as ?? data.a),
    checksum: typeof data.c === 'string' ? data.c : '0',
  };
}

describe('recorded books with the checksums that were sent', () => {
  const sessions = [
    { file: 'book10_checksum_xdgusd', symbol: 'DOGE/USD', wsname: 'XDG/USD', updates: 14 },
    { file: 'book10_checksum_lunaeur', symbol: 'LUNA/EUR', wsname: 'LUNA/EUR', updates: 1 },
    { file: 'book10_checksum_gsteur', symbol: 'GST/EUR', wsname: 'GST/EUR', updates: 1 },
  ];
  const isThere = existsSync(join(CAPTURES, 'gct/kraken'));
  if (!isThere)
    process.stderr.write('Skipped: no captures. Set CAPTURES_DIR to a folder of captures to run this.\n');

  (isThere ? test : test.skip).each(sessions)('agree: $symbol', async ({ file, symbol, wsname, updates }) => {
    const script = new Script(symbol, wsname);
    await script.clock.advance(500);
    const lines = readFileSync(join(CAPTURES, `gct/kraken/${file}.jsonl`), 'utf8')
      .trim()
      .split('\n');
    for (const { isSnapshot, bids, asks, checksum } of lines.map(recorded))
      script.say(frame(isSnapshot ? 'snapshot' : 'update', symbol, bids, asks, checksum));
    expect(script.shown).toEqual({ snapshots: 1, updates, broken: 0 });
    expect(script.book.view()).toMatchObject({ data: 'live' });
    await script.close();
  });

  (isThere ? test : test.skip)(
    'of v2 were shortened by those who wrote them down, and are never shown: their checksums are of more levels',
    async () => {
      const script = new Script('BTC/USD', 'XBT/USD');
      await script.clock.advance(500);
      const lines = readFileSync(join(CAPTURES, 'nautilus/kraken/ws.jsonl'), 'utf8').trim().split('\n');
      const snapshot = lines
        .map((line) => JSON.parse(line) as { name: string; frame: unknown })
        .find(({ name }) => name === 'ws_book_snapshot.json')!;
      script.say(typeof snapshot.frame === 'string' ? snapshot.frame : JSON.stringify(snapshot.frame));
      expect(script.shown).toEqual({ snapshots: 0, updates: 0, broken: 1 });
      await script.close();
    },
  );
});
