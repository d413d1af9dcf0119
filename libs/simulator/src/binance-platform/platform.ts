import type { Clock } from '@exchange-stream/market-data';
import type { ExchangeFaults } from '../faults/exchange-faults.ts';
import type { BookError } from '../faults/fault.ts';
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
import type { StreamAddress } from './address.ts';
import { BinanceConnection } from './connection.ts';
import { POLICY_VIOLATION } from './limits.ts';
import type { RestDesk } from './rest-desk.ts';
import type { BinanceSegment, Publisher } from './segment.ts';
import { spoiledBook } from './spoiled-book.ts';
import { StreamIndex } from './stream-index.ts';

const GOING_AWAY = 1001;
/** A connection that was refused: nothing it sends is heard. */
const DEAF: ConnectionHandler = {
  onMessage: () => undefined,
  onPing: () => undefined,
  onPong: () => undefined,
  onClose: () => undefined,
};

/** The twin of one segment of Binance. Written from the exchange's documentation, not from any client. */
export class BinancePlatform<S, A extends StreamAddress> implements SimulatedExchange {
  readonly id: string;
  readonly market: SeededMarket;
  private readonly clock: Clock;
  private readonly streams: StreamIndex<S, A>;
  private readonly publisher: Publisher;
  private readonly rest: RestDesk;
  private readonly director: FaultDirector;
  private readonly log: ViolationLog;
  private readonly open = new Set<BinanceConnection<A>>();
  private readonly connects = new Map<string, SlidingWindow>();
  private accepted = 0;

  constructor(
    private readonly segment: BinanceSegment<S, A>,
    { clock: rightClock, seed = 1, market = {} }: SimulatedExchangeEnvironment,
  ) {
    const clock = new ShiftedClock(rightClock, (byMs) => this.market.shift(byMs));
    this.id = segment.id;
    this.clock = clock;
    this.log = new ViolationLog(rightClock);
    this.streams = new StreamIndex(segment.names, (stream) =>
      segment.prepare?.(stream, this.market, clock.now()),
    );
    this.publisher = segment.publisher(clock, this.streams);
    this.market = new SeededMarket({
      clock,
      random: (purpose) => seededRandom(seed, purpose),
      options: market,
      instruments: segment.instruments(clock.now()),
      ...(segment.places !== undefined && { places: segment.places }),
      ...(segment.updateIdStep !== undefined && { updateIdStep: segment.updateIdStep }),
      listener: this.publisher,
    });
    this.rest = segment.rest(clock, this.market, this.log);
    this.director = new FaultDirector(rightClock, {
      clock,
      connections: () => this.open,
      restError: (status) => this.rest.error(status),
      freezeBooks: () => this.rest.freezeBooks(),
      books: {
        recount: (symbol) => this.recount(symbol),
        spoiled: (topic, frame, how) => this.spoiled(topic, frame, how),
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
    const { limits } = this.segment;
    const asked = this.segment.names.address(peer.path, peer.query);
    const connects = this.countConnect(peer.address);
    if (connects > limits.connectionsPerWindow) {
      const detail = `${connects} connects within 5 minutes, ${limits.connectionsPerWindow} are allowed`;
      this.log.add({ rule: 'connections-per-address', address: peer.address, connectionId: id, detail });
    }
    if (connects > limits.connectionsPerWindow || asked === undefined) {
      peer.close(POLICY_VIOLATION, asked === undefined ? 'Invalid path' : 'Too many connections');
      return DEAF;
    }
    const connection = new BinanceConnection(id, this.director.link(id, peer), asked, {
      clock: this.clock,
      limits,
      streams: this.streams,
      violations: this.log,
      nestsErrors: this.segment.nestsErrors ?? false,
      shutdownNotice: (by) => this.segment.shutdownNotice?.(by, this.clock.now()),
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
    const window =
      this.connects.get(address) ?? new SlidingWindow(this.clock, this.segment.limits.connectionWindowMs);
    this.connects.set(address, window);
    return window.add();
  }

  private spoiled(topic: string, frame: string, how: BookError): string | undefined {
    const { names } = this.segment;
    const stream = names.parse(topic);
    const book = stream && names.bookOf(stream);
    const market = book && this.market.find(book.symbol);
    return market && spoiledBook(frame, how, book.bids, market);
  }
}
