import {
  isSymbol,
  parseSymbol,
  type InstrumentKind,
  type SubscriptionParams,
} from '@exchange-stream/market-data';
import type {
  BookRules,
  ChannelDeclaration,
  ExchangeAdapter,
  ParamDeclaration,
} from '../../contract/index.ts';

/** What kind of instrument a unified symbol names; undefined for a text that is none. */
export function kindOf(symbol: string): InstrumentKind | undefined {
  return isSymbol(symbol) ? parseSymbol(symbol).kind : undefined;
}

/** The channel as instruments of a kind have it: parameters take what they take there, and those that take nothing are gone. */
export function channelForKind(channel: ChannelDeclaration, kind: InstrumentKind): ChannelDeclaration {
  const params = Object.entries(channel.params).flatMap(([name, { perKind, kinds, ...general }]) => {
    if (kinds && !kinds.includes(kind)) return [];
    const own = perKind?.[kind];
    if (!own) return [[name, general] as const];
    if (own.values.length === 0) return [];
    const { values: _values, default: _default, ...rest } = general;
    const param: ParamDeclaration = { ...rest, ...own };
    return [[name, param] as const];
  });
  return { ...channel, params: Object.fromEntries(params) };
}

/** How books of a kind are kept right: without the checksum that proves only those of other kinds. */
export function bookForKind(rules: BookRules, kind: InstrumentKind | undefined): BookRules {
  if (rules.kind === 'whole' || kind === undefined) return rules;
  const { checksum, ...others } = rules;
  return checksum?.kinds?.includes(kind) === false ? others : rules;
}

/** As few parameters as may be: those that are required, at their first value. */
export function plainestParams({ params }: ChannelDeclaration): SubscriptionParams {
  return Object.fromEntries(
    Object.entries(params).flatMap(([name, { required, values }]) => {
      const [first] = values;
      return required && first !== undefined ? [[name, first] as const] : [];
    }),
  );
}

/** The plainest parameters, and these with every value of each parameter in turn. */
export function paramVariants(channel: ChannelDeclaration): readonly SubscriptionParams[] {
  const plainest = plainestParams(channel);
  const variants = Object.entries(channel.params).flatMap(([name, { values }]) =>
    values.map((value) => ({ ...plainest, [name]: value })),
  );
  return [plainest, ...variants];
}

/** The categories of an exchange; one without a name where it has none. */
export function categoriesOf({ categories }: ExchangeAdapter): readonly (string | undefined)[] {
  return categories ?? [undefined];
}

/** Keys of the endpoints that may serve a channel, whatever the instrument and the parameters. */
export function endpointKeysOf(channel: ChannelDeclaration, adapter: ExchangeAdapter): readonly string[] {
  const keys = [channel, ...(channel.further ?? [])].flatMap(({ endpoint }) =>
    typeof endpoint === 'string'
      ? endpoint
      : categoriesOf(adapter).flatMap((category) =>
          paramVariants(channel).map((params) => endpoint(params, category)),
        ),
  );
  return [...new Set(keys)];
}
