import {
  PRIVATE_CHANNELS,
  TYPED_CHANNELS,
  type PrivateChannel,
  type TypedChannel,
} from '@exchange-stream/market-data';
import type {
  BookChecksum,
  ChannelDeclaration,
  Environment,
  ExchangeAdapter,
  ParamDeclaration,
  PrivateChannels,
} from '../../contract/index.ts';
import {
  categoriesOf,
  endpointKeysOf,
  paramVariants,
  plainestParams,
} from '../subscription/channel-variants.ts';
import { candleChannel } from '../candles/candle-params.ts';
import type {
  BookCapability,
  Capabilities,
  ChannelCapability,
  EndpointCapability,
  ParamCapability,
  PrivateChannelCapability,
  RestOperationName,
} from './capabilities.ts';

const REST_OPERATIONS: readonly RestOperationName[] = [
  'instruments',
  'bookSeed',
  'candles',
  'trades',
  'serverTime',
];

/** What can be had of an exchange, derived from the declaration of its adapter and from nothing else. */
export function capabilitiesOf(adapter: ExchangeAdapter): Capabilities {
  const { exchange, name, facts, categories, raw, rest } = adapter;
  const endpoints = Object.keys(adapter.endpoints).flatMap((key) => endpointOf(adapter, key));
  const worlds = [...endpoints.map(({ environments }) => environments), environmentsOf(rest.baseUrls)];
  return {
    exchange,
    name,
    ...(facts && { facts }),
    environments: environmentsOf(rest.baseUrls).filter((world) =>
      worlds.every((each) => each.includes(world)),
    ),
    ...(categories && { categories }),
    channels: TYPED_CHANNELS.flatMap((channel) => channelOf(channel, adapter)),
    privateChannels: PRIVATE_CHANNELS.flatMap((channel) =>
      privateChannelOf(channel, adapter.privateChannels),
    ),
    ...(raw && { raw: rawOf(raw) }),
    endpoints,
    rest: {
      requests: rest.requests,
      operations: REST_OPERATIONS.filter((operation) => rest[operation] !== undefined),
    },
  };
}

function channelOf(channel: TypedChannel, adapter: ExchangeAdapter): readonly ChannelCapability[] {
  const declaration = adapter.channels[channel];
  if (!declaration) return [];
  const { kinds, book, candles, exclusive, sampled, polls } = declaration;
  const { params } = channel === 'candles' ? candleChannel(declaration, adapter, {}) : declaration;
  const plainest = plainestParams(declaration);
  const [category] = categoriesOf(adapter);
  const cadence = declaration.cadence?.(plainest, category);
  const firstDataWithinMs = declaration.firstDataWithinMs?.(plainest, category);
  return [
    {
      channel,
      endpoints: endpointKeysOf(declaration, adapter),
      ...(kinds && { kinds }),
      params: Object.entries(params).map(paramOf),
      ...(adapter.rest.candles && candles?.restIntervals && { restIntervals: candles.restIntervals }),
      ...(book && { books: booksOf(declaration, book, adapter) }),
      ...(channel === 'trades' && { tradeIds: declaration.trades?.(plainest, category).ids ?? 'arbitrary' }),
      ...(sampled !== undefined && { sampled }),
      ...(polls && { polls: polls.map(({ name, everyMs }) => ({ name, everyMs })) }),
      ...(cadence && { cadence }),
      ...(firstDataWithinMs !== undefined && { firstDataWithinMs }),
      ...(exclusive && { exclusive }),
    },
  ];
}

function privateChannelOf(
  channel: PrivateChannel,
  declared: PrivateChannels = {},
): readonly PrivateChannelCapability[] {
  if (channel === 'fills') {
    const { fills } = declared;
    if (!fills) return [];
    const { endpoint, hasConsecutiveIds = false } = fills;
    return [{ channel, endpoint, hasConsecutiveIds }];
  }
  const state = declared[channel];
  return state ? [{ channel, endpoint: state.endpoint, snapshot: state.snapshot }] : [];
}

function paramOf([name, declaration]: [string, ParamDeclaration]): ParamCapability {
  const { description, values, also, required = false, kinds, perKind } = declaration;
  return {
    name,
    description,
    values,
    ...(also !== undefined && { also }),
    ...(declaration.default !== undefined && { default: declaration.default }),
    required,
    ...(kinds && { kinds }),
    ...(perKind && { perKind: withoutForms(perKind) }),
  };
}

function rawOf({ form, endpoints }: NonNullable<ExchangeAdapter['raw']>): NonNullable<Capabilities['raw']> {
  return { ...(form !== undefined && { form }), ...(endpoints && { endpoints }) };
}

/** `also` says in words what they say. */
function withoutForms(perKind: NonNullable<ParamDeclaration['perKind']>): ParamCapability['perKind'] {
  const shown = Object.entries(perKind).map(([kind, { form: _form, ...own }]) => [kind, own] as const);
  return Object.fromEntries(shown);
}

/** Each way once; which way it is may depend on any parameter and on the category, so every value of each is tried. */
function booksOf(
  declaration: ChannelDeclaration,
  book: NonNullable<ChannelDeclaration['book']>,
  adapter: ExchangeAdapter,
): BookCapability[] {
  const ways = new Map<string, BookCapability>();
  for (const category of categoriesOf(adapter)) {
    for (const params of paramVariants(declaration)) {
      const rules = book(params, category);
      const way = rules.kind === 'linked' ? `linked ${rules.seed}` : rules.kind;
      if (ways.has(way)) continue;
      const { checksum } = rules.kind === 'linked' ? rules : {};
      ways.set(way, {
        kind: rules.kind,
        ...(rules.kind === 'linked' && { seed: rules.seed }),
        ...(rules.kind === 'linked' && rules.isUnproven === true && { isUnproven: true }),
        ...(checksum && !checksum.isRetired && { hasChecksum: true, ...checksumKindsOf(checksum) }),
        params,
      });
    }
  }
  return [...ways.values()];
}

function checksumKindsOf({ kinds }: Pick<BookChecksum, 'kinds'>): Pick<BookCapability, 'checksumKinds'> {
  return kinds ? { checksumKinds: kinds } : {};
}

function endpointOf(adapter: ExchangeAdapter, key: string): readonly EndpointCapability[] {
  const endpoint = adapter.endpoints[key];
  if (!endpoint) return [];
  const {
    kind,
    baseUrls,
    path,
    limits,
    heartbeat,
    compression,
    countsFrames,
    pausedRedialMs,
    ackDeadlineMs,
  } = endpoint;
  // Sessions are made without a socket, and tell by their methods what they can do.
  const session = adapter.createSession({
    endpoint: key,
    url: `${baseUrls.live[0] ?? 'wss://nowhere.invalid'}${path}`,
    nextId: () => 1,
  });
  return [
    {
      endpoint: key,
      kind,
      environments: environmentsOf(baseUrls),
      login: session.login !== undefined,
      limits,
      heartbeat: { ...heartbeat, asks: session.ping ? 'message' : 'websocket-ping' },
      ...(compression && { compression }),
      ...(countsFrames === true && { countsFrames }),
      ...(pausedRedialMs !== undefined && { pausedRedialMs }),
      ackDeadlineMs,
    },
  ];
}

function environmentsOf({ live, testnet }: Readonly<Record<Environment, readonly string[]>>): Environment[] {
  return [...(live.length > 0 ? ['live' as const] : []), ...(testnet.length > 0 ? ['testnet' as const] : [])];
}
