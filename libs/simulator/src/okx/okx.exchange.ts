import type { Clock } from '@exchange-stream/market-data';
import type { ExchangeFaults } from '../faults/exchange-faults.ts';
import { FaultDirector } from '../faults/fault-director.ts';
import type { BookError } from '../faults/fault.ts';
import type { ExchangeBooks, ExchangeNotices } from '../faults/faultable-exchange.ts';
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
import { OkxBooks } from './okx.books.ts';
import { OkxConnection } from './okx.connection.ts';
import { OkxDerivatives } from './okx.derivatives.ts';
import { OkxInstrumentRows } from './okx.instrument-rows.ts';
import { okxInstruments } from './okx.instruments.ts';
import { CONNECTS_PER_SECOND } from './okx.limits.ts';
import { OkxMaintenance } from './okx.maintenance.ts';
import { OkxPublisher } from './okx.publisher.ts';
import { OkxRest } from './okx.rest.ts';
import { spoiledBook } from './okx.spoiled-book.ts';
import { OkxTopicIndex } from './okx.topic-index.ts';
import { okxPlace } from './okx.topics.ts';

const GOING_AWAY = 1001;
/** Sides grow a tenth beyond: whole books stay within the 400 levels that are published. */
const DEPTH_LEVELS = 350;

/** The twin of OKX v5: spot, swaps, futures and options. Written from the exchange's documentation, not from any client. */
export class OkxExchange implements SimulatedExchange, ExchangeNotices, ExchangeBooks {
  readonly id = 'okx';
  readonly permessageDeflate = true;
  readonly market: SeededMarket;
  private readonly clock: Clock;
  private readonly topics = new OkxTopicIndex();
  private readonly instruments: OkxInstrumentRows;
  private readonly books: OkxBooks;
  private readonly maintenance: OkxMaintenance;
  private readonly publisher: OkxPublisher;
  private readonly rest: OkxRest;
  private readonly director: FaultDirector;
  private readonly log: ViolationLog;
  private readonly open = new Set<OkxConnection>();
  private readonly connects = new Map<string, SlidingWindow>();
  private accepted = 0;

  constructor({ clock: rightClock, seed = 1, market = {} }: SimulatedExchangeEnvironment) {
    const clock = new ShiftedClock(rightClock, (byMs) => this.market.shift(byMs));
    this.clock = clock;
    this.log = new ViolationLog(rightClock);
    const { topics } = this;
    const theMarket = (): SeededMarket => this.market;
    const known = okxInstruments(clock.now());
    const instruments = new OkxInstrumentRows(known, (one) => this.market.isHalted(one));
    this.instruments = instruments;
    const derivatives = new OkxDerivatives(clock, topics, theMarket);
    this.books = new OkxBooks(clock, topics, theMarket);
    this.maintenance = new OkxMaintenance(clock, (row) => this.publisher.maintained(row));
    this.publisher = new OkxPublisher(clock, {
      topics,
      market: theMarket,
      books: this.books,
      derivatives,
      instruments,
      maintenance: this.maintenance,
    });
    this.market = new SeededMarket({
      clock,
      random: (purpose) => seededRandom(seed, purpose),
      options: { depthLevels: DEPTH_LEVELS, ...market },
      instruments: known,
      places: 'fewest',
      listener: this.publisher,
    });
    for (const one of this.market.markets)
      if (instruments.isPreopen(one)) this.market.halt(one.instrument.symbol);
    this.rest = new OkxRest(clock, this.market, instruments, derivatives, this.log);
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
    this.disconnectAll();
  }

  refuseHandshake({ path, address, ...request }: HandshakeRequest): HandshakeRefusal | undefined {
    const connects = this.countConnect(address);
    const fault = this.director.refuseHandshake({ path, address, ...request });
    if (fault !== undefined) return fault;
    if (connects > CONNECTS_PER_SECOND) {
      const detail = `${connects} connects within one second, ${CONNECTS_PER_SECOND} are allowed`;
      this.log.add({ rule: 'connections-per-address', address, detail });
      return { status: 429, body: this.rest.error(429) };
    }
    return okxPlace(path) === undefined ? { status: 404 } : undefined;
  }

  accept(peer: PeerConnection): ConnectionHandler {
    const place = okxPlace(peer.path);
    if (place === undefined) throw new Error(`Nobody may connect to ${peer.path}: refuseHandshake says so.`);
    const id = ++this.accepted;
    const connection = new OkxConnection(id, place, this.director.link(id, peer), {
      clock: this.clock,
      market: this.market,
      topics: this.topics,
      publisher: this.publisher,
      violations: this.log,
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

  announceMaintenance(maintenance: PlannedMaintenance): void {
    this.maintenance.announce(maintenance);
  }

  halt(symbol?: string): void {
    for (const { instrument } of this.openedOf(symbol)) this.market.halt(instrument.symbol);
  }

  reopen(symbol?: string): void {
    for (const { instrument } of this.openedOf(symbol)) this.market.reopen(instrument.symbol);
  }

  recount(symbol?: string): void {
    for (const market of this.marketsOf(symbol)) this.books.countAnew(market);
  }

  sendWhole(symbol?: string): void {
    for (const market of this.marketsOf(symbol)) this.books.sendWhole(market);
  }

  spoiled(topic: string, frame: string, how: BookError): string | undefined {
    return spoiledBook(topic, frame, how, (symbol) => this.market.find(symbol));
  }

  private openedOf(symbol: string | undefined): readonly InstrumentMarket[] {
    return this.marketsOf(symbol).filter((market) => !this.instruments.isPreopen(market));
  }

  private marketsOf(symbol: string | undefined): readonly InstrumentMarket[] {
    return this.market.markets.filter(
      ({ instrument }) => instrument.symbol === (symbol ?? instrument.symbol),
    );
  }

  private countConnect(address: string): number {
    const window = this.connects.get(address) ?? new SlidingWindow(this.clock, 1000);
    this.connects.set(address, window);
    return window.add();
  }
}
