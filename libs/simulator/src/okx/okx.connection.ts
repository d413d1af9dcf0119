import type { Clock, Timer } from '@exchange-stream/market-data';
import type { FaultableConnection } from '../faults/faultable-exchange.ts';
import type { FaultyLink } from '../faults/faulty-link.ts';
import type { SeededMarket } from '../market/seeded-market.ts';
import type { ConnectionHandler, SimulatedConnection, ViolationRule } from '../simulated-exchange.ts';
import { SlidingWindow } from '../sliding-window.ts';
import type { ViolationLog } from '../violation-log.ts';
import { doesNotExist, illegalRequest, OkxError, tooFrequent } from './okx.errors.ts';
import { BYTES_PER_REQUEST, IDLE_CLOSE, IDLE_MS, REQUESTS_PER_HOUR } from './okx.limits.ts';
import type { OkxPublisher } from './okx.publisher.ts';
import { acknowledgement, refusal, serviceUpgrade } from './okx.replies.ts';
import { isArg, parseRequest, type OkxArg, type OkxRequest } from './okx.requests.ts';
import type { OkxTopicIndex } from './okx.topic-index.ts';
import { argNamed, inWords, nameOf, parseTopic, type OkxPlace, type OkxTopic } from './okx.topics.ts';

export interface ConnectionSurroundings {
  readonly clock: Clock;
  readonly market: SeededMarket;
  readonly topics: OkxTopicIndex;
  readonly publisher: OkxPublisher;
  readonly violations: ViolationLog;
  /** Told once, when the connection is over. */
  readonly onClosed: (connection: OkxConnection) => void;
}

type TopicsRequest = OkxRequest & { readonly op: 'subscribe' | 'unsubscribe' };

const HOUR_MS = 3_600_000;
/** What nobody asks for. */
const STRAY = { arg: { channel: 'tickers', instId: 'STRAY-USDT' }, id: 'stray' };

/** One client's socket: what it asks, what it carries, and whether it keeps to the limits. */
export class OkxConnection implements ConnectionHandler, SimulatedConnection, FaultableConnection {
  readonly subscriptions = new Set<string>();
  readonly path: string;
  readonly address: string;
  readonly openedAt: number;
  received = 0;
  private readonly connId: string;
  private readonly requests: SlidingWindow;
  /** When something was last on its way to the client. */
  private activeAt: number;
  private idleTimer: Timer;
  /** What has been subscribed and not yet been welcomed. */
  private newcomers: OkxTopic[] = [];
  private closed = false;

  constructor(
    readonly id: number,
    private readonly place: OkxPlace,
    readonly link: FaultyLink,
    private readonly surroundings: ConnectionSurroundings,
  ) {
    const { clock } = surroundings;
    this.path = link.path;
    this.address = link.address;
    this.openedAt = clock.now();
    this.connId = (0xa4d3ae00 + id).toString(16);
    this.requests = new SlidingWindow(clock, HOUR_MS);
    this.activeAt = clock.monotonic();
    this.idleTimer = clock.after(IDLE_MS, () => this.watchIdleness());
  }

  get sent(): number {
    return this.link.sent;
  }

  /** Sends one frame of a topic. */
  sendData(topic: string, text: string): void {
    this.activeAt = this.surroundings.clock.monotonic();
    this.link.data(topic, text);
  }

  frame(topic: string, data: string): string {
    return `{"arg":${JSON.stringify(argNamed(topic))},"data":[${data}]}`;
  }

  shutdownNotice(): string {
    return serviceUpgrade(this.connId);
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
    if (text === 'ping') return this.reply('pong');
    try {
      this.perform(parseRequest(text), text);
    } catch (error) {
      if (!(error instanceof OkxError)) throw error;
      this.violate('invalid-request', `answered code ${error.code}: ${error.message.slice(0, 200)}`);
      this.reply(refusal(error, this.connId));
    }
  }

  onPing(): void {
    this.received++;
  }

  onPong(payload: string): void {
    if (!this.link.excuses(payload)) this.received++;
  }

  onClose(): void {
    if (this.closed) return;
    this.closed = true;
    this.link.end();
    this.idleTimer.cancel();
    for (const name of this.subscriptions) this.surroundings.topics.leave(name, this);
    this.surroundings.onClosed(this);
  }

  private perform(request: OkxRequest, text: string): void {
    const { op, id } = request;
    if (this.asksTooOften()) return this.reply(refusal(tooFrequent(), this.connId, id));
    if (op === 'login') return this.login(id);
    const bytes = Buffer.byteLength(JSON.stringify(request.args));
    if (bytes > BYTES_PER_REQUEST) {
      this.violate('bytes-per-message', `${bytes} bytes of args, ${BYTES_PER_REQUEST} are allowed`);
      return this.reply(refusal(illegalRequest(text.slice(0, 100)), this.connId));
    }
    this.answerTopics({ ...request, op }, text);
  }

  /** One answer for each arg: whether others are taken matters nothing to it. */
  private answerTopics(request: TopicsRequest, text: string): void {
    const { op, id } = request;
    this.activeAt = this.surroundings.clock.monotonic();
    for (const arg of request.args) {
      if (!isArg(arg)) {
        this.link.transmit(this.performOne(arg, request, text));
        continue;
      }
      this.link.answer({
        subscribes: op === 'subscribe',
        topics: [nameOf(arg)],
        perform: () => this.performOne(arg, request, text),
        acknowledgement: () => acknowledgement(op, arg, this.connId, id),
        strayAcknowledgement: () => acknowledgement(op, STRAY.arg, this.connId, STRAY.id),
        refusal: (passes) => refusal(passes ? tooFrequent() : doesNotExist(inWords(arg)), this.connId, id),
      });
    }
    const { newcomers } = this;
    this.newcomers = [];
    for (const topic of newcomers)
      if (this.subscriptions.has(topic.name)) this.surroundings.publisher.welcome(topic, this);
  }

  /** Does what one arg asks for. @returns the answer */
  private performOne(arg: unknown, { op, id }: TopicsRequest, text: string): string {
    try {
      if (!isArg(arg)) throw illegalRequest(text);
      if (op === 'unsubscribe') this.unsubscribe(nameOf(arg));
      else this.subscribe(arg);
      return acknowledgement(op, arg, this.connId, id);
    } catch (error) {
      if (!(error instanceof OkxError)) throw error;
      this.violate('invalid-request', `answered code ${error.code}: ${error.message.slice(0, 200)}`);
      // A request that cannot be read bears its id in the text only.
      return refusal(error, this.connId, error.code === '60012' ? undefined : id);
    }
  }

  /** Whoever has the topic already begins anew with it. */
  private subscribe(arg: OkxArg): void {
    const { market, topics } = this.surroundings;
    const topic = parseTopic(arg, this.place, market);
    this.subscriptions.add(topic.name);
    topics.join(topic, this);
    this.newcomers.push(topic);
  }

  private unsubscribe(name: string): void {
    if (this.subscriptions.delete(name)) this.surroundings.topics.leave(name, this);
  }

  /** Nobody has a key here. */
  private login(id: string | undefined): void {
    const refused = (): string => refusal(new OkxError('60009', 'Login failed.'), this.connId, id);
    this.activeAt = this.surroundings.clock.monotonic();
    this.link.login({ perform: refused, refusal: refused });
  }

  private asksTooOften(): boolean {
    const count = this.requests.add();
    if (count <= REQUESTS_PER_HOUR) return false;
    const detail = `${count} requests within one hour, ${REQUESTS_PER_HOUR} are allowed`;
    this.violate('requests-per-hour', detail);
    return true;
  }

  private reply(text: string): void {
    this.activeAt = this.surroundings.clock.monotonic();
    this.link.transmit(text);
  }

  /** Data and answers keep a connection, so a client that hears nothing has to ask for a pong. */
  private watchIdleness(): void {
    const { clock } = this.surroundings;
    const idleMs = clock.monotonic() - this.activeAt;
    if (idleMs < IDLE_MS) {
      this.idleTimer = clock.after(IDLE_MS - idleMs, () => this.watchIdleness());
      return;
    }
    this.violate('ping-overdue', `nothing was sent for ${idleMs} ms, and no ping came`);
    this.close(IDLE_CLOSE, 'No data received in 30s.');
  }

  private violate(rule: ViolationRule, detail: string): void {
    this.surroundings.violations.add({ rule, address: this.address, connectionId: this.id, detail });
  }
}
