import type { Clock, Timer } from '@exchange-stream/market-data';
import type {
  ConnectionHandler,
  Market,
  PeerConnection,
  ProtocolViolation,
  RestRequest,
  RestResponse,
  SimulatedConnection,
  SimulatedExchange,
} from '@exchange-stream/simulator';
import { corrupted, type FrameMutations } from './frame-mutations.ts';
import type { Draws } from './draws.ts';
import type { ReferenceReader } from './reference-reader.ts';
import type { Tape, TapeFrame } from './tape.ts';

const PING_MS = 20_000;

/** How the answers by HTTP go wrong, if they do. */
const TROUBLES = ['older', 'older', 'digits', 'truncated', 'page', 'slow', 429, 418, 500, 503] as const;

/** An exchange that says what was recorded, to whoever subscribes it, with books by HTTP as they stand at that moment. */
export class TapeExchange implements SimulatedExchange {
  readonly id: string;
  readonly violations: readonly ProtocolViolation[] = [];
  readonly connections = new Set<TapeConnection>();
  /** How often an answer by HTTP goes wrong, from 0 to 1. */
  restTrouble = 0;
  /** Rounds that have been played to their end. */
  rounds = 0;
  /** What was sent, by what became of it on its way. */
  readonly corruptions = new Map<string, string>();
  private readonly sequences = new Map<string, number>();
  private frames: readonly TapeFrame[] = [];
  private next = 0;
  private timers = new Set<Timer>();
  private opened = 0;

  constructor(
    private readonly tape: Tape,
    readonly reader: ReferenceReader,
    readonly mutations: FrameMutations,
    private readonly draws: Draws,
    private readonly clock: Clock,
  ) {
    this.id = reader.adapter().exchange;
    for (const [symbol, { start }] of tape.books) this.sequences.set(symbol, start);
  }

  get market(): Market {
    throw new Error('A recording has no market.');
  }

  get faults(): SimulatedExchange['faults'] {
    throw new Error('Recordings are spoiled by mutations.');
  }

  /** The number at which a book stands now. */
  sequenceOf(symbol: string): number {
    return this.sequences.get(symbol) ?? 0;
  }

  start(): void {
    this.begin(0);
  }

  stop(): void {
    for (const timer of this.timers) timer.cancel();
    this.disconnectAll();
  }

  refuseHandshake(): undefined {
    return undefined;
  }

  accept(peer: PeerConnection): ConnectionHandler {
    const connection = new TapeConnection(++this.opened, this.clock.now(), peer, this);
    this.connections.add(connection);
    const ping = (): void => {
      if (!this.connections.has(connection)) return;
      peer.ping('');
      this.after(PING_MS, ping);
    };
    ping();
    return {
      onMessage: (text) => connection.onMessage(text),
      onPing: () => undefined,
      onPong: () => undefined,
      onClose: () => void this.connections.delete(connection),
    };
  }

  /** Ends a connection without a word. */
  cut(connection: TapeConnection): void {
    this.connections.delete(connection);
    connection.peer.terminate();
  }

  disconnectAll(code = 1001): void {
    for (const { peer } of this.connections) peer.close(code, '');
    this.connections.clear();
  }

  request({ target }: RestRequest): RestResponse {
    const asked = this.reader.question(new URL(target, 'https://tape'));
    if (asked === undefined) return { status: 404, headers: {}, body: '' };
    if (asked === 'instruments') return { status: 200, headers: {}, body: this.tape.instruments };
    const book = this.tape.books.get(asked.book)!;
    const sequence = this.sequenceOf(asked.book);
    const trouble = this.draws.chance(this.restTrouble) ? this.draws.of(TROUBLES) : undefined;
    const at = trouble === 'older' ? book.numberBefore(sequence - this.draws.integer(1, 40)) : sequence;
    const body = this.reader.bodyOf(book.whole(at, asked.limit));
    const answer = { status: 200, headers: {}, body };
    switch (trouble) {
      case undefined:
      case 'older':
        return answer;
      case 'digits':
        return { ...answer, body: corrupted(body, this.draws).toString() };
      case 'truncated':
        return { ...answer, body: body.slice(0, this.draws.integer(0, body.length - 1)) };
      case 'page':
        return { ...answer, body: '<html><body>We are checking your browser</body></html>' };
      case 'slow':
        return { ...answer, delayMs: this.draws.integer(0, 30_000) };
      default:
        return { status: trouble, headers: this.draws.chance(0.5) ? { 'retry-after': '2' } : {}, body: '{}' };
    }
  }

  private begin(round: number): void {
    this.frames = this.tape.round(round);
    this.next = 0;
    this.playOn(round);
    this.after(this.tape.roundMs, () => {
      this.rounds++;
      this.begin(round + 1);
    });
  }

  /** One timer at a time: a round has hundreds of frames. */
  private playOn(round: number): void {
    const frame = this.frames[this.next];
    if (!frame) return;
    const sinceStartMs = this.clock.monotonic() - round * this.tape.roundMs;
    this.after(frame.atMs - sinceStartMs, () => {
      this.next++;
      this.play(frame);
      this.playOn(round);
    });
  }

  private play({ topic, text, change }: TapeFrame): void {
    if (change) this.sequences.set(change.book, Math.max(change.last, this.sequenceOf(change.book)));
    for (const connection of this.connections) connection.data(topic, text);
  }

  private after(delayMs: number, task: () => void): void {
    const timer = this.clock.after(delayMs, () => {
      this.timers.delete(timer);
      task();
    });
    this.timers.add(timer);
  }
}

/** One client, and the frames on the way to it. */
export class TapeConnection implements SimulatedConnection {
  readonly subscriptions = new Set<string>();
  readonly path: string;
  readonly address: string;
  received = 0;
  sent = 0;
  private held: { readonly bytes: Buffer; after: number }[] = [];

  constructor(
    readonly id: number,
    readonly openedAt: number,
    readonly peer: PeerConnection,
    private readonly exchange: TapeExchange,
  ) {
    this.path = peer.path;
    this.address = peer.address;
  }

  onMessage(text: string): void {
    this.received++;
    const { subscribe, unsubscribe, reply } = this.exchange.reader.request(text);
    for (const topic of subscribe) this.subscriptions.add(topic);
    for (const topic of unsubscribe) this.subscriptions.delete(topic);
    this.send(Buffer.from(reply));
  }

  data(topic: string, text: string): void {
    if (!this.subscriptions.has(topic)) return;
    for (const { bytes, after, isCorrupted } of this.exchange.mutations.strike(text)) {
      if (isCorrupted) this.exchange.corruptions.set(bytes.toString(), text);
      if (after === 0) this.send(bytes);
      else this.held.push({ bytes, after: after + 1 });
    }
    for (const waiting of this.held) waiting.after--;
    for (const { bytes } of this.held.filter(({ after }) => after === 0)) this.send(bytes);
    this.held = this.held.filter(({ after }) => after > 0);
  }

  private send(bytes: Buffer): void {
    this.sent++;
    this.peer.sendBytes(bytes);
  }
}
