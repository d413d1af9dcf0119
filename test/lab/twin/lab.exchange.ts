import type {
  BookError,
  ConnectionHandler,
  ExchangeFaults,
  HandshakeRefusal,
  HandshakeRequest,
  PeerConnection,
  ProtocolViolation,
  RestRequest,
  RestResponse,
  SimulatedExchange,
} from '@exchange-stream/simulator';
import {
  FaultDirector,
  seededRandom,
  SeededMarket,
  ShiftedClock,
  ViolationLog,
  type ExchangeBooks,
  type ExchangeNotices,
  type InstrumentMarket,
} from '@exchange-stream/simulator/kit';
import { LabAccounts } from './lab.accounts.ts';
import { LabAddresses } from './lab.addresses.ts';
import { LabError } from './lab.errors.ts';
import { LabEntrance, type Violate } from './lab.entrance.ts';
import { LabBooks, type BookObserver } from './lab.books.ts';
import { LabConnection, type ConnectionSurroundings } from './lab.connection.ts';
import type { Payload } from './lab.frames.ts';
import { labInstruments } from './lab.instruments.ts';
import { DEFAULT_DIALECTS, DEFAULT_LIMITS, type LabDialects, type LabOptions } from './lab.options.ts';
import { packed } from './lab.packing.ts';
import type { PrivateRows } from './lab.private-rows.ts';
import { LabNotices, type LabNotice } from './lab.notices.ts';
import { LabPrivateTopics } from './lab.private-topics.ts';
import { LabPublisher } from './lab.publisher.ts';
import { LabRest } from './lab.rest.ts';
import { LabSequences } from './lab.sequences.ts';
import { LabSignedCalls } from './lab.signed-calls.ts';
import { spoiledBook } from './lab.spoiled-book.ts';
import { LabTokens } from './lab.tokens.ts';
import { LabTopicIndex } from './lab.topic-index.ts';
import { LabTrades } from './lab.trades.ts';
import { LabValues } from './lab.values.ts';
import { labPlace, wantsLogin, type LabPlace } from './lab.topics.ts';

const GOING_AWAY = 1001;
const POLICY_VIOLATION = 1008;
const TOKEN_LIFETIME_MS = 60_000;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const RETRY_AFTER_SECONDS = 15;

/** The twin of lab, the invented exchange: written from `../README.md`, and from nothing else. */
export class LabExchange implements SimulatedExchange, ExchangeNotices, ExchangeBooks {
  readonly id = 'lab';
  readonly market: SeededMarket;
  readonly dialects: LabDialects;
  private readonly topics = new LabTopicIndex();
  private readonly books: LabBooks;
  private readonly publisher: LabPublisher;
  private readonly privateTopics: LabPrivateTopics;
  private readonly values: LabValues;
  private readonly notices = new LabNotices(this.topics);
  private readonly accounts: LabAccounts;
  private readonly addresses: LabAddresses;
  private readonly entrance: LabEntrance;
  private readonly rest: LabRest;
  private readonly director: FaultDirector;
  private readonly log: ViolationLog;
  private readonly surroundings: ConnectionSurroundings;
  private readonly open = new Set<LabConnection>();
  private accepted = 0;

  constructor(options: LabOptions) {
    const { seed = 1 } = options;
    const clock = new ShiftedClock(options.clock, (byMs) => {
      this.market.shift(byMs);
      this.entrance.tokens.watch();
    });
    const limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.dialects = { ...DEFAULT_DIALECTS, ...given(options) };
    this.log = new ViolationLog(options.clock);
    const sequences = new LabSequences();
    this.books = new LabBooks(this.topics, this.dialects, sequences, (market) =>
      this.market.isHalted(market),
    );
    const trades = new LabTrades(this.dialects);
    const { candles } = this.dialects;
    this.values = new LabValues(clock, this.topics);
    this.publisher = new LabPublisher(
      clock,
      this.topics,
      this.books,
      sequences,
      trades,
      candles,
      this.values,
      () => this.tradeAccounts(),
    );
    this.privateTopics = new LabPrivateTopics(this.topics);
    this.market = new SeededMarket({
      clock,
      random: (purpose) => seededRandom(seed, purpose),
      options: marketOptions(options, clock.now()),
      instruments: labInstruments(options),
      listener: this.publisher,
    });
    this.accounts = new LabAccounts(this.market, () => clock.now());
    this.addresses = new LabAddresses(clock, limits);
    const { timeWindowMs = Infinity, tokenLifetimeMs = TOKEN_LIFETIME_MS } = options;
    this.entrance = new LabEntrance(
      clock,
      this.dialects.entry,
      timeWindowMs,
      new LabTokens(clock, seededRandom(seed, 'tokens'), tokenLifetimeMs, (ended) => this.tokenEnded(ended)),
    );
    this.rest = new LabRest(
      clock,
      this.market,
      sequences,
      this.books,
      trades,
      this.addresses,
      limits.requests,
      this.dialects.candles,
      this.log,
      new LabSignedCalls(this.entrance, this.accounts),
      this.values,
    );
    this.director = new FaultDirector(options.clock, {
      clock,
      connections: () => this.open,
      restError: (status) => this.rest.error(status),
      freezeBooks: () => this.rest.freezeBooks(),
      notices: this,
      books: this,
    });
    this.surroundings = {
      clock,
      limits,
      dialects: this.dialects,
      hiddenTopicsPerConnection: options.hiddenTopicsPerConnection ?? Infinity,
      market: this.market,
      topics: this.topics,
      publisher: this.publisher,
      privateTopics: this.privateTopics,
      notices: this.notices,
      accounts: this.accounts,
      entrance: this.entrance,
      addresses: this.addresses,
      violations: this.log,
      onClosed: (closed) => this.open.delete(closed),
    };
  }

  get permessageDeflate(): boolean {
    return this.dialects.packing === 'permessage-deflate';
  }

  get connections(): ReadonlySet<LabConnection> {
    return this.open;
  }

  get faults(): ExchangeFaults {
    return this.director;
  }

  get violations(): readonly ProtocolViolation[] {
    return this.log.entries;
  }

  start(): void {
    this.entrance.tokens.watch();
    this.market.start();
    this.publisher.start(this.market);
  }

  stop(): void {
    this.market.stop();
    this.publisher.stop();
    this.director.clear();
    // A clock that has been set right just now looks after them again.
    this.entrance.tokens.stop();
    this.disconnectAll();
  }

  refuseHandshake(request: HandshakeRequest): HandshakeRefusal | undefined {
    const { path, query, address } = request;
    const objection = this.addresses.connect(address);
    const fault = this.director.refuseHandshake(request);
    if (fault !== undefined) return fault;
    if (objection !== undefined) {
      this.log.add({ rule: 'connections-per-address', address, detail: objection });
      return {
        status: 429,
        headers: { 'retry-after': String(RETRY_AFTER_SECONDS) },
        body: this.rest.error(429),
      };
    }
    const place = labPlace(path);
    if (place === undefined) return { status: 404, body: this.rest.error(404) };
    return this.asksForToken(place) ? this.objectionToToken(query, address) : undefined;
  }

  accept(peer: PeerConnection): ConnectionHandler {
    const place = labPlace(peer.path);
    if (place === undefined) throw new Error(`Nobody may connect to ${peer.path}: refuseHandshake says so.`);
    const id = ++this.accepted;
    const token = this.asksForToken(place)
      ? this.entrance.tokenIn(peer.query, this.violate(peer.address))
      : undefined;
    // Numbers are given as frames leave, to those that faults lose too; nothing leaves before there is a connection.
    const link = this.director.link(id, packed(peer, this.dialects.packing), (text) =>
      connection.counted(text),
    );
    const connection = new LabConnection(id, place, link, this.surroundings, token);
    this.open.add(connection);
    this.director.connected();
    return connection;
  }

  request(request: RestRequest): RestResponse {
    return this.director.answer(request, (isRefused) => this.rest.respond(request, isRefused));
  }

  disconnectAll(code: number = GOING_AWAY): void {
    for (const connection of [...this.open]) connection.close(code, '');
  }

  pause(connectionId?: number): void {
    for (const connection of this.of(connectionId)) connection.pause();
  }

  resume(connectionId?: number): void {
    for (const connection of this.of(connectionId)) connection.resume();
  }

  halt(symbol?: string): void {
    for (const market of this.marketsOf(symbol)) {
      if (this.market.isHalted(market)) continue;
      this.books.settle(market);
      this.market.halt(market.instrument.symbol);
      this.notify(market.instrument.symbol, 'halted');
    }
  }

  reopen(symbol?: string): void {
    for (const market of this.marketsOf(symbol)) {
      if (!this.market.isHalted(market)) continue;
      this.notify(market.instrument.symbol, 'trading');
      this.values.opened(market);
      this.market.reopen(market.instrument.symbol);
      // Whoever came while it stood still gets its book now.
      this.books.want(market);
    }
  }

  recount(symbol?: string): void {
    for (const market of this.marketsOf(symbol)) this.books.beginAnew(market);
  }

  sendWhole(symbol?: string): void {
    for (const market of this.marketsOf(symbol)) this.books.sendWhole(market);
  }

  spoiled(topic: string, frame: string, how: BookError): string | undefined {
    return spoiledBook(topic, frame, how, (symbol) => this.market.book(symbol));
  }

  /** Tells of every book that clients can know from here on, before they do. */
  observeBooks(observer: BookObserver): void {
    this.books.observe(observer);
  }

  /** What is true of an account. @param key by which it is called */
  account(key: string): PrivateRows {
    return this.accounts.of(key).rows;
  }

  /** What positions in a market are valued at, in the fields of the topic. */
  valuesOf(symbol: string): Payload {
    const market = this.market.find(symbol);
    if (!market) throw new Error(`Lab does not list ${symbol}.`);
    return this.values.of(market);
  }

  /** Has lab say something of itself. */
  say(notice: LabNotice): void {
    this.notices.say(notice);
  }

  /** How often somebody has shown a wrong key or signature, on sockets and by REST. */
  get wrongProofs(): number {
    return this.entrance.wrongProofs;
  }

  /** Takes a key away from its account: its sockets close, and it is wrong from now on. */
  withdrawKey(key: string): void {
    for (const connection of [...this.open])
      if (connection.account === key) connection.close(POLICY_VIOLATION, 'key withdrawn');
    this.entrance.withdraw(key);
  }

  /** Ends tokens before their time. @param key of the account whose; default all */
  revokeTokens(key?: string): void {
    this.entrance.tokens.revoke(key);
  }

  private tradeAccounts(): void {
    this.accounts.trade();
    for (const account of this.accounts.all) this.privateTopics.publish(account);
  }

  private asksForToken(place: LabPlace): boolean {
    return this.entrance.wantsToken && wantsLogin(place);
  }

  private objectionToToken(query: URLSearchParams, address: string): HandshakeRefusal | undefined {
    try {
      this.entrance.tokenIn(query, this.violate(address));
      return undefined;
    } catch (error) {
      if (!(error instanceof LabError)) throw error;
      return { status: 401, body: JSON.stringify({ error: { code: error.code, message: error.message } }) };
    }
  }

  private tokenEnded(token: string): void {
    if (this.dialects.entry === 'listen') return;
    for (const connection of [...this.open])
      if (connection.token?.text === token) connection.close(POLICY_VIOLATION, 'token expired');
  }

  private violate(address: string): Violate {
    return (rule, detail) => this.log.add({ rule, address, detail });
  }

  private marketsOf(symbol: string | undefined): readonly InstrumentMarket[] {
    return this.market.markets.filter(
      ({ instrument }) => instrument.symbol === (symbol ?? instrument.symbol),
    );
  }

  private notify(symbol: string, notice: 'halted' | 'trading'): void {
    for (const connection of this.open) {
      const follows = [...this.topics.of(symbol), ...this.topics.shared].some(({ followers }) =>
        followers.has(connection),
      );
      if (follows) connection.link.transmit(JSON.stringify({ notice, symbol }));
    }
  }

  private of(connectionId: number | undefined): readonly LabConnection[] {
    return [...this.open].filter(({ id }) => id === (connectionId ?? id));
  }
}

/** The dialects among the options, without those left undefined. */
function given(options: LabOptions): Partial<LabDialects> {
  const names = Object.keys(DEFAULT_DIALECTS) as (keyof LabDialects)[];
  return Object.fromEntries(
    names.filter((name) => options[name] !== undefined).map((name) => [name, options[name]]),
  );
}

/** Many symbols are to cost little: quiet, shallow, and with a short past. */
function marketOptions(
  { symbols, activity, stepMs, depthLevels }: LabOptions,
  now: number,
): {
  activity: number;
  stepMs: number;
  depthLevels: number;
  startTime: number;
} {
  const isMany = typeof symbols === 'number';
  return {
    activity: activity ?? (isMany ? 0.02 : 1),
    stepMs: stepMs ?? (isMany ? 5000 : 100),
    depthLevels: depthLevels ?? (isMany ? 15 : 50),
    startTime: now - (isMany ? 10 * MINUTE_MS : DAY_MS),
  };
}
