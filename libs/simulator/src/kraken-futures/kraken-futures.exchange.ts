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
import { KrakenFuturesConnection } from './kraken-futures.connection.ts';
import { FeedIndex } from './kraken-futures.feed-index.ts';
import { krakenFuturesInstruments } from './kraken-futures.instruments.ts';
import { CONNECTIONS_PER_ADDRESS } from './kraken-futures.limits.ts';
import { KrakenFuturesPublisher } from './kraken-futures.publisher.ts';
import { KrakenFuturesRest } from './kraken-futures.rest.ts';
import { spoiledBook } from './kraken-futures.spoiled-book.ts';

const PATH = '/ws/v1';
const GOING_AWAY = 1001;

/** The twin of Kraken Futures. Written from the exchange's documentation, not from any client. */
export class KrakenFuturesExchange implements SimulatedExchange, ExchangeNotices, ExchangeBooks {
  readonly id = 'kraken-futures';
  readonly market: SeededMarket;
  private readonly clock: Clock;
  private readonly feeds = new FeedIndex();
  private readonly publisher: KrakenFuturesPublisher;
  private readonly rest: KrakenFuturesRest;
  private readonly director: FaultDirector;
  private readonly log: ViolationLog;
  private readonly open = new Set<KrakenFuturesConnection>();
  private accepted = 0;

  constructor({ clock: rightClock, seed = 1, market = {} }: SimulatedExchangeEnvironment) {
    const clock = new ShiftedClock(rightClock, (byMs) => this.market.shift(byMs));
    this.clock = clock;
    this.log = new ViolationLog(rightClock);
    this.publisher = new KrakenFuturesPublisher(clock, this.feeds, () => this.market);
    this.market = new SeededMarket({
      clock,
      random: (purpose) => seededRandom(seed, purpose),
      options: market,
      instruments: krakenFuturesInstruments(clock.now()),
      places: 'fewest',
      listener: this.publisher,
    });
    this.rest = new KrakenFuturesRest(clock, this.market);
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

  refuseHandshake(request: HandshakeRequest): HandshakeRefusal | undefined {
    const fault = this.director.refuseHandshake(request);
    if (fault !== undefined) return fault;
    const { path, address } = request;
    const open = [...this.open].filter((connection) => connection.address === address).length;
    if (open >= CONNECTIONS_PER_ADDRESS) {
      const detail = `${open + 1} connections at once, ${CONNECTIONS_PER_ADDRESS} are allowed`;
      this.log.add({ rule: 'connections-per-address', address, detail });
      return { status: 429 };
    }
    return path === PATH ? undefined : { status: 404 };
  }

  accept(peer: PeerConnection): ConnectionHandler {
    const id = ++this.accepted;
    const connection = new KrakenFuturesConnection(id, this.director.link(id, peer), {
      clock: this.clock,
      market: this.market,
      feeds: this.feeds,
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

  halt(symbol?: string): void {
    for (const one of this.symbolsOf(symbol)) this.market.halt(one);
  }

  reopen(symbol?: string): void {
    for (const one of this.symbolsOf(symbol)) this.market.reopen(one);
  }

  /** As after a restart: the next change of a book is number 2. */
  recount(symbol?: string): void {
    for (const one of this.symbolsOf(symbol)) this.market.find(one)?.book.countAnew();
  }

  spoiled(topic: string, frame: string, how: BookError): string | undefined {
    return spoiledBook(topic, frame, how, (product) => this.market.find(product));
  }

  private symbolsOf(symbol: string | undefined): readonly string[] {
    return symbol === undefined ? this.market.symbols : [symbol];
  }
}
