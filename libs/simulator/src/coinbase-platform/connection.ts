import type { Clock, Timer } from '@exchange-stream/market-data';
import type { FaultableConnection } from '../faults/faultable-exchange.ts';
import type { FaultyLink } from '../faults/faulty-link.ts';
import type { ConnectionHandler, SimulatedConnection, ViolationRule } from '../simulated-exchange.ts';
import type { ViolationLog } from '../violation-log.ts';

/** Who does not subscribe to anything for so long after the connect is disconnected. */
export const SUBSCRIBE_WITHIN_MS = 5000;
const POLICY_VIOLATION = 1008;

export interface ConnectionSurroundings {
  readonly clock: Clock;
  readonly violations: ViolationLog;
  /** A message of the client. */
  serve(connection: CoinbaseConnection, text: string): void;
  frame(topic: string, data: string): string;
  /** Told once, when the connection is over. */
  onClosed(connection: CoinbaseConnection): void;
}

/** One client's socket on either feed. */
export class CoinbaseConnection implements ConnectionHandler, SimulatedConnection, FaultableConnection {
  readonly subscriptions = new Set<string>();
  readonly path: string;
  readonly address: string;
  readonly openedAt: number;
  received = 0;
  private readonly deadline: Timer;
  private readonly latest = new Map<string, number>();
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
    this.deadline = clock.after(SUBSCRIBE_WITHIN_MS, () => {
      this.violate('subscribe-overdue', `nothing was subscribed within ${SUBSCRIBE_WITHIN_MS} ms`);
      this.close(POLICY_VIOLATION, 'No subscribe message');
    });
  }

  get sent(): number {
    return this.link.sent;
  }

  /** The client has subscribed, or has tried to. */
  hasSubscribed(): void {
    this.deadline.cancel();
  }

  /** Sends one frame of a topic, as JSON text. */
  sendData(topic: string, text: string): void {
    this.latest.set(topic, this.surroundings.clock.monotonic());
    this.link.data(topic, text);
  }

  /** When something of the topic was sent last, by the monotonic clock; before all time if never. */
  lastSent(topic: string): number {
    return this.latest.get(topic) ?? -Infinity;
  }

  forget(topic: string): void {
    this.latest.delete(topic);
  }

  violate(rule: ViolationRule, detail: string): void {
    this.surroundings.violations.add({ rule, address: this.address, connectionId: this.id, detail });
  }

  frame(topic: string, data: string): string {
    return this.surroundings.frame(topic, data);
  }

  /** Coinbase announces nothing before it closes. */
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
    this.surroundings.serve(this, text);
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
    this.deadline.cancel();
    this.link.end();
    this.surroundings.onClosed(this);
  }
}
