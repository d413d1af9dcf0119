import type { SocketEndpoint } from '../../contract/index.ts';
import { excerpt } from './redaction.ts';

/** Longest close reason that the protocol allows (RFC 6455, 5.5.1). */
const MAX_REASON_BYTES = 123;

interface CloseRule {
  /** What the code says, in words for the log. */
  readonly meaning: string;
  /** Shortest wait before dialling again; the backoff comes on top of it. */
  readonly minDelayMs: number;
  /** It is said to our address rather than to this connection: everybody waits so long. */
  readonly isAboutAddress?: boolean;
}

/** What a close code asks of us. Codes of RFC 6455, 7.4.1 and of IANA's WebSocket registry. */
const CLOSE_RULES: Readonly<Record<number, CloseRule>> = {
  // Ordinary ends of a connection: deploys, the 24 hours of Binance, load balancers, broken networks. Backoff alone.
  1000: { meaning: 'closed normally by the exchange', minDelayMs: 0 },
  1001: { meaning: 'the exchange is going away', minDelayMs: 0 },
  1005: { meaning: 'closed by the exchange', minDelayMs: 0 },
  1006: { meaning: 'cut without a close', minDelayMs: 0 },
  1011: { meaning: 'the exchange had an internal error', minDelayMs: 0 },
  1012: { meaning: 'the exchange restarts', minDelayMs: 0 },
  // In practice "too many requests": dialling on at the pace of a lost network is what turns it into a ban.
  1008: { meaning: 'the exchange sees its policy violated', minDelayMs: 10_000, isAboutAddress: true },
  // Overloaded: the registry has clients stay away for longer than after a restart.
  1013: { meaning: 'the exchange asks to come back later', minDelayMs: 5_000 },
};

/** The shortest wait after a close with this code; what the endpoint declares comes first. */
export function minDelayAfter(code: number, declared: SocketEndpoint['closePolicy']): number {
  return (declared?.[code] ?? CLOSE_RULES[code])?.minDelayMs ?? 0;
}

/** For how long nobody of our address is to dial, or to send what is counted by address; undefined where that is not meant. */
export function stopAfter(code: number, declared: SocketEndpoint['closePolicy']): number | undefined {
  const { isAboutAddress = false, minDelayMs = 0 } = declared?.[code] ?? CLOSE_RULES[code] ?? {};
  return isAboutAddress && minDelayMs > 0 ? minDelayMs : undefined;
}

/** The longest of these waits, whatever the code. */
export function longestDelay(declared: SocketEndpoint['closePolicy'] = {}): number {
  return Math.max(...Object.values({ ...CLOSE_RULES, ...declared }).map(({ minDelayMs }) => minDelayMs));
}

/** A close in words: `the exchange restarts (code 1012: deploying)`. */
export function describeClose(code: number, reason: string): string {
  const meaning = CLOSE_RULES[code]?.meaning ?? 'closed by the exchange';
  const shown = excerpt(reason, MAX_REASON_BYTES);
  return `${meaning} (code ${code}${shown === '' ? '' : `: ${shown}`})`;
}
