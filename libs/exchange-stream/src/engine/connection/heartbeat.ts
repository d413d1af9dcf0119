import type { Clock, Timer } from '@exchange-stream/market-data';
import type { Heartbeat } from '../../contract/index.ts';
import { afterAwake } from '../liveness/awake-timer.ts';

/** How long our pings took to be answered, on the present socket. */
export interface RoundTrip {
  /** The last one, in milliseconds. */
  readonly lastMs: number;
  /** The longest. */
  readonly maxMs: number;
}

/** Watches that an open socket lives: any traffic proves it, a ping asks for proof where that is ours to do. */
export class HeartbeatWatch {
  private timer: Timer | undefined;
  private lastTraffic = 0;
  private nextPingAt = 0;
  /** A ping waits for its turn. */
  private isPingPosted = false;
  private isPaused = false;
  /** When the oldest ping left that is not answered; a peer may answer several at once. */
  private pingSentAt: number | undefined;
  private measured: RoundTrip | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly heartbeat: Heartbeat,
    /** Sends a ping when its turn comes, and tells when it has left. */
    private readonly ping: (left: () => void) => void,
    /** There was no sign of life until the deadline. */
    private readonly silent: (reason: string) => void,
  ) {}

  /** Undefined until a ping has been answered. */
  get roundTrip(): RoundTrip | undefined {
    return this.measured;
  }

  /** Milliseconds since the last sign of life; undefined while none is watched for. */
  get lifelessMs(): number | undefined {
    return this.timer && this.clock.monotonic() - this.lastTraffic;
  }

  start(): void {
    this.stop();
    this.traffic();
    this.measured = undefined;
    this.nextPingAt = this.clock.monotonic() + this.heartbeat.intervalMs;
    this.watch(0);
  }

  /** Silence proves nothing for a while. Pings go on where they are ours to send: who owes them is cut off in a pause too. */
  pause(): void {
    this.isPaused = true;
    this.goOn();
  }

  /** What comes is expected again. */
  resume(): void {
    this.isPaused = false;
    this.traffic();
    this.goOn();
  }

  /** A sign of life has come. @param at by the monotonic clock */
  traffic(at = this.clock.monotonic()): void {
    this.lastTraffic = at;
  }

  /** A ping has been answered; an answer to none is traffic and nothing more. */
  pong(): void {
    this.traffic();
    if (this.pingSentAt === undefined) return;
    const lastMs = this.lastTraffic - this.pingSentAt;
    this.pingSentAt = undefined;
    this.measured = { lastMs, maxMs: Math.max(lastMs, this.measured?.maxMs ?? 0) };
  }

  stop(): void {
    this.timer?.cancel();
    this.timer = this.pingSentAt = undefined;
    this.isPingPosted = this.isPaused = false;
  }

  /** Nothing of what waited is sent: a ping among it is due anew. */
  private goOn(): void {
    if (this.isPingPosted) this.nextPingAt = this.clock.monotonic();
    this.isPingPosted = false;
    this.timer?.cancel();
    this.watch(0);
  }

  /**
   * One timer, set anew for the rest of the deadline, instead of one per frame. Time in which the process was blocked
   * counts for nothing.
   */
  private watch(blockedMs: number, isSecondLook = false): void {
    const { sender, intervalMs, deadlineMs } = this.heartbeat;
    const now = this.clock.monotonic();
    this.lastTraffic = Math.min(now, this.lastTraffic + blockedMs);
    const untilDeadline = this.isPaused ? Infinity : this.lastTraffic + deadlineMs - now;
    if (untilDeadline <= 0) {
      if (isSecondLook && blockedMs === 0) return this.silent(`no sign of life for ${deadlineMs} ms`);
      // What waits at the socket is read before the second look.
      this.timer = afterAwake(this.clock, 0, (blocked) => this.watch(blocked, true));
      return;
    }
    let waitMs = untilDeadline;
    if (sender === 'client') {
      if (now >= this.nextPingAt) this.ask(now + intervalMs);
      waitMs = Math.min(waitMs, this.nextPingAt - now);
    }
    if (waitMs === Infinity) return;
    this.timer = afterAwake(this.clock, waitMs, (blocked) => this.watch(blocked));
  }

  private ask(nextPingAt: number): void {
    this.nextPingAt = nextPingAt;
    if (this.isPingPosted) return;
    this.isPingPosted = true;
    this.ping(() => {
      this.isPingPosted = false;
      this.pingSentAt ??= this.clock.monotonic();
    });
  }
}
