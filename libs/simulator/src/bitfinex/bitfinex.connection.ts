import type { Clock, Timer } from '@exchange-stream/market-data';
import type { AnswerableRequest, FaultableConnection } from '../faults/faultable-exchange.ts';
import type { FaultyLink, Numbering } from '../faults/faulty-link.ts';
import type { SeededMarket } from '../market/seeded-market.ts';
import type { ConnectionHandler, SimulatedConnection, ViolationRule } from '../simulated-exchange.ts';
import type { ViolationLog } from '../violation-log.ts';
import { BitfinexChannel, type ChannelSocket } from './bitfinex.channel.ts';
import { BitfinexError, CODES } from './bitfinex.errors.ts';
import { BitfinexFlags } from './bitfinex.flags.ts';
import { CHANNELS_PER_CONNECTION, IDLE_MS } from './bitfinex.limits.ts';
import type { BitfinexPublisher } from './bitfinex.publisher.ts';
import { notice, refusal, subscribed, unsubscribed, welcome, type InfoCode } from './bitfinex.replies.ts';
import { parseMessage, textOf, type BitfinexRequest } from './bitfinex.requests.ts';
import type { BitfinexTopicIndex } from './bitfinex.topic-index.ts';
import { nameOf, parseTopic, UnansweredRequest, type BitfinexTopic } from './bitfinex.topics.ts';

export interface ConnectionSurroundings {
  readonly clock: Clock;
  readonly market: SeededMarket;
  readonly topics: BitfinexTopicIndex;
  readonly publisher: BitfinexPublisher;
  readonly violations: ViolationLog;
  /** After so many channels more are refused. */
  readonly capacity: number;
  /** How long the acknowledgement of a book takes: everything else is acknowledged at once. */
  readonly bookAckMs: number;
  readonly isOperative: boolean;
  /** Told once, when the connection is over. */
  readonly onClosed: (connection: BitfinexConnection) => void;
}

/** Every socket counts its channels from here: the same numbers, for other things. */
const FIRST_CHANNEL = 17_082;
const CHANNEL_STEP = 7;
const STRAY = {
  kind: 'ticker',
  name: 'ticker:tSTRAY:USD',
  symbol: 'tSTRAY:USD',
  acknowledged: { channel: 'ticker', symbol: 'tSTRAY:USD', pair: 'STRAY:USD' },
} as const satisfies BitfinexTopic;

/** A channel that has its number, and whose acknowledgement is still to come. */
interface Reservation {
  readonly chanId: number;
  timer?: Timer;
}

/** One client's socket: what it asks, what it carries, and whether it keeps to the limits. */
export class BitfinexConnection
  implements ConnectionHandler, SimulatedConnection, FaultableConnection, ChannelSocket
{
  readonly link: FaultyLink;
  readonly path: string;
  readonly address: string;
  readonly openedAt: number;
  received = 0;
  flags = new BitfinexFlags();
  private readonly channels = new Map<number, BitfinexChannel>();
  private readonly byName = new Map<string, BitfinexChannel>();
  private readonly reserved = new Map<string, Reservation>();
  /** Numbers that were given back. */
  private readonly former = new Set<number>();
  private nextChanId = FIRST_CHANNEL;
  private frames = 0;
  private isPaused: boolean;
  private idleTimer: Timer;
  private activeAt: number;
  private closed = false;

  constructor(
    readonly id: number,
    linked: (numbering: Numbering) => FaultyLink,
    private readonly surroundings: ConnectionSurroundings,
  ) {
    const { clock, isOperative } = surroundings;
    const link = linked((text) => this.numbered(text));
    this.link = link;
    this.path = link.path;
    this.address = link.address;
    this.openedAt = clock.now();
    this.activeAt = clock.monotonic();
    this.isPaused = !isOperative;
    this.idleTimer = clock.after(IDLE_MS, () => this.watchIdleness());
    link.transmit(welcome(`00000000-0000-4000-8000-${String(id).padStart(12, '0')}`, isOperative));
  }

  get subscriptions(): ReadonlySet<string> {
    return new Set(this.byName.keys());
  }

  get sent(): number {
    return this.link.sent;
  }

  /** While the platform is in maintenance nothing is sent, and nothing is numbered. */
  sendData(topic: string, chanId: number, body: string): void {
    if (!this.isPaused) this.link.data(topic, `[${chanId},${body}]`);
  }

  /** Of a topic that nobody asked for. */
  frame(_topic: string, data: string): string {
    return `[${FIRST_CHANNEL - CHANNEL_STEP},${data}]`;
  }

  shutdownNotice(): string {
    return notice(20_051);
  }

  /** Number and time stand at the end of every frame of data, where they were asked for: one count for all channels. */
  private numbered(text: string): string {
    const { sequence, timestamp } = this.flags;
    if (!text.startsWith('[') || (!sequence && !timestamp)) return text;
    const number = sequence ? `,${++this.frames}` : '';
    const time = timestamp ? `,${Math.floor(this.surroundings.clock.now())}` : '';
    return `${text.slice(0, -1)}${number}${time}]`;
  }

  /** Maintenance begins: the channels stay, and say nothing. */
  pause(): void {
    this.inform(20_060);
    this.isPaused = true;
  }

  /** Maintenance is over: who goes on with what he has goes on with a hole. */
  resume(): void {
    this.isPaused = false;
    this.inform(20_061);
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
    this.activeAt = this.surroundings.clock.monotonic();
    const message = parseMessage(text);
    if (message === undefined)
      return this.violate('invalid-request', `no JSON, which gets no answer: ${text.slice(0, 100)}`);
    if (Array.isArray(message)) return this.violate('not-logged-in', 'an order without a login');
    this.perform(message as BitfinexRequest);
  }

  onPing(): void {
    this.received++;
    this.activeAt = this.surroundings.clock.monotonic();
  }

  onPong(payload: string): void {
    if (!this.link.excuses(payload)) this.received++;
  }

  onClose(): void {
    if (this.closed) return;
    this.closed = true;
    this.link.end();
    this.idleTimer.cancel();
    for (const { timer } of this.reserved.values()) timer?.cancel();
    for (const channel of this.channels.values()) {
      channel.stop();
      this.surroundings.topics.leave(channel);
    }
    this.surroundings.onClosed(this);
  }

  private perform(request: BitfinexRequest): void {
    const event = textOf(request['event']);
    switch (event) {
      case 'ping':
        return this.pong(request);
      case 'conf':
        return this.configure(request);
      case 'subscribe':
        return this.subscribe(request);
      case 'unsubscribe':
        return this.unsubscribe(request);
      case 'auth':
        return this.login(request);
      default:
        this.refuse(new BitfinexError(CODES.unknownEvent, `event: invalid (${event ?? ''})`), request);
    }
  }

  private pong({ cid }: BitfinexRequest): void {
    const ts = this.surroundings.clock.now();
    this.link.transmit(JSON.stringify({ event: 'pong', ts, ...(cid !== undefined && { cid }) }));
  }

  private configure(request: BitfinexRequest): void {
    const { flags } = request;
    if (typeof flags !== 'number' || !Number.isSafeInteger(flags) || flags < 0)
      return this.refuse(new BitfinexError(CODES.conf, 'conf: invalid'), request);
    this.flags = new BitfinexFlags(flags);
    this.link.transmit(JSON.stringify({ event: 'conf', status: 'OK', flags }));
  }

  /** Nobody has a key here. */
  private login(request: BitfinexRequest): void {
    const { subId } = request;
    const refused = (): string =>
      JSON.stringify({
        event: 'auth',
        status: 'FAILED',
        chanId: 0,
        code: CODES.auth,
        msg: 'apikey: invalid',
        ...(subId !== undefined && { subId }),
      });
    this.link.login({ perform: refused, refusal: refused });
  }

  private subscribe(request: BitfinexRequest): void {
    try {
      const topic = this.admit(request);
      const reservation: Reservation = { chanId: this.takeChanId() };
      this.reserved.set(topic.name, reservation);
      const { bookAckMs, clock } = this.surroundings;
      const answer = (): void => this.open(topic, reservation, request);
      if (topic.kind !== 'book' || bookAckMs === 0) answer();
      else reservation.timer = clock.after(bookAckMs, answer);
    } catch (error) {
      if (error instanceof UnansweredRequest)
        return this.violate(
          'invalid-request',
          `no such derivative, which gets no answer: ${nameOf(request)}`,
        );
      if (!(error instanceof BitfinexError)) throw error;
      this.answer(true, request, () => this.judged(error, request));
    }
  }

  /** @throws BitfinexError UnansweredRequest */
  private admit(request: BitfinexRequest): BitfinexTopic {
    if (this.isPaused) throw new BitfinexError(CODES.notReady, 'not ready');
    const { market, capacity } = this.surroundings;
    const topic = parseTopic(request, market);
    const known = this.byName.get(topic.name) ?? this.reserved.get(topic.name);
    if (known !== undefined) throw new BitfinexError(CODES.duplicate, 'subscribe: dup', known.chanId);
    const open = this.channels.size + this.reserved.size;
    if (open >= CHANNELS_PER_CONNECTION)
      this.violate(
        'topics-per-connection',
        `${open + 1} channels on one connection, ${CHANNELS_PER_CONNECTION} are allowed`,
      );
    if (open >= capacity) throw new BitfinexError(CODES.limit, 'subscribe: limit');
    return topic;
  }

  private open(topic: BitfinexTopic, reservation: Reservation, request: BitfinexRequest): void {
    const { chanId } = reservation;
    const channel = new BitfinexChannel(chanId, topic, this, this.surroundings.clock);
    this.answer(
      true,
      request,
      () => {
        this.reserved.delete(topic.name);
        this.channels.set(chanId, channel);
        this.byName.set(topic.name, channel);
        return subscribed(topic, chanId);
      },
      () => this.begin(channel),
      () => subscribed(topic, chanId),
    );
    // Where a fault has refused it.
    if (this.reserved.get(topic.name) === reservation) this.reserved.delete(topic.name);
  }

  /** Data comes right behind the acknowledgement. */
  private begin(channel: BitfinexChannel): void {
    if (this.closed || this.channels.get(channel.chanId) !== channel) return;
    const { topics, publisher } = this.surroundings;
    const live = topics.join(channel);
    channel.start();
    const opening = publisher.opening(live);
    if (opening !== undefined) channel.send(opening);
  }

  private unsubscribe(request: BitfinexRequest): void {
    const chanId = Number(request['chanId']);
    const channel = this.channels.get(chanId);
    if (channel === undefined && this.cancel(chanId)) return this.link.transmit(unsubscribed(chanId));
    let belated: readonly string[] = [];
    this.answer(
      false,
      channel ? { ...request, ...channel.topic.acknowledged } : request,
      () => {
        if (channel === undefined) return this.judged(this.notThere(chanId), request);
        belated = this.remove(channel);
        return unsubscribed(chanId);
      },
      // What was on its way arrives behind the answer.
      () => belated.forEach((body) => channel?.send(body)),
      () => unsubscribed(chanId),
    );
  }

  /** @returns what was still on its way */
  private remove(channel: BitfinexChannel): readonly string[] {
    const { topics, publisher } = this.surroundings;
    const belated = publisher.belated(channel, topics.find(channel.topic));
    channel.stop();
    topics.leave(channel);
    this.channels.delete(channel.chanId);
    this.byName.delete(channel.topic.name);
    this.former.add(channel.chanId);
    return belated;
  }

  /** Gives up what has not been acknowledged yet: a client may know its number from a refusal. */
  private cancel(chanId: number): boolean {
    for (const [name, reservation] of this.reserved) {
      if (reservation.chanId !== chanId) continue;
      reservation.timer?.cancel();
      this.former.add(chanId);
      return this.reserved.delete(name);
    }
    return false;
  }

  private notThere(chanId: number): BitfinexError {
    return this.former.has(chanId)
      ? new BitfinexError(CODES.notSubscribed, 'unsubscribe: not subscribed')
      : new BitfinexError(CODES.noSuchChannel, 'unsubscribe: channel not found');
  }

  /** Answers a request, unless a fault does it. */
  private answer(
    subscribes: boolean,
    request: BitfinexRequest,
    perform: () => string,
    follow: () => void = () => undefined,
    acknowledgement: () => string = perform,
  ): void {
    const answerable: AnswerableRequest = {
      subscribes,
      topics: [nameOf(request)],
      perform,
      follow,
      acknowledgement,
      strayAcknowledgement: () => subscribed(STRAY, this.takeChanId()),
      refusal: (passes) => {
        const error =
          passes === true
            ? new BitfinexError(CODES.notReady, 'not ready')
            : new BitfinexError(CODES.subscription, 'symbol: invalid');
        return refusal(error, request);
      },
    };
    this.link.answer(answerable);
  }

  private refuse(error: BitfinexError, request: BitfinexRequest): void {
    this.link.transmit(this.judged(error, request));
  }

  private judged(error: BitfinexError, request: BitfinexRequest): string {
    if (error.isMistake) this.violate('invalid-request', `answered code ${error.code}: ${error.message}`);
    return refusal(error, request);
  }

  private inform(code: InfoCode): void {
    if (!this.closed) this.link.transmit(notice(code));
  }

  private takeChanId(): number {
    const chanId = this.nextChanId;
    this.nextChanId += CHANNEL_STEP;
    return chanId;
  }

  /** A channel keeps a socket, and so does a word of its client. */
  private watchIdleness(): void {
    const { clock } = this.surroundings;
    const leftMs = this.activeAt + IDLE_MS - clock.monotonic();
    if (this.channels.size === 0 && this.reserved.size === 0 && leftMs <= 0) return this.terminate();
    this.idleTimer = clock.after(leftMs > 0 ? leftMs : IDLE_MS, () => this.watchIdleness());
  }

  private violate(rule: ViolationRule, detail: string): void {
    this.surroundings.violations.add({ rule, address: this.address, connectionId: this.id, detail });
  }
}
