import type { Clock, Timer } from '@exchange-stream/market-data';
import type { PeerConnection } from '../simulated-exchange.ts';
import type { FaultDirector } from './fault-director.ts';
import type { Answer, AnswerableLogin, AnswerableRequest } from './faultable-exchange.ts';
import type { FaultOf } from './fault.ts';
import { corrupted } from './frame-corruption.ts';
import type { LiveFault } from './live-fault.ts';

/**
 * Gives a frame its number in the count of all frames of one connection, for exchanges that have one. Frames are counted as
 * they leave, lost ones too; those that a stall swallows never were on their way.
 */
export type Numbering = (text: string) => string;

/** Of a topic in which frames were delayed: one of them, or one behind them. */
interface DelayedFrame {
  readonly text: string;
  mayGo: boolean;
}

/** The exchange's way to one client: everything it sends passes here, and here faults strike. */
export class FaultyLink {
  readonly path: string;
  readonly address: string;
  /** Data frames and replies that left. */
  sent = 0;
  private readonly timers = new Set<Timer>();
  /** Frames that were delayed, by their topic, oldest first. */
  private readonly delayed = new Map<string, DelayedFrame[]>();
  private readonly floodPings = new Set<string>();
  private floods = 0;
  private ended = false;

  constructor(
    private readonly connectionId: number,
    private readonly peer: PeerConnection,
    private readonly director: FaultDirector,
    private readonly clock: Clock,
    private readonly numbered: Numbering = (text) => text,
  ) {
    this.path = peer.path;
    this.address = peer.address;
  }

  /** Sends one frame of a topic. */
  data(topic: string, text: string): void {
    if (this.ended) return;
    const live = this.director.strikeFrame(topic, text, this.connectionId);
    if (live === undefined) return this.transmitInTurn(topic, text);
    const sent = this.strike(live, topic, text);
    live.hit({ connectionId: this.connectionId, topic, text: sent });
  }

  /** Does what a client asks, and says so. */
  answer(request: AnswerableRequest): void {
    const live = this.director.strikeRequest(request, this.connectionId);
    if (this.ended) return;
    if (live === undefined) {
      this.transmit(request.perform());
      request.follow?.();
      return;
    }
    const { fault } = live;
    switch (fault.type) {
      case 'lose-ack':
        request.perform();
        request.follow?.();
        break;
      case 'delay-ack': {
        const answer = request.perform();
        this.after(fault.delayMs, () => {
          this.transmit(request.restated?.(answer) ?? answer);
          request.follow?.();
        });
        break;
      }
      case 'repeat-ack': {
        const answer = request.perform();
        this.transmit(answer);
        this.transmit(answer);
        request.follow?.();
        break;
      }
      case 'misdirect-ack':
        request.perform();
        this.transmit(request.strayAcknowledgement());
        request.follow?.();
        break;
      case 'ack-then-error':
        this.transmit(request.acknowledgement());
        this.transmit(request.refusal());
        break;
      case 'ignore-requests':
        this.transmit(request.acknowledgement());
        break;
      case 'refuse-subscriptions':
        this.transmit(refusalOf(request, fault));
    }
    live.hit({ connectionId: this.connectionId, text: request.topics.join(',') });
  }

  /** Lets a client log in, or not. */
  login(attempt: AnswerableLogin): void {
    const live = this.director.strikeLogin(this.connectionId);
    if (live === undefined) return this.transmit(attempt.perform());
    const { fault } = live;
    if (fault.type === 'refuse-logins') this.transmit(attempt.refusal(fault.temporary));
    else {
      const answer = attempt.perform();
      this.after(fault.delayMs, () => this.transmit(answer));
    }
    live.hit({ connectionId: this.connectionId });
  }

  /** Sends without meeting a fault: one frame, or one after another. */
  transmit(payload: Answer): void {
    if (this.ended) return;
    if (isList(payload)) for (const text of payload) this.send(this.numbered(text));
    else this.send(this.numbered(payload));
  }

  ping(payload: string): void {
    this.peer.ping(payload);
  }

  flood(pings: number): void {
    const flood = ++this.floods;
    for (let ping = 1; ping <= pings; ping++) {
      const payload = `flood ${flood}.${ping}`;
      this.floodPings.add(payload);
      this.peer.ping(payload);
    }
  }

  /** Whether a pong was provoked by a flood; each ping excuses one. */
  excuses(pong: string): boolean {
    return this.floodPings.delete(pong);
  }

  close(code: number | undefined, reason: string): void {
    this.peer.close(code, reason);
  }

  closeMalformed(): void {
    this.peer.closeMalformed();
  }

  terminate(): void {
    this.peer.terminate();
  }

  /** The connection is over: nothing leaves any more, and nothing waits. */
  end(): void {
    this.ended = true;
    for (const timer of this.timers) timer.cancel();
    this.timers.clear();
    this.delayed.clear();
    this.floodPings.clear();
  }

  /** @returns the frame as it was meant to be sent */
  private strike(live: LiveFault<FaultOf<'frame'>>, topic: string, unnumbered: string): string {
    const { fault } = live;
    if (fault.type === 'stall') return unnumbered;
    if (fault.type === 'delay-frames') {
      this.transmitLater(topic, unnumbered, fault.delayMs);
      return unnumbered;
    }
    const text = this.numbered(unnumbered);
    switch (fault.type) {
      case 'drop-frames':
        break;
      case 'duplicate-frames':
        this.send(text);
        this.send(text);
        break;
      case 'corrupt-frames':
        this.send(corrupted(text, fault.how));
        break;
      case 'spoil-books':
        this.send(this.director.spoiledBook(topic, text, fault.how) ?? text);
        break;
      case 'reorder-frames':
        this.director.hold(live, () => this.send(text));
    }
    return text;
  }

  /** Behind what of the topic is still to come. */
  private transmitInTurn(topic: string, text: string): void {
    const before = this.delayed.get(topic);
    if (before === undefined) this.transmit(text);
    else before.push({ text, mayGo: true });
  }

  private transmitLater(topic: string, text: string, delayMs: number): void {
    const frames = this.delayed.get(topic) ?? [];
    const frame: DelayedFrame = { text, mayGo: false };
    frames.push(frame);
    this.delayed.set(topic, frames);
    this.after(delayMs, () => {
      frame.mayGo = true;
      while (frames[0]?.mayGo === true) this.transmit(frames.shift()?.text ?? '');
      if (frames.length === 0) this.delayed.delete(topic);
    });
  }

  private send(payload: string | Uint8Array): void {
    if (this.ended) return;
    this.sent++;
    if (typeof payload === 'string') this.peer.send(payload);
    else this.peer.sendBytes(payload);
  }

  private after(delayMs: number, task: () => void): void {
    const timer = this.clock.after(delayMs, () => {
      this.timers.delete(timer);
      task();
    });
    this.timers.add(timer);
  }
}

/** Of the topic that is named, where the others can be served all the same. */
function refusalOf(
  request: AnswerableRequest,
  { topic, temporary }: Extract<FaultOf<'request'>, { type: 'refuse-subscriptions' }>,
): Answer {
  if (topic === undefined) return request.refusal(temporary);
  return request.refusalOf?.(topic, temporary) ?? request.refusal(temporary);
}

/** `Array.isArray` does not narrow a readonly array away. */
function isList(payload: Answer): payload is readonly string[] {
  return Array.isArray(payload);
}
