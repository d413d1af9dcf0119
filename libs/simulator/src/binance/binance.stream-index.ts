import type { BinanceConnection } from './binance.connection.ts';
import { parseStream, type Stream } from './binance.streams.ts';

/** One stream that somebody receives. */
export interface LiveStream {
  readonly name: string;
  readonly stream: Stream;
  /** Each subscriber, with the book update it saw last (partial depth only). */
  readonly subscribers: Map<BinanceConnection, number>;
}

/** Streams of no single symbol. */
const ALL_SYMBOLS = '';
const NONE: ReadonlySet<LiveStream> = new Set();

/** Who receives which stream, found by the symbol that something happened to. */
export class StreamIndex {
  private readonly byName = new Map<string, LiveStream>();
  private readonly bySymbol = new Map<string, Set<LiveStream>>();

  /** @param onOpened told of each stream when its first subscriber comes */
  constructor(private readonly onOpened: (stream: Stream) => void) {}

  /** Streams that exist begin to flow; other names stay silent. */
  join(name: string, connection: BinanceConnection): void {
    const live = this.byName.get(name) ?? this.open(name);
    if (live !== undefined && !live.subscribers.has(connection)) live.subscribers.set(connection, -1);
  }

  leave(name: string, connection: BinanceConnection): void {
    const live = this.byName.get(name);
    if (live === undefined) return;
    live.subscribers.delete(connection);
    if (live.subscribers.size > 0) return;
    this.byName.delete(name);
    const symbol = symbolOf(live.stream);
    const siblings = this.bySymbol.get(symbol);
    siblings?.delete(live);
    if (siblings?.size === 0) this.bySymbol.delete(symbol);
  }

  of(symbol: string): ReadonlySet<LiveStream> {
    return this.bySymbol.get(symbol) ?? NONE;
  }

  get ofAllSymbols(): ReadonlySet<LiveStream> {
    return this.of(ALL_SYMBOLS);
  }

  private open(name: string): LiveStream | undefined {
    const stream = parseStream(name);
    if (stream === undefined) return undefined;
    const live = { name, stream, subscribers: new Map<BinanceConnection, number>() };
    this.byName.set(name, live);
    this.onOpened(stream);
    const symbol = symbolOf(stream);
    const siblings = this.bySymbol.get(symbol) ?? new Set();
    this.bySymbol.set(symbol, siblings.add(live));
    return live;
  }
}

function symbolOf(stream: Stream): string {
  return stream.kind === 'allMiniTickers' ? ALL_SYMBOLS : stream.symbol;
}
