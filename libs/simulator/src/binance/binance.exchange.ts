import type { Clock } from '@exchange-stream/market-data';
import type { ExchangeFaults } from '../faults/exchange-faults.ts';
import { FaultDirector } from '../faults/fault-director.ts';
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
import { SlidingWindow } from '../sliding-window.ts';
import { ViolationLog } from '../violation-log.ts';
import { parseStreamAddress } from './binance.address.ts';
import { BinanceConnection } from './binance.connection.ts';
import { BINANCE_INSTRUMENTS, BINANCE_PLACES } from './binance.instruments.ts';
import { CONNECTION_WINDOW_MS, CONNECTIONS_PER_WINDOW, POLICY_VIOLATION } from './binance.limits.ts';
import { BinancePublisher } from './binance.publisher.ts';
import { BinanceRest } from './binance.rest.ts';
import { spoiledBook } from './binance.spoiled-book.ts';
import { StreamIndex } from './binance.stream-index.ts';
import type { Stream } from './binance.streams.ts';

const GOING_AWAY = 1001;
/** A connection that was refused: nothing it sends is heard. */
const DEAF: ConnectionHandler = {
  onMessage: () => undefined,
  onPing: () => undefined,
  onPong: () => undefined,
  onClose: () => undefined,
};

/** The twin of Binance spot. Written from the exchange's documentation, not from any client. */
export class BinanceExchange implements SimulatedExchange {
  readonly id = 'binance';
  readonly market: SeededMarket;
  private readonly clock: Clock;
  private readonly streams: StreamIndex;
  private readonly publisher: BinancePublisher;
  private readonly rest: BinanceRest;
  private readonly director: FaultDirector;
  private readonly log: ViolationLog;
  private readonly open = new Set<BinanceConnection>();
  private readonly connects = new Map<string, SlidingWindow>();
  private accepted = 0;

  constructor({ clock: rightClock, seed = 1, market = {} }: SimulatedExchangeEnvironment) {
    const clock = new ShiftedClock(rightClock, (byMs) => this.market.shift(byMs));
    this.clock = clock;
    this.log = new ViolationLog(rightClock);
    this.streams = new StreamIndex((stream) => this.prepare(stream));
    this.publisher = new BinancePublisher(clock, this.streams);
    this.market = new SeededMarket({
      clock,
      random: (purpose) => seededRandom(seed, purpose),
      options: market,
      instruments: BINANCE_INSTRUMENTS,
      places: BINANCE_PLACES,
      listener: this.publisher,
    });
    this.rest = new BinanceRest(clock, this.market, this.log);
    this.director = new FaultDirector(rightClock, {
      clock,
      connections: () => this.open,
      restError: (status) => this.rest.error(status),
      freezeBooks: () => this.rest.freezeBooks(),
      books: {
        recount: (symbol) => this.recount(symbol),
        spoiled: (topic, frame, how) => spoiledBook(topic, frame, how, (of) => this.market.book(of)),
      },
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
    this.publisher.start(this.market);
  }

  stop(): void {
    this.market.stop();
    this.publisher.stop();
    this.director.clear();
    this.disconnectAll();
  }

  refuseHandshake(request: HandshakeRequest): HandshakeRefusal | undefined {
    return this.director.refuseHandshake(request);
  }

  accept(peer: PeerConnection): ConnectionHandler {
    const id = ++this.accepted;
    const address = parseStreamAddress(peer.path, peer.query);
    const connects = this.countConnect(peer.address);
    if (connects > CONNECTIONS_PER_WINDOW) {
      const detail = `${connects} connects within 5 minutes, ${CONNECTIONS_PER_WINDOW} are allowed`;
      this.log.add({ rule: 'connections-per-address', address: peer.address, connectionId: id, detail });
    }
    if (connects > CONNECTIONS_PER_WINDOW || address === undefined) {
      peer.close(POLICY_VIOLATION, address === undefined ? 'Invalid path' : 'Too many connections');
      return DEAF;
    }
    const connection = new BinanceConnection(id, this.director.link(id, peer), address, {
      clock: this.clock,
      streams: this.streams,
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

  private recount(symbol: string | undefined): void {
    for (const market of this.market.markets)
      if (symbol === undefined || market.instrument.symbol === symbol) this.publisher.countAnew(market);
  }

  private countConnect(address: string): number {
    const window = this.connects.get(address) ?? new SlidingWindow(this.clock, CONNECTION_WINDOW_MS);
    this.connects.set(address, window);
    return window.add();
  }

  /** A candle's close is published by its series, so the series must run before the close comes. */
  private prepare(stream: Stream): void {
    if (stream.kind === 'kline') this.market.find(stream.symbol)?.candles(stream.timeframe);
  }
}
