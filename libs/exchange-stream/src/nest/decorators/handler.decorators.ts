import type {
  BalanceEvent,
  BookEvent,
  CandleEvent,
  Channel,
  DerivativesEvent,
  FillEvent,
  LiquidationEvent,
  MarketEvent,
  OptionEvent,
  OrderEvent,
  ParamValue,
  PlatformStatusEvent,
  PositionEvent,
  QuoteEvent,
  RawEvent,
  StatusEvent,
  SubscriptionParams,
  TickerEvent,
  TradeEvent,
} from '@exchange-stream/market-data';
import type { QueueOptions } from '../../engine/index.ts';
import { appendHandlerMetadata, setClassQueue } from '../exchange-stream-metadata.accessor.ts';
import type { HandlerMetadata } from '../handler/handler-metadata.ts';

/**
 * What a handler listens to. With exchange and symbol it subscribes; with one of them missing it only listens to what
 * others have subscribed, now and later.
 */
export interface HandlerTarget {
  readonly exchange?: string;
  /** Unified symbol, `BTC/USDT`. */
  readonly symbol?: string;
  /** Further parameters that the exchange's channel declares. */
  readonly params?: SubscriptionParams;
  /** Name of the instance; the default one without it. */
  readonly instance?: string;
}

export interface TradeTarget extends HandlerTarget {
  readonly aggregated?: boolean;
}

export interface BookTarget extends HandlerTarget {
  /** Levels per side; the whole book without it. */
  readonly depth?: number;
  readonly speed?: ParamValue;
}

export interface CandleTarget extends HandlerTarget {
  /** `1m`, `1h`, `1d` …; needed to subscribe. */
  readonly interval?: string;
}

/**
 * Whose notices a handler listens to. With exchange it subscribes; without it only listens to what others have subscribed,
 * now and later.
 */
export type PlatformStatusTarget = Pick<HandlerTarget, 'exchange' | 'params' | 'instance'>;

export interface RawTarget extends Omit<HandlerTarget, 'params'> {
  /** A topic by the exchange's own wire name, `btcusdt@trade`; the same as `symbol`. */
  readonly topic?: string;
}

/**
 * Whose orders, fills, balances or positions a handler listens to. With exchange it subscribes, for the account `default`
 * where it names none; without it only listens to what others have subscribed, now and later.
 */
export interface AccountTarget extends Pick<HandlerTarget, 'exchange' | 'instance'> {
  /** Name of the account in the settings of the exchange. */
  readonly account?: string;
}

export interface StatusTarget extends HandlerTarget {
  readonly channel?: Channel;
}

/** What waits while a handler is not ready that takes trades, liquidations or raw frames: they cannot be merged. */
export interface SeriesQueueOptions extends Pick<QueueOptions, 'capacity'> {
  readonly policy?: Exclude<QueueOptions['policy'], 'merge'>;
}

/** Goes above a method that takes the event; anything else does not compile. */
export type HandlerDecorator<E extends MarketEvent> = <T extends (event: E) => unknown>(
  prototype: object,
  method: string | symbol,
  descriptor: TypedPropertyDescriptor<T>,
) => void;

/** Calls the method with every trade of a subscription. */
export function OnTrade(target: TradeTarget = {}, queue?: SeriesQueueOptions): HandlerDecorator<TradeEvent> {
  const { aggregated } = target;
  return handler('OnTrade', 'trades', target, queue, { aggregated });
}

/** Calls the method with every change of the 24-hour statistics. */
export function OnTicker(target: HandlerTarget = {}, queue?: QueueOptions): HandlerDecorator<TickerEvent> {
  return handler('OnTicker', 'ticker', target, queue);
}

/** Calls the method with every change of the best bid and ask. */
export function OnQuote(target: HandlerTarget = {}, queue?: QueueOptions): HandlerDecorator<QuoteEvent> {
  return handler('OnQuote', 'quotes', target, queue);
}

/** Calls the method with a whole book first, then with every change of it. */
export function OnBook(target: BookTarget = {}, queue?: QueueOptions): HandlerDecorator<BookEvent> {
  const { depth, speed } = target;
  return handler('OnBook', 'book', target, queue, { depth, speed });
}

/** Calls the method with every change of the present candle, and with its close. */
export function OnCandle(target: CandleTarget = {}, queue?: QueueOptions): HandlerDecorator<CandleEvent> {
  const { interval } = target;
  return handler('OnCandle', 'candles', target, queue, { interval });
}

/** Calls the method with every change of mark price, index price, funding rate or open interest, all that is known each time. */
export function OnDerivatives(
  target: HandlerTarget = {},
  queue?: QueueOptions,
): HandlerDecorator<DerivativesEvent> {
  return handler('OnDerivatives', 'derivatives', target, queue);
}

/** Calls the method with every liquidation that the exchange tells. */
export function OnLiquidation(
  target: HandlerTarget = {},
  queue?: SeriesQueueOptions,
): HandlerDecorator<LiquidationEvent> {
  return handler('OnLiquidation', 'liquidations', target, queue);
}

/** Calls the method with every change of an option's implied volatilities and greeks, all that is known each time. */
export function OnOption(target: HandlerTarget = {}, queue?: QueueOptions): HandlerDecorator<OptionEvent> {
  return handler('OnOption', 'options', target, queue);
}

/**
 * Calls the method with every notice of an exchange about its platform: those that are not over first, then what changes.
 * It has nothing to do with `OnStatus`.
 */
export function OnPlatformStatus(
  target: PlatformStatusTarget = {},
  queue?: Pick<QueueOptions, 'capacity'>,
): HandlerDecorator<PlatformStatusEvent> {
  return handler('OnPlatformStatus', 'status', target, queue);
}

/** Calls the method with every frame of a topic, as it came. */
export function OnRaw(target: RawTarget = {}, queue?: SeriesQueueOptions): HandlerDecorator<RawEvent> {
  const { topic, ...rest } = target;
  return handler('OnRaw', 'raw', { ...rest, ...(topic === undefined ? {} : { symbol: topic }) }, queue);
}

/**
 * Calls the method with every open order of an account first, then with every change of one. While it is not ready, the
 * newest state of each order waits.
 */
export function OnOrder(target: AccountTarget = {}): HandlerDecorator<OrderEvent> {
  return accountHandler('OnOrder', 'orders', target);
}

/** Calls the method with every fill of an account's orders, once each. */
export function OnFill(
  target: AccountTarget = {},
  queue?: Pick<QueueOptions, 'capacity'>,
): HandlerDecorator<FillEvent> {
  return accountHandler('OnFill', 'fills', target, queue);
}

/** Calls the method with every balance of an account first, then with every change. As `OnOrder`. */
export function OnBalance(target: AccountTarget = {}): HandlerDecorator<BalanceEvent> {
  return accountHandler('OnBalance', 'balances', target);
}

/** Calls the method with every position of an account first, then with every change. As `OnOrder`. */
export function OnPosition(target: AccountTarget = {}): HandlerDecorator<PositionEvent> {
  return accountHandler('OnPosition', 'positions', target);
}

/**
 * Calls the method when trust in a subscription's data changes. It subscribes nothing; of one subscription it is called
 * in order with the provider's other handlers. Status events wait under every policy.
 */
export function OnStatus(
  target: StatusTarget = {},
  queue?: Pick<QueueOptions, 'capacity'>,
): HandlerDecorator<StatusEvent> {
  const { exchange, symbol, params, instance, channel } = target;
  return decorate({
    decorator: 'OnStatus',
    receives: 'status',
    channel,
    exchange,
    symbol,
    params,
    instance,
    queue,
  });
}

/**
 * Goes above a class: what waits while a handler of it is not ready, where the decorator of the method does not say. Where
 * the policy `merge` finds nothing to merge, every event waits.
 */
export function HandlerQueue(queue: QueueOptions): ClassDecorator {
  return (type) => setClassQueue(type, queue);
}

function accountHandler<E extends MarketEvent>(
  decorator: string,
  channel: Channel,
  { account, ...target }: AccountTarget,
  queue?: QueueOptions,
): HandlerDecorator<E> {
  return handler(decorator, channel, target, queue, { account });
}

function handler<E extends MarketEvent>(
  decorator: string,
  channel: Channel,
  { exchange, symbol, params, instance }: HandlerTarget,
  queue: QueueOptions | undefined,
  named: Readonly<Record<string, ParamValue | undefined>> = {},
): HandlerDecorator<E> {
  const given = Object.entries(named).filter(
    (entry): entry is [string, ParamValue] => entry[1] !== undefined,
  );
  const all = { ...params, ...Object.fromEntries(given) };
  return decorate({
    decorator,
    receives: 'data',
    channel,
    exchange,
    symbol,
    params: Object.keys(all).length > 0 ? all : undefined,
    instance,
    queue,
  });
}

function decorate<E extends MarketEvent>(metadata: HandlerMetadata): HandlerDecorator<E> {
  return (prototype, method, descriptor) => appendHandlerMetadata(prototype, method, descriptor, metadata);
}
