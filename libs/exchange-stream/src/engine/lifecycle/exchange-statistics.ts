import type { Channel } from '@exchange-stream/market-data';
import type { ConnectionState, ConnectionView } from '../connection/connection-state.ts';
import type { RotationOutcome } from '../connection/rotation/rotation.ts';
import {
  CLOSE_CODES,
  type CloseCode,
  type ConnectOutcome,
  type ExchangeCounters,
} from './exchange-counters.ts';
import { createBookCounters } from '../integrity/book-counters.ts';
import type { RequestPurpose, RequestReport } from '../requests/request-report.ts';
import type { LifecycleEvent } from './lifecycle-event.ts';
import { RequestStatistics } from './request-statistics.ts';

/** Names of ignored frames that are told apart; exchanges use a handful. */
const MAX_IGNORED_NAMES = 100;

/** What is counted of one channel: held by its flows, so that no row looks for it. */
export interface ChannelTraffic {
  /** Events built. */
  events: number;
  /** Newest distance from the exchange's time to ours in milliseconds, clocks uncorrected; undefined before there is one. */
  lagMs: number | undefined;
}

/** Counts what one exchange sends. */
export class ExchangeStatistics implements ExchangeCounters {
  frames = 0;
  bytes = 0;
  messagesSent = 0;
  losses = 0;
  instrumentFailures = 0;
  consumerFailures = 0;
  overdueConsumers = 0;
  illegalTransitions = 0;
  inconsistencies = 0;
  readonly connects: Record<ConnectOutcome, number> = {
    open: 0,
    dns: 0,
    refused: 0,
    tls: 0,
    'http-status': 0,
    timeout: 0,
    protocol: 0,
    other: 0,
  };
  readonly closes: Record<CloseCode, number> = {
    '1000': 0,
    '1001': 0,
    '1002': 0,
    '1005': 0,
    '1006': 0,
    '1008': 0,
    '1009': 0,
    '1011': 0,
    '1012': 0,
    '1013': 0,
    other: 0,
  };
  readonly logins = { accepted: 0, refused: 0, failed: 0 };
  readonly requests: Record<RequestPurpose, RequestStatistics> = {
    login: new RequestStatistics(),
    subscribe: new RequestStatistics(),
    unsubscribe: new RequestStatistics(),
    flags: new RequestStatistics(),
    rest: new RequestStatistics(),
    other: new RequestStatistics(),
  };
  readonly consumers = { conflated: 0, lost: 0, abandoned: 0 };
  readonly seeds = { loaded: 0, failed: 0 };
  readonly bookResyncs = { begun: 0, delayed: 0 };
  reconnects = 0;
  pauses = 0;
  resubscribes = 0;
  unhandled = 0;
  rejected = 0;
  undecodable = 0;
  gaps = 0;
  readonly bookBreaks = createBookCounters().breaks;
  frameGaps = 0;
  repeatedFrames = 0;
  private readonly channels = new Map<Channel, ChannelTraffic>();
  readonly rotations: Record<RotationOutcome, number> = {
    completed: 0,
    overtaken: 0,
    incomplete: 0,
    cancelled: 0,
  };
  readonly ignored = new Map<string, number>();

  get events(): Partial<Record<Channel, number>> {
    const counted = [...this.channels].filter(([, { events }]) => events > 0);
    return Object.fromEntries(counted.map(([channel, { events }]) => [channel, events]));
  }

  get lagMs(): Partial<Record<Channel, number>> {
    const known = [...this.channels].filter(([, { lagMs }]) => lagMs !== undefined);
    return Object.fromEntries(known.map(([channel, { lagMs }]) => [channel, lagMs]));
  }

  /** One for all flows of the channel. */
  of(channel: Channel): ChannelTraffic {
    let traffic = this.channels.get(channel);
    if (!traffic) this.channels.set(channel, (traffic = { events: 0, lagMs: undefined }));
    return traffic;
  }

  rotation(outcome: RotationOutcome): void {
    this.rotations[outcome]++;
  }

  /** A socket has closed. */
  closed(code: number): void {
    this.closes[CLOSE_CODES.find((known) => known === String(code)) ?? 'other']++;
  }

  /** A request has ended. */
  requested(report: RequestReport): void {
    this.requests[report.purpose].add(report);
  }

  /** Something happened that can be counted by what is told of it. */
  happened(event: LifecycleEvent): void {
    switch (event.type) {
      case 'connection':
        return this.connection(event.connection, event.previous);
      case 'pause':
        if (event.change === 'paused') this.pauses++;
        return;
      case 'seed-failed':
        this.seeds.failed++;
        return;
      case 'instruments-failed':
        this.instrumentFailures++;
        return;
      case 'consumer-failed':
        this.consumerFailures++;
        return;
      case 'consumer-overdue':
        this.overdueConsumers++;
        return;
      case 'inconsistency':
        this.inconsistencies++;
        return;
      case 'illegal-transition':
        this.illegalTransitions++;
        return;
      default:
      // Counted where it happens, or not at all.
    }
  }

  private connection({ state, failure }: ConnectionView, previous: ConnectionState): void {
    if (previous === 'open' && state === 'waiting') this.losses++;
    if (previous === 'authenticating' && state === 'open') this.logins.accepted++;
    if (previous === 'authenticating' && state === 'waiting') this.logins.failed++;
    if (previous === 'authenticating' && state === 'draining' && failure?.kind === 'login')
      this.logins.refused++;
    if (previous !== 'connecting') return;
    if (state === 'open' || state === 'authenticating') this.connects.open++;
    else if (state === 'waiting') this.connects[outcomeOf(failure)]++;
  }

  ignore(name: string): void {
    const known = this.ignored.get(name);
    const counted = known === undefined && this.ignored.size >= MAX_IGNORED_NAMES ? 'others' : name;
    this.ignored.set(counted, (this.ignored.get(counted) ?? 0) + 1);
  }
}

function outcomeOf(failure: ConnectionView['failure']): ConnectOutcome {
  // A login fails behind a handshake that did not, a URL is lacking before there is one.
  return failure && failure.kind !== 'login' && failure.kind !== 'url' ? failure.kind : 'other';
}
