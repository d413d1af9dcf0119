import type { Clock } from '@exchange-stream/market-data';
import type { SocketEndpoint } from '../../contract/index.ts';
import type { Platform } from '../platform/platform.ts';
import { shownProxy } from '../route/proxy-url.ts';
import type { Route } from '../route/exchange-route.ts';
import { Answers } from './answers.ts';
import { Backoff } from './backoff.ts';
import { describeClose, minDelayAfter } from './close-policy.ts';
import type { ConnectBudget } from './connect-budget.ts';
import type { ConnectionFailure, ConnectionState, ConnectionView } from './connection-state.ts';
import { ConnectionTraffic } from './connection-traffic.ts';
import { DialAddress } from './dial-address.ts';
import type { Grant } from '../limits/budget.ts';
import { asHandshakeError, HandshakeError } from './handshake-error.ts';
import { HeartbeatWatch } from './heartbeat.ts';
import { describeInquiry, Inquiry } from './inquiry.ts';
import { Outbox } from './outbox.ts';
import type { Socket, SocketOwner } from './socket.ts';

/** What a connection is made with. */
export interface ConnectionSettings {
  /** `binance/public/1`. */
  readonly id: string;
  readonly exchange: string;
  /** Key of the endpoint in the adapter's declaration. */
  readonly endpointKey: string;
  readonly endpoint: SocketEndpoint;
  /** Whose connection it is, where it logs in. */
  readonly account?: string;
  /** Where to dial, asked anew before each attempt. */
  readonly route: () => Route;
  /**
   * Where to dial, in place of the route's URLs, where that has to be asked for anew before each attempt. As it may hold
   * a token, only its origin is shown.
   */
  readonly findUrl?: (preferred: string) => string | Promise<string>;
  /** How long that may take. Default `handshakeTimeoutMs`. */
  readonly urlDeadlineMs?: number;
  readonly handshakeTimeoutMs: number;
  readonly maxFrameBytes: number;
  readonly closeDeadlineMs: number;
  readonly backoffInitialMs: number;
  readonly backoffMaxMs: number;
  readonly healthyAfterMs: number;
}

/** Who uses the connection. */
export interface ConnectionUser {
  /**
   * A fresh socket has to prove who we are before it is of use: `authenticated` or `deny` follows, or `recycle` to try
   * again. Without this method, connections are open at once.
   */
  authenticate?(url: string): void;
  /** A fresh socket is open, and logged in where that is needed. */
  opened(url: string): void;
  /** A frame has left the socket. */
  frame(data: Buffer, binary: boolean, receivedAt: number): void;
  /** The open socket is gone; another follows unless the connection is closing. */
  lost(reason: string): void;
  /** A text from outside without what must not be shown. */
  redact?(text: string): string;
  /** A socket has closed with this code, open before or not. */
  closed(code: number): void;
  changed(previous: ConnectionState): void;
  /** The frame that asks for a sign of life in the exchange's own words; without one, a WebSocket ping is sent. */
  pingFrame?(): string | undefined;
  /** A message goes out, whatever it is: the exchange counts it. */
  sent?(): void;
}

/**
 * One socket to one endpoint, kept open: it dials within the exchange's connect budget, watches for silence, and comes
 * back after every loss until it is closed.
 */
export class Connection {
  /** What leaves it, within the budgets of the connection and of its address. */
  readonly outbox: Outbox;
  private readonly clock: Clock;
  private readonly backoff: Backoff;
  private readonly heartbeat: HeartbeatWatch;
  private readonly address: DialAddress;
  private readonly traffic: ConnectionTraffic;
  private readonly urlInquiry: Inquiry<string>;
  private readonly answers: Answers;
  private current: ConnectionState = 'idle';
  private since: number;
  private reason = 'not yet needed';
  /** How the last handshake or login failed. */
  private failure: ConnectionFailure | undefined;
  /** Why the connection closes, when it does. */
  private farewell: string | undefined;
  private socket: Socket | undefined;
  /** Distinguishes the present socket from its forerunners, whose late calls count for nothing. */
  private generation = 0;
  private cancelWait: (() => void) | undefined;
  /** When the exchange lets us come back at the earliest, by the monotonic clock. */
  private notBefore = 0;
  /** The next attempt has been put off for our own reasons only. */
  private backsOff = false;
  /** The exchange pauses: told by the last socket that was open. */
  private isPaused = false;
  private newestFrameTime = 0;
  private newestFrameAt = 0;
  private url = '';
  /** Of the route's URLs the one that it was dialled by. */
  private base = '';
  private proxy: string | undefined;
  private whenClosed: (() => void)[] = [];

  constructor(
    private readonly settings: ConnectionSettings,
    private readonly platform: Platform,
    private readonly connects: ConnectBudget,
    private readonly user: ConnectionUser,
  ) {
    this.clock = platform.clock;
    this.since = this.clock.now();
    this.backoff = new Backoff(settings.backoffInitialMs, settings.backoffMaxMs, platform.random);
    this.traffic = new ConnectionTraffic(this.clock);
    this.address = new DialAddress(settings.route, settings.findUrl !== undefined);
    this.urlInquiry = new Inquiry(this.clock);
    const { exchange, endpoint } = settings;
    this.outbox = new Outbox(platform.budgets.messages(exchange, endpoint, settings.account), this.clock);
    this.answers = new Answers(this.clock, this.outbox, endpoint);
    this.heartbeat = new HeartbeatWatch(
      this.clock,
      endpoint.heartbeat,
      (left) => this.ping(left),
      (reason) => this.giveUp(reason),
    );
  }

  get id(): string {
    return this.settings.id;
  }

  get state(): ConnectionState {
    return this.current;
  }

  /** The socket has opened, logged in or not yet. */
  get isUp(): boolean {
    return this.current === 'open' || this.current === 'authenticating';
  }

  /** Whether the last socket was dialled the way that is preferred now. */
  get isOnRoute(): boolean {
    const { urls, proxy } = this.settings.route();
    return this.base === urls[0] && this.proxy === proxy;
  }

  /** When the newest frame left the socket, by the monotonic clock. */
  get frameAt(): number {
    return this.newestFrameAt;
  }

  /** How often it came back after it was lost. */
  get reconnects(): number {
    return this.traffic.reconnects;
  }

  view(): Omit<ConnectionView, 'topics'> {
    const { roundTrip } = this.heartbeat;
    return {
      id: this.id,
      exchange: this.settings.exchange,
      endpoint: this.settings.endpointKey,
      url: this.address.shown(this.url || this.address.url),
      ...(this.proxy !== undefined && { proxy: shownProxy(this.proxy) }),
      state: this.current,
      since: this.since,
      reason: this.reason,
      ...(this.failure && { failure: this.failure }),
      attempts: this.backoff.attempts,
      ...(roundTrip && { roundTripMs: roundTrip.lastMs, roundTripMaxMs: roundTrip.maxMs }),
      ...this.traffic.view(),
    };
  }

  /** Whether it waits before it dials again, for reasons of its own. */
  get isBackingOff(): boolean {
    return this.backsOff;
  }

  /** Whether anything is to happen that takes it on: a deadline, an answer, its turn in the connect budget. */
  get awaits(): boolean {
    return this.cancelWait !== undefined;
  }

  /** Milliseconds since the last sign of life; undefined while none is due. */
  get lifelessMs(): number | undefined {
    return this.heartbeat.lifelessMs;
  }

  /** Begins to connect, and stays connected until `close`. */
  open(): void {
    if (this.current === 'idle') this.approach('needed');
  }

  /** Sends a frame now; the caller has paced it. Returns whether an open socket has taken it. */
  send(frame: string): boolean {
    if (!this.isUp || !this.socket) return false;
    this.user.sent?.();
    this.socket.send(frame);
    return true;
  }

  /** Nothing is asked and no sign of life is expected for a while, until `resume`; says so. */
  pause(reason: string): void {
    if (this.current !== 'open') return;
    this.isPaused = true;
    this.hush();
    this.heartbeat.pause();
    this.reason = reason;
  }

  resume(reason: string): void {
    if (this.current !== 'open') return;
    this.isPaused = false;
    this.hush();
    this.heartbeat.resume();
    this.reason = reason;
  }

  /** Sends, within the limits and ahead of requests, what the exchange expects in return for a frame. */
  answer(frame: string): void {
    this.answers.frame(() => this.send(frame));
  }

  /** The exchange has answered a ping in a frame. */
  pong(): void {
    this.heartbeat.pong();
  }

  /** Gives up the present socket and connects anew. */
  recycle(reason: string, failure?: ConnectionFailure): void {
    if (!this.isUp) return;
    this.failure = failure ?? this.failure;
    this.giveUp(reason);
  }

  /** Gives up whatever it is stuck in and dials anew; one that closes is cut. */
  restart(reason: string): void {
    if (this.current !== 'idle' && !this.isClosed) this.giveUp(reason);
  }

  /** The exchange knows who we are. */
  authenticated(): void {
    if (this.current === 'authenticating') this.ready('logged in');
  }

  /** The exchange does not let us in, and would not next time: what is shown until the connection is closed. */
  deny(reason: string, failure: ConnectionFailure): void {
    this.farewell = reason;
    this.failure = failure;
  }

  /**
   * The way to the exchange has changed: leaves the present socket, or attempt, for the new way, the preferred URL first.
   * Past failures belong to the old way; the budget and what the exchange asked of us hold.
   */
  reroute(reason: string): void {
    this.address.prefer();
    this.backoff.reset();
    // Idle, closing, or already waiting for the budget: the next attempt takes the new way anyway.
    if (this.current === 'draining' || (!this.socket && !this.backsOff)) return;
    const { isUp } = this;
    this.socket?.terminate();
    this.release();
    if (isUp) this.user.lost(reason);
    if (this.isClosed) return;
    this.waitToDial(reason, Math.max(0, this.notBefore - this.clock.monotonic()));
  }

  /** Closes for good: with the close handshake, or without one when the deadline passes. */
  close(deadlineMs: number): Promise<void> {
    if (this.current === 'closed') return Promise.resolve();
    return new Promise((resolve) => {
      this.whenClosed.push(resolve);
      if (this.current === 'draining') return;
      this.cancelWaiting();
      const { socket } = this;
      if (!socket) return this.finish('closed');
      if (!this.isUp) {
        // No handshake yet, so there is nobody to take leave of.
        socket.terminate();
        return this.finish('closed');
      }
      this.enter('draining', this.farewell ?? 'closing');
      const timer = this.clock.after(deadlineMs, () => {
        socket.terminate();
        this.finish('the exchange did not answer the close in time');
      });
      this.cancelWait = () => timer.cancel();
      socket.close(1000, '');
    });
  }

  private get owner(): SocketOwner {
    return {
      exchange: this.settings.exchange,
      connection: this.id,
      isLoggingIn: () => this.current === 'authenticating',
      redact: (text) => this.user.redact?.(text) ?? text,
    };
  }

  private ping(left: () => void): void {
    this.outbox.post('heartbeat', 1, () => {
      const frame = this.user.pingFrame?.();
      if (frame === undefined) this.sendPing();
      else this.send(frame);
      left();
    });
  }

  private sendPing(): void {
    this.user.sent?.();
    this.socket?.ping();
  }

  private sendPong(payload: Uint8Array): void {
    this.user.sent?.();
    this.socket?.pong(payload);
  }

  private get isClosed(): boolean {
    return this.current === 'closed';
  }

  /** The budget first: a URL that had to wait for it may hold a token that is too old by then. */
  private approach(reason: string): void {
    let granted = false;
    const cancel = this.connects.request((grant) => {
      granted = true;
      this.granted(reason, grant);
    });
    if (granted) return;
    this.cancelWait = cancel;
    this.enter('waiting', `${reason}; waits for the connect budget`);
  }

  private granted(reason: string, grant: Grant | undefined): void {
    const { findUrl, handshakeTimeoutMs, urlDeadlineMs = handshakeTimeoutMs } = this.settings;
    if (!findUrl) return this.dial();
    const cancel = (): void => {
      this.urlInquiry.giveUp();
      grant?.giveBack();
    };
    this.cancelWait = cancel;
    this.enter('waiting', `${reason}; waits for its URL`);
    // Whoever was told may have closed it, or begun anew.
    if (this.cancelWait !== cancel) return;
    this.urlInquiry.ask(
      () => findUrl(this.address.base),
      urlDeadlineMs,
      (url) => {
        if (!this.address.find(url)) this.lacksUrl('what was given as its URL is no ws:// or wss:// URL');
        // The dial counts from now on. Where it took so long that others have had its place, it takes its turn again.
        else if (grant?.useNow() ?? true) this.dial();
        else this.approach(reason);
      },
      (error) => this.lacksUrl(`its URL could not be had (${describeInquiry(error)})`),
    );
  }

  private lacksUrl(reason: string): void {
    const previous = this.current;
    this.failure = { kind: 'url' };
    this.dropped(reason);
    // It waits as it did before, but there is something to tell.
    if (this.current === previous) this.user.changed(previous);
  }

  private dial(): void {
    const generation = ++this.generation;
    const present = (): boolean => generation === this.generation;
    let failure: Error | undefined;
    const { handshakeTimeoutMs, maxFrameBytes, closeDeadlineMs, endpoint } = this.settings;
    ({ url: this.url, proxy: this.proxy } = this.address);
    this.enter('connecting', 'dialling');
    // Whoever was told may have closed it, or changed the way.
    if (!present()) return;
    const { url, proxy } = this.address;
    this.url = url;
    this.base = this.address.base;
    this.proxy = proxy;
    this.socket = this.platform.sockets.open(
      url,
      {
        handshakeTimeoutMs,
        maxFrameBytes,
        closeDeadlineMs,
        ...(proxy !== undefined && { proxy }),
        ...(endpoint.compression === 'permessage-deflate' && { permessageDeflate: true }),
        owner: this.owner,
      },
      {
        onOpen: () => {
          if (present()) this.opened();
        },
        onFrame: (data, binary) => {
          if (present()) this.received(data, binary);
        },
        onPing: (payload) => {
          if (!present()) return;
          this.heartbeat.traffic();
          if (this.isUp) this.answers.pong(() => this.sendPong(payload));
        },
        onPong: () => {
          if (present()) this.heartbeat.pong();
        },
        onError: (error) => {
          failure = error;
          // Nothing more comes from it, so there is no reason to wait until the peer has answered our close.
          if (present() && this.isUp) this.dropped(error.message);
        },
        onClose: (code, reason) => {
          if (!present()) return;
          this.user.closed(code);
          this.ended(code, reason, failure);
        },
      },
    );
    // The factory has a deadline of its own; this one holds even when a socket never calls back.
    const timer = this.clock.after(handshakeTimeoutMs, () => {
      this.socket?.terminate();
      this.refused(new HandshakeError('timeout', `no open socket within ${handshakeTimeoutMs} ms`));
    });
    this.cancelWait = () => timer.cancel();
  }

  private opened(): void {
    this.cancelWaiting();
    this.isPaused = false;
    this.traffic.opened();
    this.heartbeat.start();
    if (!this.user.authenticate) return this.ready('connected');
    this.enter('authenticating', 'logging in');
    // Whoever was told may have closed it.
    if (this.isUp) this.user.authenticate(this.url);
  }

  private ready(reason: string): void {
    this.failure = undefined;
    this.enter('open', reason);
    if (this.isUp) this.user.opened(this.url);
  }

  private received(data: Buffer, binary: boolean): void {
    const now = this.clock.now();
    // Read once for all who watch, and once for all frames of a millisecond.
    if (now !== this.newestFrameTime) {
      this.newestFrameTime = now;
      this.newestFrameAt = this.clock.monotonic();
      this.heartbeat.traffic(this.newestFrameAt);
    }
    this.traffic.received(data.length, now);
    if (this.isUp) this.user.frame(data, binary, now);
  }

  /** The socket has closed. */
  private ended(code: number, reason: string, failure: Error | undefined): void {
    const refusal = failure && asHandshakeError(failure);
    if (refusal) this.refused(refusal);
    else if (failure) this.dropped(failure.message);
    else {
      this.connects.closed(code);
      this.dropped(describeClose(code, reason), minDelayAfter(code, this.settings.endpoint.closePolicy));
    }
  }

  private refused(error: HandshakeError): void {
    this.failure = error.failure;
    this.connects.refused(error);
    this.dropped(error.message);
  }

  private giveUp(reason: string): void {
    this.socket?.terminate();
    this.dropped(reason);
  }

  /** The socket is gone, or given up. */
  private dropped(cause: string, closeDelayMs = 0): void {
    const { pausedRedialMs = 0 } = this.settings.endpoint;
    const minDelayMs = Math.max(closeDelayMs, this.isPaused ? pausedRedialMs : 0);
    const previous = this.current;
    const wasUp = this.isUp;
    const reason = this.user.redact?.(cause) ?? cause;
    this.release();
    if (previous === 'draining') return this.finish(this.farewell ?? 'closed');
    // A socket that waited for its login only has proved nothing.
    if (previous === 'open' && this.traffic.heldMs >= this.settings.healthyAfterMs) {
      this.backoff.reset();
      this.address.prefer();
    } else {
      this.address.failOver();
    }
    if (wasUp) {
      this.user.lost(reason);
      // The user may have closed it meanwhile.
      if (this.isClosed) return;
    }
    this.notBefore = this.clock.monotonic() + minDelayMs;
    this.waitToDial(reason, this.backoff.next(minDelayMs));
  }

  private waitToDial(reason: string, delayMs: number): void {
    this.cancelWaiting();
    this.enter('waiting', reason);
    // Whoever was told may have closed it.
    if (this.isClosed) return;
    this.backsOff = true;
    const timer = this.clock.after(delayMs, () => {
      this.backsOff = false;
      this.approach(reason);
    });
    this.cancelWait = () => timer.cancel();
  }

  private release(): void {
    this.generation++;
    this.socket = undefined;
    this.cancelWaiting();
  }

  private cancelWaiting(): void {
    this.cancelWait?.();
    this.cancelWait = undefined;
    this.backsOff = false;
    this.heartbeat.stop();
    this.hush();
  }

  /** Nothing of what waits for the message budget is sent. */
  private hush(): void {
    this.answers.stop();
    this.outbox.clear();
  }

  private finish(reason: string): void {
    this.release();
    this.enter('closed', reason);
    for (const resolve of this.whenClosed.splice(0)) resolve();
  }

  private enter(state: ConnectionState, reason: string): void {
    const previous = this.current;
    this.reason = reason;
    if (state === previous) return;
    this.current = state;
    this.since = this.clock.now();
    this.user.changed(previous);
  }
}
