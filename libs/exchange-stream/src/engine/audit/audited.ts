import type { ConnectionState } from '../connection/connection-state.ts';
import type { TopicPhase } from '../connection/topic.ts';
import type { SubscriptionView } from '../subscription/subscription-state.ts';

/** How long a connection may stay somewhere, by its settings and the declaration of its endpoint; in milliseconds. */
export interface ConnectionBounds {
  readonly handshakeMs: number;
  /** From the open socket to the answer to the login, the wait for the message budget included. */
  readonly loginMs: number;
  readonly closeMs: number;
  /** The longest wait before it dials again, for reasons of its own. */
  readonly backoffMs: number;
  readonly pauseMs: number;
  /** Without a sign of life. */
  readonly lifelessMs: number;
  /** From a request to its answer. */
  readonly ackMs: number;
  /** In which the message budgets let something pass, if anything waits. */
  readonly budgetMs: number;
}

/** A topic on a connection. */
export interface AuditedTopic {
  readonly topic: string;
  readonly phase: TopicPhase;
  /** Counts its changes of phase. */
  readonly step: number;
  /** Whether the request for it waits for the message budget. */
  readonly isUnsent: boolean;
  /** Keys of the subscriptions that it is for. */
  readonly holders: readonly string[];
}

/** A connection as the audit sees it: what it shows, and what it knows by itself. */
export interface AuditedConnection {
  readonly id: string;
  readonly state: ConnectionState;
  readonly reason: string;
  readonly since: number;
  readonly attempts: number;
  readonly isPaused: boolean;
  /** Whether what has to be said on it before topics is not confirmed yet: until then, they wait. */
  readonly isIntroducing?: boolean;
  /** Whether another one is to take over what it carries. */
  readonly isLeaving: boolean;
  /** Whether it is kept without a topic. */
  readonly isHeld?: boolean;
  /** Whether it waits before it dials again, for reasons of its own. */
  readonly backsOff: boolean;
  /** Whether anything is to happen that takes it on: a deadline, an answer, its turn in the connect budget. */
  readonly awaits: boolean;
  /** Milliseconds since its last sign of life; absent while none is due. */
  readonly lifelessMs?: number;
  /** Requests for topics that have left it. */
  readonly asked: number;
  readonly topics: readonly AuditedTopic[];
  readonly bounds: ConnectionBounds;
}

/** A subscription as the audit sees it. */
export interface AuditedSubscription {
  readonly view: SubscriptionView;
  /** Whether no connection is to carry it, as it is asked for by REST. */
  readonly isPolled?: boolean;
  /** Whether it is asked for by REST while its connection brings nothing. */
  readonly isPolledMeanwhile?: boolean;
  /** Whether all is there that it takes to ask for it. */
  readonly canBegin: boolean;
  /** Whether it is about to be asked for again, some minutes after it failed. */
  readonly isRetried: boolean;
  /** Whether its book waits for a whole book, and whether one is asked for. */
  readonly isSeeding: boolean;
  readonly isSeedAsked: boolean;
  /** Whether anything holds its data back: its market has stopped as far as is known, or the exchange pauses. */
  readonly isHaltKnown: boolean;
  /** How long it may bring nothing before it should have been found silent; absent where silence proves nothing. */
  readonly silenceMs?: number;
}

/** Everything of one exchange at one moment. */
export interface AuditedExchange {
  readonly subscriptions: readonly AuditedSubscription[];
  /** Those of the exchange, and of them the ones that close. */
  readonly connections: readonly AuditedConnection[];
  readonly closing: readonly AuditedConnection[];
  /** Those that the user has defined. */
  readonly defined: readonly AuditedConnection[];
  /** Names of user-defined connections that are to be open and have no socket. */
  readonly socketless: readonly string[];
}
