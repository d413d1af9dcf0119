import type { Clock } from '@exchange-stream/market-data';
import type {
  HandshakeRefusal,
  HandshakeRequest,
  PeerConnection,
  RestRequest,
  RestResponse,
} from '../simulated-exchange.ts';
import type { ExchangeFaults, FaultRecord, InjectedFault, ScriptedFault } from './exchange-faults.ts';
import { FaultLog } from './fault-log.ts';
import { assertValidFault, InvalidFaultError } from './fault-rules.ts';
import { FaultScript } from './fault-script.ts';
import { isOfKind, type BookError, type Fault, type FaultKind, type FaultOf } from './fault.ts';
import type { FaultableConnection, FaultableExchange, FrozenBooks } from './faultable-exchange.ts';
import { FaultyLink, type Numbering } from './faulty-link.ts';
import { LiveFault } from './live-fault.ts';
import { strikeConnections } from './momentary-faults.ts';
import { spoiledAnswer } from './rest-faults.ts';

/** Knows which faults are under way on one exchange, and finds the one that strikes. */
export class FaultDirector implements ExchangeFaults {
  private readonly live = new Set<LiveFault>();
  private readonly records: FaultLog;
  private readonly script: FaultScript;
  private readonly books = new WeakMap<LiveFault, FrozenBooks>();
  /** Frames that reorderings hold back, across connections. */
  private readonly held = new WeakMap<LiveFault, (() => void)[]>();

  constructor(
    private readonly clock: Clock,
    private readonly exchange: FaultableExchange,
  ) {
    this.records = new FaultLog(clock);
    this.script = new FaultScript(clock, (fault) => this.begin(fault));
  }

  get active(): readonly InjectedFault[] {
    return [...this.live];
  }

  get log(): readonly FaultRecord[] {
    return this.records.records;
  }

  inject(fault: Fault): InjectedFault {
    this.assertPossible(fault);
    return this.begin(fault);
  }

  run(script: readonly ScriptedFault[]): void {
    for (const { fault } of script) this.assertPossible(fault);
    for (const scripted of script) this.script.add(scripted);
  }

  clear(): void {
    this.script.clear();
    for (const live of [...this.live]) live.clear();
  }

  /**
   * The way by which the exchange reaches one client.
   * @param numbering where the exchange counts the frames of a connection; without it frames go as they are
   */
  link(connectionId: number, peer: PeerConnection, numbering?: Numbering): FaultyLink {
    return new FaultyLink(connectionId, peer, this, this.clock, numbering);
  }

  connected(): void {
    this.script.occur({ on: 'connect' });
  }

  strikeFrame(topic: string, text: string, connectionId: number): LiveFault<FaultOf<'frame'>> | undefined {
    this.script.occur({ on: 'frame', topic });
    return this.strike(
      'frame',
      ({ fault }) =>
        (fault.topic ?? topic) === topic &&
        (fault.connectionId ?? connectionId) === connectionId &&
        (fault.type !== 'spoil-books' || this.spoiledBook(topic, text, fault.how) !== undefined),
    );
  }

  /** The frame with a wrong book, where it can have one. */
  spoiledBook(topic: string, text: string, how: BookError): string | undefined {
    return this.exchange.books?.spoiled(topic, text, how);
  }

  /** Keeps a frame until the fault ends; what was held last goes out first. */
  hold(live: LiveFault, send: () => void): void {
    const frames = this.held.get(live) ?? [];
    if (frames.length === 0) {
      this.held.set(live, frames);
      live.atEnd(() => {
        for (const release of frames.reverse()) release();
      });
    }
    frames.push(send);
  }

  strikeRequest(
    { topics, subscribes }: { readonly topics: readonly string[]; readonly subscribes: boolean },
    connectionId: number,
  ): LiveFault<FaultOf<'request'>> | undefined {
    this.script.occur({ on: 'request', topics });
    return this.strike(
      'request',
      ({ fault }) =>
        (fault.topic === undefined || topics.includes(fault.topic)) &&
        (fault.connectionId ?? connectionId) === connectionId &&
        (subscribes || fault.type !== 'refuse-subscriptions'),
    );
  }

  strikeLogin(connectionId: number): LiveFault<FaultOf<'login'>> | undefined {
    return this.strike('login', ({ fault }) => (fault.connectionId ?? connectionId) === connectionId);
  }

  /** The HTTP answer by which an opening handshake is to be refused. */
  refuseHandshake(request?: HandshakeRequest): HandshakeRefusal | undefined {
    const live = this.strike('handshake', ({ fault }) => (fault.path ?? request?.path) === request?.path);
    if (live === undefined) return undefined;
    live.hit({});
    const { status, retryAfterSeconds, body } = live.fault;
    return {
      status,
      ...(retryAfterSeconds !== undefined && { headers: { 'retry-after': String(retryAfterSeconds) } }),
      ...(body !== undefined && { body }),
    };
  }

  /**
   * An answer as it reaches the client. It is made all the same, so that limits count what was asked.
   * @param respond told whether an error will be answered in place of it: nothing is to be changed then
   */
  answer(request: RestRequest, respond: (isRefused: boolean) => RestResponse): RestResponse {
    const { path } = request;
    this.script.occur({ on: 'rest', path });
    // Whether an old book is served is known afterwards; only reading is answered by one.
    const next = this.strikeRest(request, () => request.method === 'GET');
    const answer = respond(next?.fault.type === 'rest-status');
    const live = this.strikeRest(
      request,
      (candidate) => this.staleBook(candidate, request, answer) !== undefined,
    );
    if (live === undefined) return answer;
    const spoiled = spoiledAnswer(live.fault, answer, {
      error: (status) => this.exchange.restError(status),
      staleBook: () => this.staleBook(live, request, answer) ?? answer.body,
    });
    live.hit({ text: path });
    return spoiled;
  }

  private strikeRest(
    { path, method }: RestRequest,
    hasStaleBook: (live: LiveFault) => boolean,
  ): LiveFault<FaultOf<'rest'>> | undefined {
    return this.strike('rest', (live) => {
      const { fault } = live;
      if ((fault.path ?? path) !== path || (fault.method ?? method) !== method) return false;
      return fault.type !== 'rest-stale-book' || hasStaleBook(live);
    });
  }

  private begin(fault: Fault): LiveFault {
    const live = new LiveFault(fault, this.clock, this.records);
    this.live.add(live);
    live.atEnd(() => this.live.delete(live));
    if (fault.type === 'rest-stale-book') this.books.set(live, this.exchange.freezeBooks());
    if (isOfKind(fault, 'notice')) this.announce(live, fault);
    if (isOfKind(fault, 'clock')) this.shiftClock(live, fault);
    if (isOfKind(fault, 'book')) this.strikeBooks(live, fault);
    if (isOfKind(fault, 'moment')) {
      strikeConnections(live, fault, [...this.exchange.connections()].filter(isMeantBy(fault)), this.clock);
    }
    return live;
  }

  /** Says it, and takes it back when the fault ends. */
  private announce(live: LiveFault, fault: FaultOf<'notice'>): void {
    const { notices } = this.exchange;
    if (fault.type === 'pause') {
      notices?.pause?.(fault.connectionId);
      live.atEnd(() => notices?.resume?.(fault.connectionId));
    } else {
      notices?.halt(fault.symbol);
      live.atEnd(() => notices?.reopen(fault.symbol));
    }
  }

  private strikeBooks(live: LiveFault, { type, symbol }: FaultOf<'book'>): void {
    if (type === 'recount-books') this.exchange.books?.recount?.(symbol);
    else this.exchange.books?.sendWhole?.(symbol);
    live.hit({});
    live.clear();
  }

  private shiftClock(live: LiveFault, { offsetMs }: FaultOf<'clock'>): void {
    const { clock } = this.exchange;
    clock?.shift(offsetMs);
    live.atEnd(() => clock?.shift(-offsetMs));
  }

  private assertPossible(fault: Fault): void {
    assertValidFault(fault);
    if (isOfKind(fault, 'clock') && this.exchange.clock === undefined)
      throw new InvalidFaultError(fault, 'type', 'one that this exchange can have: its clock cannot be set');
    const { notices } = this.exchange;
    if (isOfKind(fault, 'notice') && (!notices || (fault.type === 'pause' && !notices.pause)))
      throw new InvalidFaultError(fault, 'type', 'one that this exchange has words for');
    const isOfBooks = isOfKind(fault, 'book') || fault.type === 'spoil-books';
    const { books } = this.exchange;
    const cannot =
      !books ||
      (fault.type === 'resend-books' && !books.sendWhole) ||
      (fault.type === 'recount-books' && !books.recount);
    if (isOfBooks && cannot)
      throw new InvalidFaultError(fault, 'type', 'one that can happen to the books of this exchange');
  }

  private strike<K extends FaultKind>(
    kind: K,
    fits: (live: LiveFault<FaultOf<K>>) => boolean,
  ): LiveFault<FaultOf<K>> | undefined {
    for (const live of this.live) if (isLiveOf(live, kind) && fits(live)) return live;
    return undefined;
  }

  private staleBook(live: LiveFault, request: RestRequest, answer: RestResponse): string | undefined {
    return answer.status === 200 ? this.books.get(live)?.(request) : undefined;
  }
}

function isLiveOf<K extends FaultKind>(
  live: LiveFault,
  kind: K,
): live is LiveFault<Extract<Fault, FaultOf<K>>> {
  return isOfKind(live.fault, kind);
}

function isMeantBy({ connectionId }: FaultOf<'moment'>): (connection: FaultableConnection) => boolean {
  return ({ id }) => (connectionId ?? id) === id;
}
