import { longestDelay } from '../connection/close-policy.ts';
import type { StreamingSettings } from '../connection/streaming-settings.ts';
import type { ConnectionBounds } from './audited.ts';

type BoundSettings = Pick<
  StreamingSettings,
  'handshakeTimeoutMs' | 'closeDeadlineMs' | 'backoffMaxMs' | 'pauseDeadlineMs' | 'endpoint'
>;

/** How long a connection may stay somewhere: the deadlines that hold there. */
export function boundsOf(settings: BoundSettings): ConnectionBounds {
  const {
    handshakeTimeoutMs: handshakeMs,
    closeDeadlineMs,
    backoffMaxMs,
    pauseDeadlineMs,
    endpoint,
  } = settings;
  const { messages, messagesPerAddress } = endpoint.limits;
  // What waits at the end of one window leaves at the end of the next at the latest.
  const budgetMs = 2 * Math.max(messages.windowMs, messagesPerAddress?.windowMs ?? 0);
  return {
    handshakeMs,
    // First whoever has the credentials is asked, then the exchange.
    loginMs: handshakeMs + budgetMs + endpoint.ackDeadlineMs,
    closeMs: closeDeadlineMs,
    backoffMs: backoffMaxMs + Math.max(longestDelay(endpoint.closePolicy), endpoint.pausedRedialMs ?? 0),
    pauseMs: pauseDeadlineMs,
    lifelessMs: endpoint.heartbeat.deadlineMs,
    ackMs: endpoint.ackDeadlineMs,
    budgetMs,
  };
}
