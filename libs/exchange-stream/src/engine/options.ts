import type { Environment, ExchangeAdapter } from '../contract/index.ts';
import type { CredentialsProvider, CredentialsSource } from './credentials/credentials-source.ts';
import type { ConnectionDefinition } from './custom-connection/connection-definition.ts';
import type { UpdateSortingSetting } from './integrity/update-sorting.ts';
import type { RequestReporter } from './requests/request-report.ts';
import type { InstrumentStore } from './instrument-store/instrument-store.ts';
import type { DefaultSubscription } from './subscription/subscription-template.ts';
import type { TransportLog } from './transport-log/transport-log.ts';

/** How to talk to one exchange. */
export interface ExchangeSettings {
  /** Default `live`. */
  readonly environment?: Environment;
  /**
   * Base URLs (scheme, host, port) in place of the exchange's own, by endpoint key of the adapter, or `rest`. Several are
   * tried in turn.
   */
  readonly urls?: Readonly<Record<string, string | readonly string[]>>;
  /**
   * Proxy for the sockets and requests of this exchange, in place of `ExchangeStreamOptions.proxy`: `http://`, `https://`
   * or `socks5://`, with `user:password@` where it asks for it. `direct` goes without one.
   */
  readonly proxy?: string;
  /** Who we are there, for the endpoints that want a login: the account of subscriptions that name none. */
  readonly credentials?: CredentialsSource;
  /** Further accounts there, by name. Subscriptions name theirs by the parameter `account`. */
  readonly accounts?: Readonly<Record<string, CredentialsSource>>;
  /**
   * For an exchange whose market always moves: a connection that brings no data for so long is given up for a fresh one,
   * whatever pauses were seen before. Without it, `EngineTuning.trafficTimeoutMs` holds, which is patient.
   */
  readonly trafficTimeoutMs?: number;
  /**
   * Where updates of books come out of order by a little: by what they are put in order before they are applied (`id`, the
   * default, or `time`), how many may wait for one that belongs before them (5) and how long each may, in milliseconds
   * (200). `off`: they are applied as they come, whatever the adapter says. Without it, its rule holds, if it has one.
   */
  readonly sortBookUpdates?: UpdateSortingSetting;
  /** Whether answers that nobody waits for, or too late, are reported (`frame-problem`). Default `true`. */
  readonly requireMatch?: boolean;
  /** Is told of every request of this exchange, in place of the stream's own reporter. */
  readonly requestReporter?: RequestReporter;
  /** Connections of your own beside those of the exchange. */
  readonly connections?: readonly ConnectionDefinition[];
}

/** How patient the engine is. Every value is in milliseconds, in bytes or a number of things, as its name says. */
export interface EngineTuning {
  /** From dialling to an open socket. Default 10,000. */
  readonly handshakeTimeoutMs?: number;
  /**
   * Largest frame taken, as it comes and unpacked; beyond, the connection is dropped (with code 1009, unless it was for
   * what a frame unpacks to). An exchange that sends larger ones may (`SocketEndpoint.largestFrameBytes`). Default 8 MiB:
   * above the snapshots of most exchanges, and unpacked in a moment.
   */
  readonly maxFrameBytes?: number;
  /** Upper bound of the first wait before reconnecting; doubles with every attempt. Default 500. */
  readonly backoffInitialMs?: number;
  /** Upper bound of any wait before reconnecting. Default 30,000. */
  readonly backoffMaxMs?: number;
  /** How long a connection must hold before its failures are forgotten. Default 60,000. */
  readonly healthyAfterMs?: number;
  /**
   * How long an open connection may bring no data before it is given up for a fresh one; longer where the market was seen
   * to pause, and doubled each time that did not help, up to an hour. Default 120,000.
   */
  readonly trafficTimeoutMs?: number;
  /**
   * How much later than at best data may arrive, by the exchange's own times, before it is `stale`; it is live again when
   * it has caught up. Trades, and values that are whole by themselves (ticker, quotes, candles), go on to consumers after
   * the status, each with its `exchangeTime`; `latest()` gives none meanwhile. Books are withheld, and begin anew with a
   * snapshot. Default 5,000.
   */
  readonly maxLagMs?: number;
  /** Frames that cannot be decoded, within the window, before the connection is given up for a fresh one. Default 20. */
  readonly undecodableFrames?: number;
  /** Length of that window. Default 60,000. */
  readonly undecodableWindowMs?: number;
  /**
   * How long the exchange may pause on a connection before that is given up for a fresh one. Default 600,000, ten
   * minutes.
   */
  readonly pauseDeadlineMs?: number;
  /**
   * How long a connection that is to be replaced may take to hand everything over; what is left then stays on it until
   * the next try. Default 600,000, ten minutes.
   */
  readonly rotationDeadlineMs?: number;
  /** Requests of users on one connection that may wait for their answers at once. Default 1,000. */
  readonly pendingRequests?: number;
  /**
   * How long a handler or listener may take over one event, while its promise is open, before that is told
   * (`consumer-overdue`, `listener-overdue`). Default 30,000.
   */
  readonly consumerDeadlineMs?: number;
  /**
   * How long trades may wait for missed ones that are asked for by REST. What is not there by then is told as a gap that stays
   * open. 0: nothing is asked for. Default 15,000.
   */
  readonly tradeBackfillMs?: number;
  /** Deadline of one REST request. Default 10,000. */
  readonly restTimeoutMs?: number;
  /** How often to ask again what the exchange trades, give or take a tenth. Default 3,600,000. */
  readonly instrumentsRefreshMs?: number;
  /** How long `close()` may take before sockets are cut. Default 5,000. */
  readonly closeDeadlineMs?: number;
}

/** What an exchange stream is made of. */
export interface ExchangeStreamOptions {
  readonly exchanges: readonly ExchangeAdapter[];
  /** Name of this instance, to tell several in one application apart. Default `default`. */
  readonly name?: string;
  /** Kept subscribed from start to close, or until `setDefaults` replaces them. */
  readonly subscriptions?: readonly DefaultSubscription[];
  /** By exchange id. */
  readonly settings?: Readonly<Record<string, ExchangeSettings>>;
  /**
   * Proxy for the sockets and requests of every exchange whose settings name none. Names of exchanges are resolved by the
   * proxy; TLS is checked end to end. Environment variables such as `HTTPS_PROXY` are not read.
   */
  readonly proxy?: string;
  readonly tuning?: EngineTuning;
  /** Who has the credentials of accounts for which the settings have none, by exchange and account. */
  readonly credentialsProvider?: CredentialsProvider;
  /** Remembers what exchanges trade, so that one which is down at the start can be subscribed all the same. */
  readonly instrumentStore?: InstrumentStore;
  /**
   * Is told everything that goes over the sockets, frame by frame and redacted: for finding out what an exchange really
   * says, not for everyday. What it throws or rejects with is reported and harms no one; while a promise of it is open,
   * entries wait for it, 10,000 at most.
   */
  readonly transportLog?: TransportLog;
  /**
   * Is told of every request when it has ended: logins, requests for topics, messages of users. The counters have them in
   * any case. What it throws or rejects with is reported and harms no one; while a promise of it is open, reports wait for
   * it, 10,000 at most.
   */
  readonly requestReporter?: RequestReporter;
}

/** Every value that was left out, filled in. */
export function withDefaults(tuning: EngineTuning = {}): Required<EngineTuning> {
  const given = Object.fromEntries(Object.entries(tuning).filter(([, value]) => value !== undefined));
  return {
    handshakeTimeoutMs: 10_000,
    maxFrameBytes: 8 * 1024 * 1024,
    backoffInitialMs: 500,
    backoffMaxMs: 30_000,
    healthyAfterMs: 60_000,
    trafficTimeoutMs: 120_000,
    maxLagMs: 5_000,
    undecodableFrames: 20,
    undecodableWindowMs: 60_000,
    pauseDeadlineMs: 600_000,
    rotationDeadlineMs: 600_000,
    pendingRequests: 1_000,
    consumerDeadlineMs: 30_000,
    tradeBackfillMs: 15_000,
    restTimeoutMs: 10_000,
    instrumentsRefreshMs: 3_600_000,
    closeDeadlineMs: 5_000,
    ...given,
  };
}
