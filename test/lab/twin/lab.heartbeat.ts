import type { Clock, Timer } from '@exchange-stream/market-data';
import type { ViolationRule } from '@exchange-stream/simulator';
import type { HeartbeatDialect } from './lab.options.ts';

const QUESTION_INTERVAL_MS = 20_000;
const PONG_DEADLINE_MS = 60_000;
const TEST_DEADLINE_MS = 10_000;
const CLIENT_PING_INTERVAL_MS = 30_000;

/** What the heartbeat of one connection can do. */
export interface HeartbeatActions {
  ping(payload: string): void;
  send(text: string): void;
  /** The client owes a sign of life. */
  overdue(rule: ViolationRule, detail: string): void;
}

/** Who asks whom for a sign of life on one connection, and how long the answer may take. */
export class LabHeartbeat {
  private readonly timers = new Set<Timer>();
  /** Questions that wait for their answer, oldest first. */
  private readonly open = new Map<string, Timer>();
  private questions = 0;
  private clientDeadline: Timer | undefined;

  constructor(
    private readonly dialect: HeartbeatDialect,
    private readonly clock: Clock,
    private readonly actions: HeartbeatActions,
  ) {
    if (dialect === 'text' || dialect === 'json') this.clientAsked();
    else this.askLater();
  }

  /** The client sent its ping. */
  clientAsked(): void {
    this.clientDeadline?.cancel();
    this.clientDeadline = this.clock.after(CLIENT_PING_INTERVAL_MS, () =>
      this.actions.overdue('ping-overdue', `no ping for ${CLIENT_PING_INTERVAL_MS} ms`),
    );
  }

  /** The client answered a question; earlier ones are answered with it. */
  answered(question: string): void {
    if (!this.open.has(question)) return;
    for (const [asked, deadline] of this.open) {
      deadline.cancel();
      this.open.delete(asked);
      if (asked === question) return;
    }
  }

  stop(): void {
    this.clientDeadline?.cancel();
    for (const timer of [...this.timers, ...this.open.values()]) timer.cancel();
    this.timers.clear();
    this.open.clear();
  }

  private askLater(): void {
    const timer = this.clock.after(QUESTION_INTERVAL_MS, () => {
      this.timers.delete(timer);
      this.askLater();
      this.ask();
    });
    this.timers.add(timer);
  }

  private ask(): void {
    const question = String(++this.questions);
    const deadlineMs = this.dialect === 'websocket' ? PONG_DEADLINE_MS : TEST_DEADLINE_MS;
    const overdue = (): void =>
      this.actions.overdue('pong-timeout', `a question stayed unanswered for ${deadlineMs} ms`);
    this.open.set(question, this.clock.after(deadlineMs, overdue));
    if (this.dialect === 'websocket') this.actions.ping(question);
    else this.actions.send(JSON.stringify({ test: Number(question) }));
  }
}
