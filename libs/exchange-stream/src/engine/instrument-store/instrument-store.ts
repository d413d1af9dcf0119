import type { Instrument } from '@exchange-stream/market-data';
import type { Environment } from '../../contract/index.ts';

/**
 * Remembers what exchanges trade beyond the end of the process, so that one which is down at the next start can be
 * subscribed all the same, and stops nobody else.
 */
export interface InstrumentStore {
  /** What was saved last of this exchange and environment; empty where nothing was. */
  load(exchange: string, environment: Environment): Promise<readonly Instrument[]>;
  /** Replaces what was saved. What cannot be saved is reported by the store and rejects nothing. */
  save(exchange: string, environment: Environment, instruments: readonly Instrument[]): Promise<void>;
}
