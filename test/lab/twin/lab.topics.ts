import { Timeframe } from '@exchange-stream/simulator/kit';
import { PRIVATE_KINDS, type PrivateKind } from './lab.private-rows.ts';

/** What a topic's name asks for. */
export type LabTopic =
  | {
      readonly kind:
        'trades' | 'ticker' | 'quotes' | 'book' | 'book10' | 'values' | 'prices' | 'liquidations';
      readonly symbol: string;
    }
  | { readonly kind: 'candles'; readonly symbol: string; readonly timeframe: Timeframe }
  | { readonly kind: SharedKind }
  | { readonly kind: 'notices' }
  | { readonly kind: PrivateKind };

/** Topics of all symbols together: their rows name theirs. */
export type SharedKind = 'fundings' | 'greeks' | 'all liquidations';

const SHARED: Readonly<Record<string, SharedKind>> = {
  fundings: 'fundings',
  greeks: 'greeks',
  liquidations: 'all liquidations',
};

/** Where a client can connect. */
export type LabPlace = 'public' | 'market' | 'private' | 'trading';

const PLACES: Readonly<Record<LabTopic['kind'], LabPlace>> = {
  trades: 'public',
  ticker: 'public',
  quotes: 'public',
  book: 'public',
  book10: 'public',
  values: 'public',
  prices: 'public',
  greeks: 'public',
  'all liquidations': 'public',
  liquidations: 'public',
  notices: 'public',
  candles: 'market',
  fundings: 'market',
  orders: 'private',
  fills: 'private',
  balances: 'private',
  positions: 'private',
};

export function labPlace(path: string): LabPlace | undefined {
  return (['public', 'market', 'private', 'trading'] as const).find((place) => path === `/${place}`);
}

/** Whether nobody is served there without a login. */
export function wantsLogin(place: LabPlace): boolean {
  return place === 'private' || place === 'trading';
}

/** Reads the name of a topic that is served at a place. */
export function parseTopic(
  name: string,
  place: LabPlace,
  isListed: (symbol: string) => boolean,
): LabTopic | undefined {
  const topic = read(name);
  if (topic === undefined || PLACES[topic.kind] !== place) return undefined;
  return 'symbol' in topic && !isListed(topic.symbol) ? undefined : topic;
}

export function symbolOf(topic: LabTopic): string | undefined {
  return 'symbol' in topic ? topic.symbol : undefined;
}

export function isShared(topic: LabTopic): topic is { readonly kind: SharedKind } {
  return Object.values(SHARED).some((kind) => kind === topic.kind);
}

function read(name: string): LabTopic | undefined {
  const kind = PRIVATE_KINDS.find((known) => known === name);
  if (kind !== undefined) return { kind };
  if (name === 'notices') return { kind: 'notices' };
  const shared = Object.hasOwn(SHARED, name) ? SHARED[name] : undefined;
  if (shared !== undefined) return { kind: shared };
  const [channel = '', symbol = ''] = name.split(':');
  switch (channel) {
    case 'trades':
    case 'ticker':
    case 'quotes':
    case 'book':
    case 'book10':
    case 'values':
    case 'prices':
    case 'liquidations':
      return { kind: channel, symbol };
    case 'candles.1m':
      return { kind: 'candles', symbol, timeframe: new Timeframe('1m') };
    case 'candles.5m':
      return { kind: 'candles', symbol, timeframe: new Timeframe('5m') };
    case 'candles.1h':
      return { kind: 'candles', symbol, timeframe: new Timeframe('1h') };
    default:
      return undefined;
  }
}
