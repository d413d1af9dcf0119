import type { Clock } from '@exchange-stream/market-data';
import type { ExchangeFaults } from '../faults/exchange-faults.ts';
import type { BookError } from '../faults/fault.ts';
import type { FrozenBooks } from '../faults/faultable-exchange.ts';
import { FaultDirector } from '../faults/fault-director.ts';
import type { Numbering } from '../faults/faulty-link.ts';
import type { DecimalPlaces } from '../market/increment.ts';
import type { MarketListener } from '../market/instrument-market.ts';
import type { SimulatedInstrument } from '../market/instrument.ts';
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
import { AddressBudgets, type Budget } from './budgets.ts';
import { CoinbaseConnection } from './connection.ts';

/** What differs between the two exchanges of Coinbase. */
export interface Segment {
  readonly id: string;
  instruments(now: number): readonly SimulatedInstrument[];
  readonly places?: DecimalPlaces;
  /** Of one address. */
  readonly connects: Budget;
  /** Of one address, on all its connections. */
  readonly messages: Budget;
  /** Where the frames of a connection are counted. */
  numbering?(): Numbering;
  open(parts: SegmentParts): SegmentFeed;
}

export interface SegmentParts {
  readonly clock: Clock;
  readonly seed: number;
  readonly violations: ViolationLog;
  /** Complete when the first client comes. */
  readonly market: () => SeededMarket;
  readonly connections: () => Iterable<CoinbaseConnection>;
}

/** One exchange's sockets and REST, without what both have in common. */
export interface SegmentFeed {
  readonly publisher: Publisher;
  readonly desk: Desk;
  readonly rest: Rest;
  leave(connection: CoinbaseConnection): void;
  frame(topic: string, data: string): string;
  spoiled(topic: string, frame: string, how: BookError): string | undefined;
}

export interface Publisher extends MarketListener {
  start(): void;
  stop(): void;
  /** Sends the whole book of a product, or of all, to those who have it. */
  sendWhole(symbol?: string): void;
}

export interface Desk {
  serve(connection: CoinbaseConnection, text: string): void;
  /** What is sent to who says too much. */
  tooManyMessages(): string;
}

export interface Rest {
  respond(request: RestRequest): RestResponse;
  /** What is sent along with an HTTP error. */
  error(status: number): string;
  freezeBooks(): FrozenBooks;
}

const GOING_AWAY = 1001;
const POLICY_VIOLATION = 1008;
/** A connection that was refused: nothing it sends is heard. */
const DEAF: ConnectionHandler = {
  onMessage: () => undefined,
  onPing: () => undefined,
  onPong: () => undefined,
  onClose: () => undefined,
};

/** What both exchanges of Coinbase have in common: connections, budgets of an address, and faults. */
export class CoinbasePlatform implements SimulatedExchange {
  readonly id: string;
  readonly permessageDeflate = true;
  readonly market: SeededMarket;
  private readonly clock: Clock;
  private readonly feed: SegmentFeed;
  private readonly director: FaultDirector;
  private readonly log: ViolationLog;
  private readonly connects: AddressBudgets;
  private readonly messages: AddressBudgets;
  private readonly open = new Set<CoinbaseConnection>();
  private accepted = 0;

  constructor(
    private readonly segment: Segment,
    { clock: rightClock, seed = 1, market = {} }: SimulatedExchangeEnvironment,
  ) {
    const clock = new ShiftedClock(rightClock, (byMs) => this.market.shift(byMs));
    this.id = segment.id;
    this.clock = clock;
    this.log = new ViolationLog(rightClock);
    this.connects = new AddressBudgets(clock, segment.connects);
    this.messages = new AddressBudgets(clock, segment.messages);
    const feed = segment.open({
      clock,
      seed,
      violations: this.log,
      market: () => this.market,
      connections: () => this.open,
    });
    this.feed = feed;
    this.market = new SeededMarket({
      clock,
      random: (purpose) => seededRandom(seed, purpose),
      options: market,
      instruments: segment.instruments(clock.now()),
      ...(segment.places !== undefined && { places: segment.places }),
      listener: feed.publisher,
    });
    const eachSymbol = (symbol: string | undefined, change: (symbol: string) => void): void => {
      for (const each of symbol === undefined ? this.market.symbols : [symbol]) change(each);
    };
    this.director = new FaultDirector(rightClock, {
      clock,
      connections: () => this.open,
      restError: (status) => feed.rest.error(status),
      freezeBooks: () => feed.rest.freezeBooks(),
      books: {
        // Books bear no number here: one that is begun anew comes whole.
        recount: (symbol) => feed.publisher.sendWhole(symbol),
        sendWhole: (symbol) => feed.publisher.sendWhole(symbol),
        spoiled: (topic, frame, how) => feed.spoiled(topic, frame, how),
      },
      notices: {
        halt: (symbol) => eachSymbol(symbol, (each) => this.market.halt(each)),
        reopen: (symbol) => eachSymbol(symbol, (each) => this.market.reopen(each)),
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
    this.feed.publisher.start();
  }

  stop(): void {
    this.market.stop();
    this.feed.publisher.stop();
    this.director.clear();
    this.disconnectAll();
  }

  refuseHandshake(request: HandshakeRequest): HandshakeRefusal | undefined {
    return request.path === '/' ? this.director.refuseHandshake(request) : { status: 404 };
  }

  accept(peer: PeerConnection): ConnectionHandler {
    const id = ++this.accepted;
    const { address } = peer;
    if (!this.connects.take(address)) {
      const detail = `one connect too many: ${this.connects.text}`;
      this.log.add({ rule: 'connections-per-address', address, connectionId: id, detail });
      peer.close(POLICY_VIOLATION, 'Too many connections');
      return DEAF;
    }
    const link = this.director.link(id, peer, this.segment.numbering?.());
    const connection = new CoinbaseConnection(id, link, {
      clock: this.clock,
      violations: this.log,
      serve: (client, text) => this.serve(client, text),
      frame: (topic, data) => this.feed.frame(topic, data),
      onClosed: (closed) => {
        this.open.delete(closed);
        this.feed.leave(closed);
      },
    });
    this.open.add(connection);
    this.director.connected();
    return connection;
  }

  request(request: RestRequest): RestResponse {
    return this.director.answer(request, () => this.feed.rest.respond(request));
  }

  disconnectAll(code: number = GOING_AWAY): void {
    for (const connection of [...this.open]) connection.close(code, '');
  }

  private serve(connection: CoinbaseConnection, text: string): void {
    if (this.messages.take(connection.address)) return this.feed.desk.serve(connection, text);
    connection.violate('messages-per-address', `one message too many: ${this.messages.text}`);
    connection.link.transmit(this.feed.desk.tooManyMessages());
  }
}
