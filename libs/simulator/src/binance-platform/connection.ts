import type { Clock, Timer } from '@exchange-stream/market-data';
import type { FaultableConnection } from '../faults/faultable-exchange.ts';
import type { FaultyLink } from '../faults/faulty-link.ts';
import type { ConnectionHandler, SimulatedConnection, ViolationRule } from '../simulated-exchange.ts';
import { SlidingWindow } from '../sliding-window.ts';
import type { ViolationLog } from '../violation-log.ts';
import type { StreamAddress } from './address.ts';
import {
  ControlRequestError,
  invalid,
  parseControlRequest,
  type ControlError,
  type ControlRequest,
} from './control.ts';
import { POLICY_VIOLATION, type BinanceLimits } from './limits.ts';
import type { StreamIndex } from './stream-index.ts';

export interface ConnectionSurroundings<A extends StreamAddress> {
  readonly clock: Clock;
  readonly limits: BinanceLimits;
  readonly streams: Pick<StreamIndex<unknown, A>, 'join' | 'leave'>;
  readonly violations: ViolationLog;
  /** The announcement that the exchange goes down; undefined where it announces nothing. */
  readonly shutdownNotice: (asked: A) => { readonly name: string; readonly payload: unknown } | undefined;
  /** Whether errors stand in an object of their own: `{"error":{"code":…,"msg":…},"id":…}`. */
  readonly nestsErrors: boolean;
  /** Told once, when the connection is over. */
  readonly onClosed: (connection: BinanceConnection<A>) => void;
}

interface Ping {
  readonly payload: string;
  readonly at: number;
}

const NORMAL_CLOSURE = 1000;

/** One client's socket: what it subscribed, whether it answers pings, and whether it keeps to the limits. */
export class BinanceConnection<A extends StreamAddress>
  implements ConnectionHandler, SimulatedConnection, FaultableConnection
{
  readonly subscriptions = new Set<string>();
  readonly path: string;
  readonly address: string;
  readonly openedAt: number;
  received = 0;
  private combined: boolean;
  private readonly messages: SlidingWindow;
  private readonly pings: Ping[] = [];
  private readonly lifetime: Timer;
  private nextPing: Timer;
  private pongDeadline: Timer | undefined;
  private closed = false;

  constructor(
    readonly id: number,
    readonly link: FaultyLink,
    /** What its address asks for. */
    readonly asked: A,
    private readonly surroundings: ConnectionSurroundings<A>,
  ) {
    const { clock, limits } = surroundings;
    this.path = link.path;
    this.address = link.address;
    this.openedAt = clock.now();
    this.combined = asked.combined;
    this.messages = new SlidingWindow(clock, 1000);
    this.nextPing = clock.after(limits.pingIntervalMs, () => this.ping());
    this.lifetime = clock.after(limits.connectionLifetimeMs, () =>
      this.close(NORMAL_CLOSURE, 'Lifetime of 24 h'),
    );
    this.subscribe(asked.streams);
  }

  get sent(): number {
    return this.link.sent;
  }

  /** Sends one frame of a stream. @param data the payload as JSON text */
  sendData(stream: string, data: string): void {
    this.link.data(stream, this.frame(stream, data));
  }

  frame(stream: string, data: string): string {
    return this.combined ? `{"stream":${JSON.stringify(stream)},"data":${data}}` : data;
  }

  shutdownNotice(): string | undefined {
    const notice = this.surroundings.shutdownNotice(this.asked);
    return notice && this.frame(notice.name, JSON.stringify(notice.payload));
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
    if (this.countMessage()) this.answer(text);
  }

  onPing(): void {
    this.countMessage();
  }

  onPong(payload: string): void {
    if (this.link.excuses(payload)) return;
    if (!this.countMessage()) return;
    // Only an answer to one of our pings counts: unsolicited pongs are allowed and keep nothing alive.
    const answered = this.pings.findIndex((ping) => ping.payload === payload);
    this.pings.splice(0, answered + 1);
    if (answered !== -1) this.watchPongs();
  }

  onClose(): void {
    if (this.closed) return;
    this.closed = true;
    this.link.end();
    this.nextPing.cancel();
    this.lifetime.cancel();
    this.pongDeadline?.cancel();
    for (const name of this.subscriptions) this.surroundings.streams.leave(name, this);
    this.surroundings.onClosed(this);
  }

  private answer(text: string): void {
    let request: ControlRequest;
    try {
      request = parseControlRequest(text);
    } catch (error) {
      return this.link.transmit(this.refusal(error));
    }
    const { method, id } = request;
    if (method !== 'SUBSCRIBE' && method !== 'UNSUBSCRIBE') return this.link.transmit(this.perform(request));
    this.link.answer({
      subscribes: method === 'SUBSCRIBE',
      topics: request.params,
      perform: () => this.perform(request),
      acknowledgement: () => reply(null, id),
      strayAcknowledgement: () => reply(null, STRAY_ID),
      refusal: () => this.errorReply(invalid('the service is not available', id).reply),
    });
  }

  /** Does what is asked. @returns the answer */
  private perform(request: ControlRequest): string {
    try {
      return reply(this.resultOf(request), request.id);
    } catch (error) {
      return this.refusal(error);
    }
  }

  private refusal(error: unknown): string {
    if (!(error instanceof ControlRequestError)) throw error;
    const { code, msg } = error.reply;
    this.violate('invalid-request', `answered code ${code}: ${msg}`);
    return this.errorReply(error.reply);
  }

  private resultOf(request: ControlRequest): unknown {
    switch (request.method) {
      case 'SUBSCRIBE':
        if (!this.subscribe(request.params)) throw invalid('too many parameters', request.id);
        return null;
      case 'UNSUBSCRIBE':
        for (const name of request.params) {
          if (this.subscriptions.delete(name)) this.surroundings.streams.leave(name, this);
        }
        return null;
      case 'LIST_SUBSCRIPTIONS':
        return [...this.subscriptions];
      case 'GET_PROPERTY':
        return this.combined;
      case 'SET_PROPERTY':
        this.combined = request.combined;
        return null;
    }
  }

  /** Takes all names, or none when they would be too many for one connection. */
  private subscribe(names: readonly string[]): boolean {
    const wanted = new Set([...this.subscriptions, ...names]);
    const { streamsPerConnection } = this.surroundings.limits;
    if (wanted.size > streamsPerConnection) {
      this.violate('topics-per-connection', `${wanted.size} streams, ${streamsPerConnection} are allowed`);
      return false;
    }
    for (const name of names) {
      this.subscriptions.add(name);
      this.surroundings.streams.join(name, this);
    }
    return true;
  }

  /** Counts one message, and cuts off who sends too many. @returns whether the message may be heard */
  private countMessage(): boolean {
    if (this.closed) return false;
    this.received++;
    const count = this.messages.add();
    const { messagesPerSecond } = this.surroundings.limits;
    if (count <= messagesPerSecond) return true;
    this.violate('messages-per-second', `${count} within one second, ${messagesPerSecond} are allowed`);
    this.close(POLICY_VIOLATION, 'Too many requests');
    return false;
  }

  private ping(): void {
    const { clock, limits } = this.surroundings;
    const payload = String(clock.now());
    this.pings.push({ payload, at: clock.monotonic() });
    if (this.pings.length === 1) this.watchPongs();
    this.nextPing = clock.after(limits.pingIntervalMs, () => this.ping());
    this.link.ping(payload);
  }

  /** The oldest ping that waits for its answer has a deadline. */
  private watchPongs(): void {
    this.pongDeadline?.cancel();
    const [oldest] = this.pings;
    if (oldest === undefined) return;
    const { clock, limits } = this.surroundings;
    const leftMs = oldest.at + limits.pongDeadlineMs - clock.monotonic();
    this.pongDeadline = clock.after(Math.max(0, leftMs), () => {
      this.violate('pong-timeout', `a ping stayed unanswered for ${limits.pongDeadlineMs} ms`);
      this.close(POLICY_VIOLATION, 'Pong timeout');
    });
  }

  private errorReply({ code, msg, id }: ControlError): string {
    const error = `"code":${code},"msg":${JSON.stringify(msg)}`;
    const told = this.surroundings.nestsErrors ? `"error":{${error}}` : error;
    return `{${told}${id === undefined ? '' : `,"id":${id}`}}`;
  }

  private violate(rule: ViolationRule, detail: string): void {
    this.surroundings.violations.add({ rule, address: this.address, connectionId: this.id, detail });
  }
}

/** No client counts this far: the largest id that Binance takes. */
const STRAY_ID = '9223372036854775807';

function reply(result: unknown, id: string): string {
  return `{"result":${JSON.stringify(result)},"id":${id}}`;
}
