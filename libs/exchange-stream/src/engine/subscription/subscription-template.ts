import {
  INSTRUMENT_KINDS,
  hasNoSymbol,
  isSymbol,
  type AccountRequest,
  type Channel,
  type Instrument,
  type InstrumentKind,
  type InstrumentStatus,
  type StatusRequest,
  type SubscriptionParams,
  type SubscriptionRequest,
} from '@exchange-stream/market-data';
import { SubscriptionRequestError } from '../errors.ts';
import { matchesPattern } from './symbol-pattern.ts';

const MAX_PATTERN = 64;
const STATUSES: readonly string[] = ['trading', 'halted', 'delisted'];
const FILTER_KEYS = ['pattern', 'quote', 'kind', 'status'];
const TEMPLATE_KEYS = ['exchange', 'channel', 'symbols', 'params', 'except'];

/** Which instruments of an exchange are meant; all that is said must hold. */
export interface SymbolFilter {
  /** Unified symbols in which `*` stands for any text: `BTC/*`. */
  readonly pattern?: string;
  /** Quote currencies. */
  readonly quote?: string | readonly string[];
  /** Default `spot`. */
  readonly kind?: InstrumentKind | readonly InstrumentKind[];
  /** Default `trading`. */
  readonly status?: InstrumentStatus | readonly InstrumentStatus[];
}

/** One channel of many symbols. It follows the exchange: what it lists anew is subscribed, what it takes off is released. */
export interface SubscriptionTemplate<C extends Channel = Channel> {
  readonly exchange: string;
  readonly channel: C;
  /** `all`: every instrument that is `spot` and `trading`. A list: these, whether they trade or not. */
  readonly symbols: 'all' | readonly string[] | SymbolFilter;
  readonly params?: SubscriptionParams;
  /** Symbols, or patterns as in `SymbolFilter`, to leave out. */
  readonly except?: readonly string[];
}

/** What an instance can keep subscribed by itself: one symbol, a channel without symbols, or many symbols by a template. */
export type DefaultSubscription = SubscriptionRequest | AccountRequest | StatusRequest | SubscriptionTemplate;

export function isTemplate(entry: DefaultSubscription): entry is SubscriptionTemplate {
  return 'symbols' in entry;
}

/** Whether the symbols depend on what the exchange lists. */
export function followsInstruments({ symbols }: SubscriptionTemplate): boolean {
  return !isList(symbols);
}

/** A template as it was written down somewhere: exchange and channel are known, the rest may be anything. */
export interface UncheckedTemplate {
  readonly exchange: string;
  readonly channel: Channel;
  readonly symbols: unknown;
  readonly params?: SubscriptionParams;
  readonly except?: unknown;
}

/**
 * Refuses a template that cannot be meant, before the instruments are known.
 * @throws SubscriptionRequestError which names the key, what came, and what is allowed
 */
export function checkTemplate(template: UncheckedTemplate): asserts template is SubscriptionTemplate {
  const { symbols, except = [] } = template;
  refuseOthers(template, Object.keys(template), TEMPLATE_KEYS, '');
  if (hasNoSymbol(template.channel))
    throw refusal(
      template,
      'symbols',
      symbols,
      'nothing: the channel is of a whole account or exchange and has no symbols',
    );
  if (!isList(except)) throw refusal(template, 'except', except, 'a list of symbols or patterns');
  for (const pattern of except) checkPattern(template, 'except', pattern);
  if (symbols === 'all') return refuseRaw(template);
  if (isList(symbols)) {
    if (symbols.length === 0) throw refusal(template, 'symbols', symbols, 'at least one symbol');
    for (const symbol of symbols)
      if (typeof symbol !== 'string' || symbol === '') throw refusal(template, 'symbols', symbol, 'symbols');
    return;
  }
  if (typeof symbols !== 'object' || symbols === null) {
    throw refusal(template, 'symbols', symbols, `"all", a list of symbols, or {${FILTER_KEYS.join(', ')}}`);
  }
  refuseRaw(template);
  refuseOthers(template, Object.keys(symbols), FILTER_KEYS, 'symbols.');
  const filter = new Map<string, unknown>(Object.entries(symbols));
  const pattern = filter.get('pattern');
  if (pattern !== undefined) checkPattern(template, 'symbols.pattern', pattern);
  checkOneOrMore(template, 'symbols.quote', filter.get('quote'), undefined);
  checkOneOrMore(template, 'symbols.kind', filter.get('kind'), INSTRUMENT_KINDS);
  checkOneOrMore(template, 'symbols.status', filter.get('status'), STATUSES);
}

/** The symbols that a template stands for at an exchange that lists these instruments, in their order. */
export function symbolsOf(
  { symbols, except = [] }: SubscriptionTemplate,
  instruments: readonly Instrument[],
): string[] {
  const found = isList(symbols)
    ? symbols
    : instruments
        .filter((instrument) => isMeant(instrument, symbols === 'all' ? {} : symbols))
        .map(({ symbol }) => symbol);
  return found.filter((symbol) => !except.some((pattern) => matchesPattern(symbol, pattern)));
}

function isMeant(
  instrument: Instrument,
  { pattern, quote, kind = 'spot', status = 'trading' }: SymbolFilter,
): boolean {
  return (
    [kind].flat().includes(instrument.kind) &&
    [status].flat().includes(instrument.status) &&
    (quote === undefined || [quote].flat().includes(instrument.quote)) &&
    (pattern === undefined || matchesPattern(instrument.symbol, pattern)) &&
    isSymbol(instrument.symbol)
  );
}

function refuseRaw(template: UncheckedTemplate): void {
  if (template.channel !== 'raw') return;
  throw refusal(template, 'symbols', template.symbols, 'for channel raw a list of topics');
}

function refuseOthers(
  template: UncheckedTemplate,
  keys: readonly string[],
  known: readonly string[],
  prefix: string,
): void {
  const unknown = keys.find((key) => !known.includes(key));
  if (unknown !== undefined) throw refusal(template, prefix + unknown, 'this key', known.join(', '));
}

function checkPattern(template: UncheckedTemplate, key: string, pattern: unknown): void {
  if (typeof pattern === 'string' && pattern !== '' && pattern.length <= MAX_PATTERN) return;
  throw refusal(template, key, pattern, `text of at most ${MAX_PATTERN} letters, in which * stands for any`);
}

function checkOneOrMore(
  template: UncheckedTemplate,
  key: string,
  given: unknown,
  allowed: readonly string[] | undefined,
): void {
  if (given === undefined) return;
  const values: unknown[] = [given].flat();
  const isAllowed = (value: unknown): boolean =>
    typeof value === 'string' && value !== '' && (!allowed || allowed.includes(value));
  if (values.length > 0 && values.every(isAllowed)) return;
  throw refusal(template, key, given, `one or more of ${allowed?.join(', ') ?? 'the currencies'}`);
}

function refusal(
  { exchange, channel }: UncheckedTemplate,
  key: string,
  came: unknown,
  allowed: string,
): SubscriptionRequestError {
  const shown = (JSON.stringify(came) ?? String(came)).slice(0, 64);
  return new SubscriptionRequestError(
    'INVALID_PARAMETER',
    `Template ${exchange} ${channel}, ${key}: got ${shown}. Allowed: ${allowed}.`,
  );
}

function isList(value: unknown): value is readonly unknown[];
function isList(value: SubscriptionTemplate['symbols']): value is readonly string[];
function isList(value: unknown): boolean {
  return Array.isArray(value);
}
