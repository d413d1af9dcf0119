import type { GatewayConfig } from './gateway-config.ts';

/** A single value of the configuration and the two ways to write it. */
export interface Setting {
  readonly property: Exclude<
    keyof GatewayConfig,
    'exchanges' | 'exchangeSettings' | 'accounts' | 'subscriptions' | 'readinessCritical'
  >;
  readonly env: string;
  /** Path in the file. */
  readonly file: readonly string[];
  /** What the text of an environment variable means. Text that cannot be read stays text, and validation names it. */
  readonly fromText: (text: string) => unknown;
}

/** Single values; exchanges and subscriptions have files of their own. */
export const SETTINGS: readonly Setting[] = [
  { property: 'port', env: 'PORT', file: ['port'], fromText: wholeNumber },
  { property: 'host', env: 'HOST', file: ['host'], fromText: plainText },
  { property: 'logLevel', env: 'LOG_LEVEL', file: ['logLevel'], fromText: plainText },
  {
    property: 'shutdownDeadlineMs',
    env: 'SHUTDOWN_DEADLINE_MS',
    file: ['shutdownDeadlineMs'],
    fromText: wholeNumber,
  },
  {
    property: 'subscriptionsFile',
    env: 'SUBSCRIPTIONS_FILE',
    file: ['subscriptionsFile'],
    fromText: plainText,
  },
  { property: 'instrumentsDir', env: 'INSTRUMENTS_DIR', file: ['instrumentsDir'], fromText: plainText },
  { property: 'transportLog', env: 'TRANSPORT_LOG', file: ['transportLog'], fromText: commaList },
  { property: 'proxy', env: 'PROXY_URL', file: ['proxy'], fromText: plainText },
  { property: 'readiness', env: 'READINESS', file: ['readiness', 'policy'], fromText: plainText },
  { property: 'feedOrigins', env: 'FEED_ORIGINS', file: ['feed', 'origins'], fromText: commaList },
  {
    property: 'feedMaxSubscriptions',
    env: 'FEED_MAX_SUBSCRIPTIONS',
    file: ['feed', 'maxSubscriptions'],
    fromText: wholeNumber,
  },
  {
    property: 'feedMaxPendingBytes',
    env: 'FEED_MAX_PENDING_BYTES',
    file: ['feed', 'maxPendingBytes'],
    fromText: wholeNumber,
  },
  {
    property: 'feedMaxPendingMessages',
    env: 'FEED_MAX_PENDING_MESSAGES',
    file: ['feed', 'maxPendingMessages'],
    fromText: wholeNumber,
  },
];

/** `a, b` as a list; blanks around and empty items do not count. */
export function commaList(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function wholeNumber(text: string): unknown {
  return /^-?\d+$/.test(text.trim()) ? Number(text) : text;
}

function plainText(text: string): unknown {
  return text.trim();
}
