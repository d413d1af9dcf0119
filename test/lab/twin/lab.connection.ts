import type { Clock, Timer } from '@exchange-stream/market-data';
import type { ConnectionHandler, SimulatedConnection, ViolationRule } from '@exchange-stream/simulator';
import {
  SlidingWindow,
  type Answer,
  type FaultableConnection,
  type FaultyLink,
  type SeededMarket,
  type ViolationLog,
} from '@exchange-stream/simulator/kit';
import type { LabAccounts } from './lab.accounts.ts';
import type { LabAddresses } from './lab.addresses.ts';
import { answerable, STRAY_IDS, type OwnRequest } from './lab.answerable.ts';
import { LabError, type LabId } from './lab.errors.ts';
import type { Payload } from './lab.frames.ts';
import { LabHeartbeat } from './lab.heartbeat.ts';
import type { LabEntrance } from './lab.entrance.ts';
import type { LabDialects, LabLimits } from './lab.options.ts';
import type { LabPrivateTopics } from './lab.private-topics.ts';
import type { LabNotices } from './lab.notices.ts';
import type { LabPublisher } from './lab.publisher.ts';
import { acknowledgements, refusal, refusals } from './lab.replies.ts';
import { parseRequest, type LabRequest } from './lab.requests.ts';
import { LabSubscriptions } from './lab.subscriptions.ts';
import type { LabTopicIndex } from './lab.topic-index.ts';
import type { LabToken } from './lab.tokens.ts';
import { wantsLogin, type LabPlace } from './lab.topics.ts';

export interface ConnectionSurroundings {
  readonly clock: Clock;
  readonly dialects: LabDialects;
  readonly limits: LabLimits;
  readonly hiddenTopicsPerConnection: number;
  readonly market: SeededMarket;
  readonly topics: LabTopicIndex;
  readonly publisher: LabPublisher;
  readonly privateTopics: LabPrivateTopics;
  readonly notices: LabNotices;
  readonly accounts: LabAccounts;
  readonly entrance: LabEntrance;
  readonly addresses: LabAddresses;
  readonly violations: ViolationLog;
  /** Told once, when the connection is over. */
  readonly onClosed: (connection: LabConnection) => void;
}

type LoginRequest = Extract<LabRequest, { op: 'login' }>;
type TopicsRequest = Extract<LabRequest, { op: 'subscribe' | 'unsubscribe' }>;

const NORMAL_CLOSURE = 1000;
const POLICY_VIOLATION = 1008;
/** Of an order that was confirmed and never placed. */
const UNPLACED = 'p0';
/** The flag by which frames are numbered. */
const NUMBERED = 1;
/** Data frames and test requests. */
const BEARS_NUMBER = /^\{"(?:topic|channel|test)":/;

/** One client's socket: what it asks, what it carries, and whether it keeps to the limits. */
export class LabConnection implements ConnectionHandler, SimulatedConnection, FaultableConnection {
  readonly path: string;
  readonly address: string;
  readonly openedAt: number;
  readonly shutdownCode = 1012;
  received = 0;
  private readonly carried: LabSubscriptions;
  private readonly messages: SlidingWindow;
  private readonly heartbeat: LabHeartbeat;
  private readonly lifetime: Timer | undefined;
  private readonly usedIds = new Set<LabId>();
  private flags = 0;
  private numbered = 0;
  private enteredFor: string | undefined;
  private isPaused = false;
  private closed = false;

  constructor(
    readonly id: number,
    readonly place: LabPlace,
    readonly link: FaultyLink,
    private readonly surroundings: ConnectionSurroundings,
    /** By which it came in, where the URL bears one. */
    readonly token?: LabToken,
  ) {
    this.enteredFor = token?.key;
    const { clock, dialects, limits } = surroundings;
    this.path = link.path;
    this.address = link.address;
    this.openedAt = clock.now();
    this.carried = new LabSubscriptions(this, surroundings, (rule, detail) => this.violate(rule, detail));
    this.messages = new SlidingWindow(clock, 1000);
    this.heartbeat = new LabHeartbeat(dialects.heartbeat, clock, {
      ping: (payload) => this.link.ping(payload),
      send: (text) => this.link.transmit(text),
      overdue: (rule, detail) => {
        this.violate(rule, detail);
        this.close(POLICY_VIOLATION, 'no sign of life');
      },
    });
    if (Number.isFinite(limits.lifetimeMs))
      this.lifetime = clock.after(limits.lifetimeMs, () => this.close(NORMAL_CLOSURE, 'lifetime'));
  }

  get subscriptions(): ReadonlySet<string> {
    return this.carried.names;
  }

  /** The key of the account that it is logged in for. */
  get account(): string | undefined {
    return this.enteredFor;
  }

  get sent(): number {
    return this.link.sent;
  }

  /** Sends one frame of a topic. @param data JSON text */
  sendData(topic: string, data: string): void {
    if (!this.isPaused) this.link.data(topic, this.frame(topic, data));
  }

  /** Sends all that is, which a private topic begins with. @param data JSON text */
  sendSnapshot(topic: string, data: string): void {
    if (!this.isPaused) this.link.data(topic, this.frame(topic, data, '"snapshot":true,'));
  }

  frame(topic: string, data: string, marks = ''): string {
    const { dialects, clock } = this.surroundings;
    const named =
      dialects.acks === 'channel'
        ? `"channel":${this.carried.channelOf(topic)}`
        : `"topic":${JSON.stringify(topic)}`;
    return `{${named},"time":${clock.now()},${marks}"data":${data}}`;
  }

  /** A frame as it leaves: with its number, where the client wants them and it is one that bears one. */
  counted(text: string): string {
    if ((this.flags & NUMBERED) === 0 || !BEARS_NUMBER.test(text)) return text;
    return `{"number":${++this.numbered},${text.slice(1)}`;
  }

  shutdownNotice(closeAfterMs: number): string {
    return JSON.stringify({ notice: 'restart', inMs: closeAfterMs });
  }

  /** Nothing comes until `resume`. */
  pause(): void {
    if (this.isPaused) return;
    this.link.transmit(JSON.stringify({ notice: 'pause' }));
    this.isPaused = true;
  }

  /** All subscriptions are gone. */
  resume(): void {
    if (!this.isPaused) return;
    this.isPaused = false;
    this.carried.releaseAll();
    this.link.transmit(JSON.stringify({ notice: 'resume' }));
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
    if (!this.countMessage()) return;
    if (text === 'ping' && this.surroundings.dialects.heartbeat === 'text') {
      this.heartbeat.clientAsked();
      return this.link.transmit('pong');
    }
    if (this.isTooLarge(text))
      return this.link.transmit(refusal(6, 'the message is too large', { id: idIn(text) }));
    try {
      this.perform(parseRequest(text, this.surroundings.dialects));
    } catch (error) {
      if (!(error instanceof LabError)) throw error;
      if (error.code === 6) this.violate('invalid-request', error.message);
      this.link.transmit(refusal(error.code, error.message, { id: error.id }));
    }
  }

  onPing(): void {
    this.countMessage();
  }

  onPong(payload: string): void {
    if (this.link.excuses(payload)) return;
    if (this.countMessage()) this.heartbeat.answered(payload);
  }

  onClose(): void {
    if (this.closed) return;
    this.closed = true;
    this.link.end();
    this.heartbeat.stop();
    this.lifetime?.cancel();
    this.carried.releaseAll();
    this.surroundings.onClosed(this);
  }

  private perform(request: LabRequest): void {
    if (request.op === 'test') return this.heartbeat.answered(String(request.test));
    this.checkId(request.id);
    if (request.op === 'ping') {
      if (this.surroundings.dialects.heartbeat !== 'json')
        throw new LabError(6, 'op "ping" is unknown', request.id);
      this.heartbeat.clientAsked();
      return this.link.transmit(JSON.stringify({ pong: request.id }));
    }
    if ('topics' in request) return this.answerTopics(request);
    if (this.isPaused) throw new LabError(3, 'not now, try again', request.id);
    if (request.op === 'flags') return this.setFlags(request);
    if (request.op === 'login') return this.login(request);
    this.trade(request);
  }

  private answerTopics(request: TopicsRequest): void {
    const { acks } = this.surroundings.dialects;
    const { id, op } = request;
    const topics = [...new Set(request.topics)];
    const refuse = (error: LabError): Answer => refusals(acks, id, topics, error);
    const objection = this.objectionTo(topics, id);
    if (objection !== undefined) return this.link.transmit(refuse(objection));
    const accepted = (of: LabId): Answer =>
      acknowledgements(
        acks,
        of,
        topics.map((topic) => ({ topic, channel: this.carried.channelOf(topic) })),
      );
    this.link.answer({
      subscribes: op === 'subscribe',
      topics,
      perform: () => {
        const result = op === 'subscribe' ? this.carried.add(topics) : this.carried.release(topics);
        return result instanceof LabError ? refuse(result) : acknowledgements(acks, id, result);
      },
      acknowledgement: () => accepted(id),
      strayAcknowledgement: () => accepted(STRAY_IDS[this.surroundings.dialects.ids]),
      refusal: (passes) => refuse(refusedFor(passes)),
      ...(acks !== 'request' && {
        refusalOf: (topic: string, passes?: boolean) =>
          this.addBeside(
            topics.filter((other) => other !== topic),
            id,
            refusals(acks, id, [topic], refusedFor(passes)),
          ),
      }),
    });
    this.carried.welcome();
  }

  /** Subscribes to those topics of a request that are not refused. */
  private addBeside(topics: readonly string[], id: LabId, refused: readonly string[]): Answer {
    if (topics.length === 0) return refused;
    const { acks } = this.surroundings.dialects;
    const result = this.carried.add(topics);
    const served =
      result instanceof LabError ? refusals(acks, id, topics, result) : acknowledgements(acks, id, result);
    return [...refused, ...served];
  }

  /** What speaks against a request as a whole. */
  private objectionTo(topics: readonly string[], id: LabId): LabError | undefined {
    const { topicsPerMessage } = this.surroundings.limits;
    if (topics.length > topicsPerMessage) {
      this.violate('topics-per-message', `${topics.length} topics, ${topicsPerMessage} are allowed`);
      return new LabError(6, 'too many topics', id);
    }
    if (this.isPaused) return new LabError(3, 'not now, try again', id);
    return this.needsLogin() ? this.notLoggedIn(id) : undefined;
  }

  private login(request: LoginRequest): void {
    const { id } = request;
    this.link.login({
      perform: () => {
        this.enteredFor = this.enter(request);
        return JSON.stringify({ login: id });
      },
      refusal: (passes) =>
        passes === true
          ? refusal(3, 'not now, try again', { id })
          : refusal(7, 'wrong key or signature', { id }),
    });
  }

  /** @returns the account's key @throws LabError 6, 7, 9, 10 */
  private enter(request: LoginRequest): string {
    try {
      const key = this.surroundings.entrance.login(request, (rule, detail) => this.violate(rule, detail));
      if ((this.enteredFor ?? key) !== key) throw new LabError(6, 'this connection is of another account');
      return key;
    } catch (error) {
      throw error instanceof LabError ? error.of(request.id) : error;
    }
  }

  private setFlags({ id, flags }: Extract<LabRequest, { op: 'flags' }>): void {
    const refused = new LabError(6, 'there are no such flags', id);
    if (flags !== 0 && flags !== NUMBERED) throw refused;
    const perform = (): Payload => {
      this.flags = flags;
      this.numbered = 0;
      return { flags };
    };
    this.answer({ op: 'flags', id, unmeant: { flags }, refused, perform });
  }

  private trade(request: Extract<LabRequest, { op: 'order.place' | 'order.cancel' }>): void {
    const { accounts, privateTopics } = this.surroundings;
    const { id } = request;
    if (this.place !== 'trading') throw new LabError(6, 'orders go to /trading', id);
    if (this.enteredFor === undefined) throw this.notLoggedIn(id);
    const account = accounts.of(this.enteredFor);
    const result = (orderId: string): Payload => ({ result: { orderId } });
    this.answer({
      op: request.op,
      id,
      unmeant: result('orderId' in request ? request.orderId : UNPLACED),
      refused: new LabError(8, 'order refused'),
      perform: () =>
        result('orderId' in request ? accounts.cancel(account, request) : accounts.place(account, request)),
    });
    privateTopics.publish(account);
  }

  private answer(request: OwnRequest): void {
    this.link.answer(answerable(request, this.surroundings.dialects.ids));
  }

  private needsLogin(): boolean {
    return this.enteredFor === undefined && wantsLogin(this.place);
  }

  private notLoggedIn(id: LabId): LabError {
    this.violate('not-logged-in', `asked ${this.path} without a login`);
    return new LabError(4, 'not logged in', id);
  }

  private isTooLarge(text: string): boolean {
    const { bytesPerMessage } = this.surroundings.limits;
    const bytes = Buffer.byteLength(text);
    if (bytes <= bytesPerMessage) return false;
    this.violate('bytes-per-message', `${bytes} bytes, ${bytesPerMessage} are allowed`);
    return true;
  }

  private checkId(id: LabId): void {
    if (this.usedIds.has(id)) throw new LabError(6, `id ${id} was used before`, id);
    this.usedIds.add(id);
  }

  /** Counts one message, and cuts off who sends too many. @returns whether the message may be heard */
  private countMessage(): boolean {
    if (this.closed) return false;
    this.received++;
    const { limits, addresses } = this.surroundings;
    const count = this.messages.add();
    const objection = addresses.message(this.address);
    if (count > limits.messages) {
      this.violate('messages-per-second', `${count} within one second, ${limits.messages} are allowed`);
    } else if (objection !== undefined) this.violate('messages-per-address', objection);
    else return true;
    this.close(POLICY_VIOLATION, 'too many messages');
    return false;
  }

  private violate(rule: ViolationRule, detail: string): void {
    this.surroundings.violations.add({ rule, address: this.address, connectionId: this.id, detail });
  }
}

/** Why a fault refuses a topic. */
function refusedFor(passes?: boolean): LabError {
  return passes === true ? new LabError(3, 'not now, try again') : new LabError(1, 'unknown topic');
}

/** The id of a message that is not read any further. */
function idIn(text: string): LabId | undefined {
  const [, number, name] = /"id"\s*:\s*(?:(\d+)|"([^"\\]*)")/.exec(text) ?? [];
  return number === undefined ? name : Number(number);
}
