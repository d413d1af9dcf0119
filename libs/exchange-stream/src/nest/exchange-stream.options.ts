import type { FactoryProvider, ModuleMetadata, Type } from '@nestjs/common';
import type { ExchangeAdapter } from '../contract/index.ts';
import {
  InvalidOptionsError,
  type ExchangeStreamOptions,
  type HealthPolicy,
  type Platform,
} from '../engine/index.ts';

/** What an instance is made of: the engine's options, and how it sits in the application. */
export interface ExchangeStreamModuleOptions extends ExchangeStreamOptions {
  /** Whether every module may inject the instance without importing it. Default true. */
  readonly isGlobal?: boolean;
  /** Parts to use in place of the real clock, sockets, HTTP and so on; for tests, mostly. */
  readonly platform?: Partial<Platform>;
  /** What makes the instance healthy to the Terminus indicator, where a check does not say. Default `any`. */
  readonly healthPolicy?: HealthPolicy;
  /** How often the health of the exchanges is checked; a change is logged. Default 30,000; 0 turns it off. */
  readonly healthCheckIntervalMs?: number;
  /**
   * How many events may wait for the asynchronous handlers of one provider and one subscription, where their decorators do
   * not say; beyond, the provider is told of a `gap`. Default 10,000.
   */
  readonly handlerQueueCapacity?: number;
}

/**
 * Refuses what the engine does not look at and cannot work.
 * @throws InvalidOptionsError which names the key, what came, and what is allowed
 */
export function checkModuleOptions({ handlerQueueCapacity }: ExchangeStreamModuleOptions): void {
  if (handlerQueueCapacity === undefined) return;
  if (Number.isSafeInteger(handlerQueueCapacity) && handlerQueueCapacity > 0) return;
  throw new InvalidOptionsError(
    `handlerQueueCapacity: got ${JSON.stringify(handlerQueueCapacity)}. Allowed: a whole number above 0.`,
  );
}

/** What an asynchronous factory returns: everything that does not decide which providers exist. */
export type ExchangeStreamAsyncResult = Omit<ExchangeStreamModuleOptions, 'name' | 'exchanges' | 'isGlobal'>;

/** A class that makes the options, for `useClass` and `useExisting`. */
export interface ExchangeStreamOptionsFactory {
  createExchangeStreamOptions(): ExchangeStreamAsyncResult | Promise<ExchangeStreamAsyncResult>;
}

/**
 * Options that are made by a factory. Name and exchanges stand here and not in its result, because tokens are made of
 * them before anything is created.
 */
export interface ExchangeStreamModuleAsyncOptions extends Pick<ModuleMetadata, 'imports'> {
  readonly name?: string;
  readonly exchanges: readonly ExchangeAdapter[];
  readonly isGlobal?: boolean;
  readonly inject?: FactoryProvider['inject'];
  /** Called with what `inject` names. */
  readonly useFactory?: FactoryProvider<
    ExchangeStreamAsyncResult | Promise<ExchangeStreamAsyncResult>
  >['useFactory'];
  readonly useClass?: Type<ExchangeStreamOptionsFactory>;
  readonly useExisting?: Type<ExchangeStreamOptionsFactory>;
}
