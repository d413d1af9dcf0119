import type { Clock } from '@exchange-stream/market-data';
import type { ExchangeFaults } from '../faults/exchange-faults.ts';
import { FaultDirector } from '../faults/fault-director.ts';
import type { InstrumentMarket } from '../market/instrument-market.ts';
import { SeededMarket } from '../market/seeded-market.ts';
import { seededRandom } from '../platform/seeded-random.ts';
import { ShiftedClock } from '../platform/shifted-clock.ts';
import type {
  ConnectionHandler,
  HandshakeRefusal,
  HandshakeRequest,
  PeerConnection,
  PlannedMaintenance,
  ProtocolViolation,
  RestRequest,
  RestResponse,
  SimulatedConnection,
  SimulatedExchange,
  SimulatedExchangeEnvironment,
} from '../simulated-exchange.ts';
import { SlidingWindow } from '../sliding-window.ts';
import { ViolationLog } from '../violation-log.ts';
import { BookFeed } from './bybit.book-feed.ts';
import { CATEGORIES, socketKind, type SocketKind } from './bybit.category.ts';
import { BybitConnection } from './bybit.connection.ts';
import { bybitInstruments } from './bybit.instruments.ts';
import {
  CONNECT_WINDOW_MS,
  CONNECTIONS_PER_ADDRESS,
  CONNECTS_PER_WINDOW,
  POLICY_VIOLATION,
} from './bybit.limits.ts';
import { Listings } from './bybit.listings.ts';
import { BybitPublisher } from './bybit.publisher.ts';
import { BybitRest } from './bybit.rest.ts';
import { spoiledBook } from './bybit.spoiled-book.ts';
import {
  MaintenanceSchedule,
  statusFrame,
  SystemStatusFeed,
  type Maintenance,
} from './bybit.system-status.ts';
import { TopicIndex } from './bybit.topic-index.ts';
import { TopicReader } from './bybit.topic-reader.ts';
import { TickDirections } from './bybit.trades.ts';

const GOING_AWAY = 1001;
const STATUS_TOPIC = 'system.status';
/** A connection that was refused: nothing it sends is heard. */
const DEAF: ConnectionHandler = {
  onMessage: () => undefined,
  onPing: () => undefined,
  onPong: () => undefined,
  onClose: () => undefined,
};

/**
 * The twin of Bybit v5, its public side: five categories and the notices of the platform. Written from the exchange's
 * documentation, not from any client. Symbols of its market name their category, such as `linear:BTCUSDT`.
 */
export class BybitExchange implements SimulatedExchange {
  readonly id = 'bybit';
  readonly market: SeededMarket;
  private readonly clock: Clock;
  private readonly listings: Listings;
  private readonly reader: TopicReader;
  private readonly topics: TopicIndex;
  private readonly publisher: BybitPublisher;
  private readonly rest: BybitRest;
  private readonly director: FaultDirector;
  private readonly log: ViolationLog;
  private readonly maintenances: MaintenanceSchedule;
  private readonly open = new Set<BybitConnection>();
  private readonly connects = new Map<string, SlidingWindow>();
  private accepted = 0;

  constructor({ clock: rightClock, seed = 1, market = {} }: SimulatedExchangeEnvironment) {
    const clock = new ShiftedClock(rightClock, (byMs) => this.market.shift(byMs));
    const instruments = bybitInstruments(clock.now());
    const directions = new TickDirections();
    this.clock = clock;
    this.log = new ViolationLog(rightClock);
    this.maintenances = new MaintenanceSchedule(clock, (maintenance) => this.announce(maintenance));
    this.listings = new Listings(instruments, () => this.market);
    this.reader = new TopicReader({
      clock,
      listings: this.listings,
      directions,
      pace: (periodMs) => this.publisher.pace(periodMs),
      firstId: (purpose) => 1_000_000 + Math.floor(seededRandom(seed, purpose).next() * 100_000_000),
    });
    this.topics = new TopicIndex(
      (kind, topic, name, send) => this.reader.feed(kind, topic, name, send),
      (kind, topic) => this.reader.sourceOf(kind, topic),
    );
    this.publisher = new BybitPublisher(clock, this.topics, this.listings, directions);
    this.market = new SeededMarket({
      clock,
      random: (purpose) => seededRandom(seed, purpose),
      options: market,
      instruments,
      listener: this.publisher,
    });
    for (const symbol of this.listings.preLaunch) this.market.halt(symbol);
    const { listings, topics, reader, log: violations } = this;
    const served = { clock, market: this.market, listings, topics, reader, directions, violations, seed };
    this.rest = new BybitRest(served);
    this.director = this.faultDirector(rightClock, clock);
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
    this.publisher.start(this.market);
  }

  stop(): void {
    this.market.stop();
    this.publisher.stop();
    this.maintenances.stop();
    this.director.clear();
    this.disconnectAll();
  }

  /** Opens the market of a contract that was listed before its launch. @throws UnknownSymbolError */
  launch(symbol: string): void {
    this.market.reopen(symbol);
  }

  /** Tells those who listen to the platform's notices. */
  announce(maintenance: Maintenance): void {
    const feed = this.topics.find('status', STATUS_TOPIC)?.feed;
    if (feed instanceof SystemStatusFeed) feed.announce(maintenance);
  }

  announceMaintenance(maintenance: PlannedMaintenance): void {
    this.maintenances.plan(maintenance);
  }

  refuseHandshake(request: HandshakeRequest): HandshakeRefusal | undefined {
    if (socketKind(request.path) === undefined) return { status: 404 };
    return this.director.refuseHandshake(request);
  }

  accept(peer: PeerConnection): ConnectionHandler {
    const id = ++this.accepted;
    const kind = socketKind(peer.path);
    const excess = this.excessOf(peer, kind);
    if (excess !== undefined) {
      const { address } = peer;
      this.log.add({ rule: 'connections-per-address', address, connectionId: id, detail: excess });
    }
    if (excess !== undefined || kind === undefined) {
      peer.close(POLICY_VIOLATION, kind === undefined ? 'Invalid path' : 'Too many connections');
      return DEAF;
    }
    const connection = new BybitConnection(id, kind, this.director.link(id, peer), {
      clock: this.clock,
      violations: this.log,
      read: (socket, name) => this.reader.read(socket, name),
      join: ({ kind: socket }, name, topic) => {
        const live = this.topics.of(socket, name, topic);
        const greeting = this.topics.join(live, connection);
        return this.reader.isPreLaunch(socket, topic) ? undefined : greeting;
      },
      leave: ({ kind: socket }, name) => this.topics.leave(socket, name, connection),
      shutdownNotice: ({ kind: socket }, closeAfterMs) => this.shutdownNotice(socket, closeAfterMs),
      onClosed: (closed) => this.open.delete(closed),
    });
    this.open.add(connection);
    this.director.connected();
    return connection;
  }

  request(request: RestRequest): RestResponse {
    return this.director.answer(request, () => this.rest.respond(request));
  }

  disconnectAll(code: number = GOING_AWAY): void {
    for (const connection of [...this.open]) connection.close(code, '');
  }

  private faultDirector(rightClock: Clock, clock: ShiftedClock): FaultDirector {
    return new FaultDirector(rightClock, {
      clock,
      connections: () => this.open,
      restError: () => this.rest.error(),
      freezeBooks: () => this.rest.freezeBooks(),
      books: {
        recount: (symbol) => {
          for (const book of this.publisher.books(symbol)) book.restart();
        },
        sendWhole: (symbol) => {
          for (const book of this.publisher.books(symbol)) book.resend();
        },
        spoiled: (topic, frame, how) =>
          spoiledBook(topic, frame, how, (name, lastId) => this.marketOfBook(name, lastId)),
      },
      notices: {
        pause: (connectionId) => this.maintain('ongoing', connectionId),
        resume: (connectionId) => this.maintain('completed', connectionId),
        halt: (symbol) => this.eachSymbol(symbol, (each) => this.market.halt(each)),
        reopen: (symbol) => this.eachSymbol(symbol, (each) => this.market.reopen(each)),
      },
    });
  }

  /** While it lasts connections are silent; afterwards they are closed, and everything has to be asked for again. */
  private maintain(state: 'ongoing' | 'completed', connectionId: number | undefined): void {
    const begin = this.clock.now();
    this.announce({ title: 'maintenance', state, begin, end: begin });
    for (const connection of [...this.open]) {
      if ((connectionId ?? connection.id) !== connection.id || connection.kind === 'status') continue;
      if (state === 'ongoing') connection.isMuted = true;
      else if (connection.isMuted) connection.close(GOING_AWAY, '');
    }
  }

  /** Contracts before their launch are not opened by the end of a halt. */
  private eachSymbol(symbol: string | undefined, change: (symbol: string) => void): void {
    const symbols = symbol === undefined ? this.market.symbols : [symbol];
    for (const each of symbols) if (!this.listings.preLaunch.includes(each)) change(each);
  }

  private marketOfBook(name: string, lastId: number): InstrumentMarket | undefined {
    for (const category of CATEGORIES) {
      const feed = this.topics.find(category, name)?.feed;
      if (feed instanceof BookFeed && feed.lastId === lastId) return feed.market;
    }
    return undefined;
  }

  private shutdownNotice(kind: SocketKind, closeAfterMs: number): string | undefined {
    if (kind !== 'status') return undefined;
    const begin = this.clock.now() + closeAfterMs;
    const maintenance: Maintenance = {
      title: 'shutdown',
      state: 'scheduled',
      begin,
      end: begin + closeAfterMs,
    };
    return JSON.stringify(statusFrame(STATUS_TOPIC, maintenance, this.clock));
  }

  /** What a new connection breaks, in words; undefined where that is nothing. */
  private excessOf({ address }: PeerConnection, kind: SocketKind | undefined): string | undefined {
    const window = this.connects.get(address) ?? new SlidingWindow(this.clock, CONNECT_WINDOW_MS);
    this.connects.set(address, window);
    const connects = window.add();
    if (connects > CONNECTS_PER_WINDOW)
      return `${connects} connects within 5 minutes, ${CONNECTS_PER_WINDOW} are allowed`;
    const open = [...this.open].filter((other) => other.kind === kind && other.address === address).length;
    return open < CONNECTIONS_PER_ADDRESS
      ? undefined
      : `${open + 1} connections at the same time, ${CONNECTIONS_PER_ADDRESS} are allowed`;
  }
}
