import type { Clock } from '@exchange-stream/market-data';
import type { ExchangeFaults } from '../faults/exchange-faults.ts';
import { FaultDirector } from '../faults/fault-director.ts';
import type { BookError } from '../faults/fault.ts';
import type { ExchangeBooks, ExchangeNotices } from '../faults/faultable-exchange.ts';
import type { MarketBook } from '../market/market.ts';
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
import { ViolationLog } from '../violation-log.ts';
import { BitfinexBooks } from './bitfinex.books.ts';
import { BitfinexConfLists } from './bitfinex.conf-lists.ts';
import { BitfinexConnection } from './bitfinex.connection.ts';
import { ConnectBudgets, hostOf } from './bitfinex.connects.ts';
import { BitfinexDerivatives } from './bitfinex.derivatives.ts';
import { BITFINEX_INSTRUMENTS } from './bitfinex.instruments.ts';
import { CHANNELS_PER_CONNECTION, CHECKSUM_MS } from './bitfinex.limits.ts';
import { BitfinexMaintenance } from './bitfinex.maintenance.ts';
import { BitfinexPublisher } from './bitfinex.publisher.ts';
import { BitfinexRest } from './bitfinex.rest.ts';
import { shownBook } from './bitfinex.shown-book.ts';
import { spoiledBook } from './bitfinex.spoiled-book.ts';
import { BitfinexTopicIndex } from './bitfinex.topic-index.ts';
import { LEVEL_PRECISIONS } from './bitfinex.topics.ts';

/** Where Bitfinex is known to differ from what it documents. */
export interface BitfinexOptions {
  /** Channels that a connection carries before it refuses more (10305). Default 25, as documented; 36 have been seen. */
  readonly channelsPerConnection?: number;
  /** How long the acknowledgement of a book takes. Default 20: a second was recorded, in which a repeated request is refused. */
  readonly bookAckMs?: number;
}

const PATH = '/ws/2';
const GOING_AWAY = 1001;
/** More than the longest book has. */
const DEPTH_LEVELS = 300;
const BOOK_ACK_MS = 20;
const SPOILED_BEFORE_CHECKSUM_MS = 200;

/** The twin of Bitfinex v2: pairs, perpetuals and lending. Written from the exchange's documentation, not from any client. */
export class BitfinexExchange implements SimulatedExchange, ExchangeNotices, ExchangeBooks {
  readonly id = 'bitfinex';
  readonly market: SeededMarket;
  private readonly clock: Clock;
  private readonly topics = new BitfinexTopicIndex();
  private readonly publisher: BitfinexPublisher;
  private readonly rest: BitfinexRest;
  private readonly maintenance: BitfinexMaintenance;
  private readonly connects: ConnectBudgets;
  private readonly director: FaultDirector;
  private readonly log: ViolationLog;
  private readonly open = new Set<BitfinexConnection>();
  private accepted = 0;

  constructor(
    { clock: rightClock, seed = 1, market = {} }: SimulatedExchangeEnvironment,
    private readonly options: BitfinexOptions = {},
  ) {
    const clock = new ShiftedClock(rightClock, (byMs) => this.market.shift(byMs));
    this.clock = clock;
    this.log = new ViolationLog(rightClock);
    this.connects = new ConnectBudgets(clock);
    const theMarket = (): SeededMarket => this.market;
    const derivatives = new BitfinexDerivatives(clock);
    const books = new BitfinexBooks(clock, this.topics, theMarket);
    this.publisher = new BitfinexPublisher(clock, {
      topics: this.topics,
      market: theMarket,
      books,
      derivatives,
    });
    this.market = new SeededMarket({
      clock,
      random: (purpose) => seededRandom(seed, purpose),
      options: { depthLevels: DEPTH_LEVELS, ...market },
      instruments: BITFINEX_INSTRUMENTS,
      places: 'fewest',
      listener: this.publisher,
    });
    this.maintenance = new BitfinexMaintenance(clock, (isOperative) => this.tellAll(isOperative));
    this.rest = new BitfinexRest(clock, {
      market: this.market,
      lists: new BitfinexConfLists(BITFINEX_INSTRUMENTS, this.market),
      derivatives,
      isOperative: () => this.maintenance.isOperative,
    });
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
    this.publisher.start();
  }

  stop(): void {
    this.market.stop();
    this.publisher.stop();
    this.director.clear();
    this.maintenance.stop();
    this.disconnectAll();
  }

  refuseHandshake(request: HandshakeRequest): HandshakeRefusal | undefined {
    const { path, address, host } = request;
    const detail = this.connects.refuse(address, hostOf(host));
    const fault = this.director.refuseHandshake(request);
    if (fault !== undefined) return fault;
    if (detail !== undefined) {
      this.log.add({ rule: 'connections-per-address', address, detail });
      return { status: 429 };
    }
    return path === PATH ? undefined : { status: 404 };
  }

  accept(peer: PeerConnection): ConnectionHandler {
    const id = ++this.accepted;
    const connection = new BitfinexConnection(id, (numbering) => this.director.link(id, peer, numbering), {
      clock: this.clock,
      market: this.market,
      topics: this.topics,
      publisher: this.publisher,
      violations: this.log,
      capacity: this.options.channelsPerConnection ?? CHANNELS_PER_CONNECTION,
      bookAckMs: this.options.bookAckMs ?? BOOK_ACK_MS,
      isOperative: this.maintenance.isOperative,
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

  /** The platform is out of operation from then on: 20060 when it begins, 20061 when it is over. */
  announceMaintenance(maintenance: PlannedMaintenance): void {
    this.maintenance.announce(maintenance);
  }

  /** Maintenance of one machine, or of all. */
  pause(connectionId?: number): void {
    if (connectionId === undefined) this.maintenance.begin();
    else this.find(connectionId)?.pause();
  }

  resume(connectionId?: number): void {
    if (connectionId === undefined) this.maintenance.end();
    else this.find(connectionId)?.resume();
  }

  shownBook(symbol: string, precision: string = 'P0'): MarketBook | undefined {
    const market = this.market.find(symbol);
    return market && LEVEL_PRECISIONS.includes(precision) ? shownBook(market, precision) : undefined;
  }

  halt(symbol?: string): void {
    for (const one of this.symbolsOf(symbol)) this.market.halt(one);
  }

  reopen(symbol?: string): void {
    for (const one of this.symbolsOf(symbol)) this.market.reopen(one);
  }

  spoiled(topic: string, frame: string, how: BookError): string | undefined {
    // Sooner, the next change of the level would set it right before anybody can tell.
    const sinceChecksumMs = this.clock.now() % CHECKSUM_MS;
    if (how === 'wrong-amount' && sinceChecksumMs < CHECKSUM_MS - SPOILED_BEFORE_CHECKSUM_MS)
      return undefined;
    return spoiledBook(topic, frame, how, (symbol) => this.market.book(symbol));
  }

  private tellAll(isOperative: boolean): void {
    for (const connection of [...this.open])
      if (isOperative) connection.resume();
      else connection.pause();
  }

  private find(connectionId: number): BitfinexConnection | undefined {
    return [...this.open].find(({ id }) => id === connectionId);
  }

  private symbolsOf(symbol: string | undefined): readonly string[] {
    return symbol === undefined ? this.market.symbols : [symbol];
  }
}
