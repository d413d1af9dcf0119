import type { StreamAddress } from './address.ts';
import type { BinanceConnection } from './connection.ts';
import type { StreamNames } from './segment.ts';

/** One stream that somebody receives. */
export interface LiveStream<S, A extends StreamAddress> {
  readonly name: string;
  readonly stream: S;
  /** Each subscriber, with the book update it saw last (partial depth only). */
  readonly subscribers: Map<BinanceConnection<A>, number>;
}

const NONE: ReadonlySet<never> = new Set();

/** Who receives which stream, found by the symbol that something happened to. */
export class StreamIndex<S, A extends StreamAddress> {
  private readonly byName = new Map<string, LiveStream<S, A>>();
  private readonly bySymbol = new Map<string, Set<LiveStream<S, A>>>();

  /** @param onOpened told of each stream when its first subscriber comes */
  constructor(
    private readonly names: StreamNames<S, A>,
    private readonly onOpened: (stream: S) => void,
  ) {}

  /** Streams that exist begin to flow, where the connection may have them; other names stay silent. */
  join(name: string, connection: BinanceConnection<A>): void {
    const stream = this.byName.get(name)?.stream ?? this.names.parse(name);
    if (stream === undefined || !this.names.flows(stream, connection.asked)) return;
    const { subscribers } = this.byName.get(name) ?? this.open(name, stream);
    if (!subscribers.has(connection)) subscribers.set(connection, -1);
  }

  leave(name: string, connection: BinanceConnection<A>): void {
    const live = this.byName.get(name);
    if (live === undefined) return;
    live.subscribers.delete(connection);
    if (live.subscribers.size > 0) return;
    this.byName.delete(name);
    const symbol = this.names.symbolOf(live.stream);
    const siblings = this.bySymbol.get(symbol);
    siblings?.delete(live);
    if (siblings?.size === 0) this.bySymbol.delete(symbol);
  }

  of(symbol: string): ReadonlySet<LiveStream<S, A>> {
    return this.bySymbol.get(symbol) ?? NONE;
  }

  /** Streams of no single symbol. */
  get ofMany(): ReadonlySet<LiveStream<S, A>> {
    return this.of('');
  }

  private open(name: string, stream: S): LiveStream<S, A> {
    const live = { name, stream, subscribers: new Map<BinanceConnection<A>, number>() };
    this.byName.set(name, live);
    this.onOpened(stream);
    const symbol = this.names.symbolOf(stream);
    const siblings = this.bySymbol.get(symbol) ?? new Set();
    this.bySymbol.set(symbol, siblings.add(live));
    return live;
  }
}

/** A copy: a transport may close a connection while it is being sent to. */
export function subscribersOf<A extends StreamAddress>(
  live: LiveStream<unknown, A>,
): readonly BinanceConnection<A>[] {
  return [...live.subscribers.keys()];
}
