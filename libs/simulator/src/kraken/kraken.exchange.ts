import type { Clock } from '@exchange-stream/market-data';
import type { ExchangeFaults } from '../faults/exchange-faults.ts';
import { FaultDirector } from '../faults/fault-director.ts';
import type { BookError } from '../faults/fault.ts';
import type { ExchangeBooks, ExchangeNotices } from '../faults/faultable-exchange.ts';
import { SeededMarket } from '../market/seeded-market.ts';
import { seededRandom } from '../platform/seeded-random.ts';
import { ShiftedClock } from '../platform/shifted-clock.ts';
import type {
  ConnectionHandler,
  HandshakeRefusal,
  HandshakeRequest,
  PeerConnection,
  ProtocolViolation,
  RestRequest,
  RestResponse,
  SimulatedConnection,
  SimulatedExchange,
  SimulatedExchangeEnvironment,
} from '../simulated-exchange.ts';
import { ViolationLog } from '../violation-log.ts';
import { BookView } from './kraken.book-view.ts';
import { KrakenConnection } from './kraken.connection.ts';
import { KrakenConnects } from './kraken.connects.ts';
import { KRAKEN_INSTRUMENTS } from './kraken.instruments.ts';
import { KrakenPublisher } from './kraken.publisher.ts';
import { statusFrame } from './kraken.replies.ts';
import { KrakenRest } from './kraken.rest.ts';
import { spoiledBook } from './kraken.spoiled-book.ts';
import { KrakenTopicIndex } from './kraken.topic-index.ts';
import type { KrakenTopic } from './kraken.topics.ts';

/** What the channel `status` tells of the exchange. */
export type KrakenSystem = 'online' | 'cancel_only' | 'maintenance' | 'post_only';

export interface KrakenOptions {
  /** Messages of one connection within a second. The exchange has such a limit and publishes no number. Default: none. */
  readonly messagesPerSecond?: number;
}

const GOING_AWAY = 1001;
const PATH = '/v2';

/** The twin of Kraken Spot, second version. Written from the exchange's documentation, not from any client. */
export class KrakenExchange implements SimulatedExchange, ExchangeNotices, ExchangeBooks {
  readonly id = 'kraken';
  readonly permessageDeflate = true;
  readonly market: SeededMarket;
  private readonly clock: Clock;
  private readonly topics: KrakenTopicIndex;
  private readonly publisher: KrakenPublisher;
  private readonly rest: KrakenRest;
  private readonly director: FaultDirector;
  private readonly log: ViolationLog;
  private readonly connects: KrakenConnects;
  private readonly open = new Set<KrakenConnection>();
  private readonly messagesPerSecond: number;
  private system: KrakenSystem = 'online';
  private accepted = 0;

  constructor(
    { clock: rightClock, seed = 1, market = {} }: SimulatedExchangeEnvironment,
    { messagesPerSecond = Infinity }: KrakenOptions = {},
  ) {
    const clock = new ShiftedClock(rightClock, (byMs) => this.market.shift(byMs));
    this.clock = clock;
    this.messagesPerSecond = messagesPerSecond;
    this.log = new ViolationLog(rightClock);
    this.connects = new KrakenConnects(clock, this.log);
    this.topics = new KrakenTopicIndex((topic) => this.viewOf(topic));
    this.publisher = new KrakenPublisher(clock, {
      topics: this.topics,
      market: () => this.market,
      status: ({ connectionId }) => statusFrame(this.system, connectionId),
    });
    this.market = new SeededMarket({
      clock,
      random: (purpose) => seededRandom(seed, purpose),
      options: market,
      instruments: KRAKEN_INSTRUMENTS,
      listener: this.publisher,
    });
    this.rest = new KrakenRest({ clock, market: this.market, system: () => this.system });
    this.director = new FaultDirector(rightClock, {
      clock,
      connections: () => this.open,
      restError: (status) => this.rest.error(status),
      freezeBooks: () => this.rest.freezeBooks(),
      notices: this,
      books: this,
    });
  }

  get connections(): ReadonlySet<SimulatedConnection> {
    return this.open;
  }

  get faults(): ExchangeFaults {
    return this.director;
  }

  get violations(): readonly ProtocolViolation[] {
    return this.log.entries;
  }

  start(): void {
    this.market.start();
  }

  stop(): void {
    this.market.stop();
    this.publisher.stop();
    this.director.clear();
    this.disconnectAll();
  }

  refuseHandshake(request: HandshakeRequest): HandshakeRefusal | undefined {
    const isBanned = this.connects.isTooOften(request.address, this.system === 'maintenance');
    const fault = this.director.refuseHandshake(request);
    if (fault !== undefined) return fault;
    if (isBanned) return { status: 429, body: this.rest.error(429) };
    return request.path === PATH ? undefined : { status: 404 };
  }

  accept(peer: PeerConnection): ConnectionHandler {
    const id = ++this.accepted;
    const connection = new KrakenConnection(id, this.director.link(id, peer), {
      clock: this.clock,
      market: this.market,
      topics: this.topics,
      publisher: this.publisher,
      violations: this.log,
      messagesPerSecond: this.messagesPerSecond,
      onClosed: (closed) => this.open.delete(closed),
    });
    this.open.add(connection);
    if (this.system === 'maintenance') connection.beginMaintenance();
    connection.say(statusFrame(this.system, connection.connectionId));
    this.director.connected();
    return connection;
  }

  request(request: RestRequest): RestResponse {
    return this.director.answer(request, () => this.rest.respond(request));
  }

  disconnectAll(code: number = GOING_AWAY): void {
    for (const connection of [...this.open]) connection.close(code, '');
  }

  /** Puts the exchange into a state, and tells every connection. In maintenance nothing is served, and sockets stay. */
  enter(system: KrakenSystem): void {
    this.system = system;
    for (const connection of [...this.open]) this.tell(connection, system);
  }

  pause(connectionId?: number): void {
    if (connectionId === undefined) return this.enter('maintenance');
    for (const connection of this.named(connectionId)) this.tell(connection, 'maintenance');
  }

  resume(connectionId?: number): void {
    if (connectionId === undefined) return this.enter('online');
    for (const connection of this.named(connectionId)) this.tell(connection, this.system);
  }

  halt(symbol?: string): void {
    for (const each of this.symbolsOf(symbol)) this.market.halt(each);
  }

  reopen(symbol?: string): void {
    for (const each of this.symbolsOf(symbol)) this.market.reopen(each);
  }

  sendWhole(symbol?: string): void {
    for (const market of this.market.markets)
      if (market.instrument.symbol === (symbol ?? market.instrument.symbol)) this.publisher.sendWhole(market);
  }

  spoiled(topic: string, frame: string, how: BookError): string | undefined {
    return spoiledBook(topic, frame, how, (symbol) => this.market.find(symbol));
  }

  private tell(connection: KrakenConnection, system: KrakenSystem): void {
    connection.say(statusFrame(system, connection.connectionId));
    if (system === 'maintenance') connection.beginMaintenance();
    else connection.endMaintenance();
  }

  private named(connectionId: number): readonly KrakenConnection[] {
    return [...this.open].filter(({ id }) => id === connectionId);
  }

  private symbolsOf(symbol: string | undefined): readonly string[] {
    return symbol === undefined ? this.market.symbols : [symbol];
  }

  private viewOf({ kind, symbol, depth }: KrakenTopic): BookView | undefined {
    const market = kind === 'book' ? this.market.find(symbol) : undefined;
    return market && depth !== undefined ? new BookView(market, depth) : undefined;
  }
}
