import type { Clock } from '@exchange-stream/market-data';
import type { FaultableConnection } from '../faults/faultable-exchange.ts';
import type { FaultyLink } from '../faults/faulty-link.ts';
import type { SeededMarket } from '../market/seeded-market.ts';
import type { ConnectionHandler, SimulatedConnection, ViolationRule } from '../simulated-exchange.ts';
import { SlidingWindow } from '../sliding-window.ts';
import type { ViolationLog } from '../violation-log.ts';
import { KrakenError, tooManyMessages } from './kraken.errors.ts';
import { UNSUBSCRIBED_MS } from './kraken.limits.ts';
import { KrakenLiveness } from './kraken.liveness.ts';
import type { KrakenPublisher } from './kraken.publisher.ts';
import { acknowledgement, HEARTBEAT, pong, refusal } from './kraken.replies.ts';
import { isTopicsMethod, parseRequest, symbolsOf, type KrakenRequest } from './kraken.requests.ts';
import type { KrakenTopicIndex } from './kraken.topic-index.ts';
import { beginsWithSnapshot, channelOf, isOfAll, parseTopic, type KrakenTopic } from './kraken.topics.ts';

export interface ConnectionSurroundings {
  readonly clock: Clock;
  readonly market: SeededMarket;
  readonly topics: KrakenTopicIndex;
  readonly publisher: KrakenPublisher;
  readonly violations: ViolationLog;
  /** Of one connection; the exchange publishes no number. */
  readonly messagesPerSecond: number;
  /** Told once, when the connection is over. */
  readonly onClosed: (connection: KrakenConnection) => void;
}

const SECOND_MS = 1000;
const POLICY_VIOLATION = 1008;
/** Larger than the whole numbers that a double holds. */
const FIRST_CONNECTION_ID = 6_447_481_662_169_813_000n;
/** What nobody asks for. */
const STRAY = { id: 2_000_000_000, result: { channel: 'ticker', symbol: 'STRAY/USD', snapshot: true } };

/** One client's socket: what it asks, what it carries, and whether it keeps to the limits. */
export class KrakenConnection implements ConnectionHandler, SimulatedConnection, FaultableConnection {
  readonly subscriptions = new Set<string>();
  readonly path: string;
  readonly address: string;
  readonly openedAt: number;
  readonly connectionId: bigint;
  received = 0;
  private readonly messages: SlidingWindow;
  private readonly liveness: KrakenLiveness;
  /** What maintenance ended: to unsubscribe it is no mistake. */
  private readonly ended = new Set<string>();
  private isMaintained = false;
  private closed = false;

  constructor(
    readonly id: number,
    readonly link: FaultyLink,
    private readonly surroundings: ConnectionSurroundings,
  ) {
    const { clock } = surroundings;
    this.path = link.path;
    this.address = link.address;
    this.openedAt = clock.now();
    this.connectionId = FIRST_CONNECTION_ID + BigInt(id);
    this.messages = new SlidingWindow(clock, SECOND_MS);
    this.liveness = new KrakenLiveness(clock, {
      beat: () => this.say(HEARTBEAT),
      drop: () => {
        this.violate('subscribe-overdue', `nothing was subscribed for ${UNSUBSCRIBED_MS} ms`);
        this.close(POLICY_VIOLATION, 'No subscriptions');
      },
    });
  }

  get sent(): number {
    return this.link.sent;
  }

  /** Sends one frame of a topic. */
  sendData(topic: string, text: string): void {
    this.liveness.active();
    this.link.data(topic, text);
  }

  /** Sends what is no data. */
  say(text: string): void {
    this.liveness.active();
    this.link.transmit(text);
  }

  /** Nothing is served meanwhile, and whatever was subscribed has to be asked for again. */
  beginMaintenance(): void {
    this.isMaintained = true;
    this.liveness.stop();
    for (const name of this.subscriptions) {
      this.surroundings.topics.leave(name, this);
      this.ended.add(name);
    }
    this.subscriptions.clear();
  }

  endMaintenance(): void {
    if (!this.isMaintained) return;
    this.isMaintained = false;
    this.liveness.expect();
  }

  frame(topic: string, data: string): string {
    const [channel] = topic.split(/[:?]/);
    return `{"channel":${JSON.stringify(channel)},"type":"update","data":[${data}]}`;
  }

  /** Kraken announces nothing before it closes. */
  shutdownNotice(): undefined {
    return undefined;
  }

  close(code: number | undefined, reason: string): void {
    if (this.closed) return;
    this.link.close(code, reason);
    this.onClose();
  }

  terminate(): void {
    if (this.closed) return;
    this.link.terminate();
    this.onClose();
  }

  onMessage(text: string): void {
    if (this.closed) return;
    this.received++;
    let request: KrakenRequest | undefined;
    try {
      request = parseRequest(text);
      this.perform(request);
    } catch (error) {
      if (!(error instanceof KrakenError)) throw error;
      this.say(this.refused(error, request));
    }
  }

  onPing(): void {
    if (!this.closed) this.received++;
  }

  onPong(payload: string): void {
    if (!this.closed && !this.link.excuses(payload)) this.received++;
  }

  onClose(): void {
    if (this.closed) return;
    this.closed = true;
    this.link.end();
    this.liveness.stop();
    for (const name of this.subscriptions) this.surroundings.topics.leave(name, this);
    this.surroundings.onClosed(this);
  }

  private perform(request: KrakenRequest): void {
    const { method, id, params } = request;
    const count = this.messages.add();
    if (count > this.surroundings.messagesPerSecond) throw tooManyMessages();
    if (method === 'ping') return this.say(pong(this.surroundings.clock.now(), id));
    if (!isTopicsMethod(method)) throw new KrakenError(`Method ${method} not supported`);
    if (this.isMaintained) throw new KrakenError('EService:Unavailable');
    const kind = channelOf(params);
    for (const symbol of isOfAll(kind) ? [''] : symbolsOf(params)) {
      try {
        this.answer(request, parseTopic(kind, symbol, params, this.surroundings.market));
      } catch (error) {
        if (!(error instanceof KrakenError)) throw error;
        this.say(this.refused(error, request));
      }
    }
  }

  /** One answer for each symbol: whether others are taken matters nothing to it. */
  private answer(request: KrakenRequest, topic: KrakenTopic): void {
    const { clock, publisher } = this.surroundings;
    const subscribes = request.method === 'subscribe';
    const hasSnapshot = beginsWithSnapshot(topic, request.params);
    const { kind, symbol, besides } = topic;
    const result = {
      channel: kind,
      ...(symbol !== '' && { symbol }),
      ...besides,
      ...(subscribes && { snapshot: hasSnapshot }),
    };
    const acknowledged = (): string => acknowledgement(request, result, clock.now());
    let isNew = false;
    this.liveness.active();
    this.link.answer({
      subscribes,
      topics: [topic.name],
      perform: () => {
        const error = subscribes ? this.subscribe(topic) : this.unsubscribe(topic);
        isNew = subscribes && error === undefined;
        return error === undefined ? acknowledged() : this.refused(error, request);
      },
      acknowledgement: acknowledged,
      follow: () => {
        if (isNew && this.subscriptions.has(topic.name)) publisher.welcome(topic, this, hasSnapshot);
      },
      strayAcknowledgement: () => acknowledgement({ ...request, id: STRAY.id }, STRAY.result, clock.now()),
      refusal: (passes) => {
        const text = passes ? tooManyMessages() : new KrakenError('Currency pair not supported');
        return refusal(request, new KrakenError(text.message, symbol), clock.now());
      },
    });
  }

  /** @returns why not */
  private subscribe({ name, symbol }: KrakenTopic): KrakenError | undefined {
    if (this.subscriptions.has(name)) return new KrakenError('Already subscribed', symbol, 'harmless');
    this.subscriptions.add(name);
    this.ended.delete(name);
    this.liveness.subscribed();
    return undefined;
  }

  /** @returns why not */
  private unsubscribe({ name, symbol }: KrakenTopic): KrakenError | undefined {
    if (this.ended.delete(name)) return undefined;
    if (!this.subscriptions.delete(name)) return new KrakenError('Subscription not found', symbol);
    this.surroundings.topics.leave(name, this);
    if (this.subscriptions.size === 0) this.liveness.expect();
    return undefined;
  }

  /** Says so, and remembers it where the client should have known better. */
  private refused(error: KrakenError, request: KrakenRequest | undefined): string {
    if (error.fault !== 'harmless') this.violate(error.fault, error.message.slice(0, 200));
    return refusal(request, error, this.surroundings.clock.now());
  }

  private violate(rule: ViolationRule, detail: string): void {
    this.surroundings.violations.add({ rule, address: this.address, connectionId: this.id, detail });
  }
}
