import type { FillEvent, LostRange, PrivateEvent } from '@exchange-stream/market-data';
import type { AccountRow } from '../../contract/index.ts';

/** The newest fill that is known of; what an exchange is asked for the later ones by. */
export interface FillMark {
  readonly id: string;
  readonly nativeSymbol: string;
  /** Milliseconds since the epoch, where the exchange says so. */
  readonly time?: number;
}

/** What the data of an account waits for: all that there is, or the fills after one. */
export type AccountNeed =
  | { readonly kind: 'snapshot'; readonly from: 'stream' | 'rest' }
  /** @param after the newest that is known; without it, the newest that there are */
  | { readonly kind: 'fills'; readonly after: FillMark | undefined; readonly limit: number };

/** Asks for fills after one. Returns a function that gives up. */
export type FillsAsked = (
  query: { readonly after: FillMark | undefined; readonly limit: number },
  told: (rows: readonly AccountRow[], isAll: boolean) => void,
  failed: (reason: string) => void,
) => () => void;

/** What the data of an account tells the flow that it is of. */
export interface AccountDataHooks {
  /** Milliseconds since the epoch. */
  now(): number;
  /** A later need replaces an earlier one. */
  need(need: AccountNeed): void;
  deliver(event: PrivateEvent): void;
  /**
   * What has become of rows that are not delivered. `dropped`: they say nothing new. `rejected`: they cannot be taken.
   * `lost`: given up for the whole that is to come, or for what is asked for. `conflated`: a newer state stands for them.
   */
  ended(fate: 'dropped' | 'rejected' | 'lost' | 'conflated', rows: number): void;
  /** Rows that did not come on the stream: asked for, or concluded. */
  added(rows: number): void;
  /** What was delivered is what the exchange has. */
  flows(reason: string): void;
  /** Something is missing. */
  broken(reason: string, lost?: LostRange): void;
}

/** What an account has, on its way from rows to events. */
export interface AccountData {
  /** Whether what was delivered is what the exchange has. */
  readonly live: boolean;
  /** Rows that wait. */
  readonly waiting: number;
  /** Whether something is waited for that the stream did not bring. */
  readonly isSeeding: boolean;
  /** The exchange has confirmed the topic. */
  begin(): void;
  /** What comes from here on does not follow what came before. */
  reset(): void;
  rows(receivedAt: number, rows: readonly AccountRow[], isSnapshot: boolean): void;
  /** What was asked for. @param isAll of fills: there are no later ones */
  found(rows: readonly AccountRow[], isAll: boolean): void;
  /** What was asked for cannot be had. */
  unavailable(reason: string): void;
  /** What comes from here on is of another world, where nothing is known by what was there before. */
  leaveWorld(): void;
  /** Of fills: the newest that was told. */
  readonly newest: FillMark | undefined;
  /** Fills that were asked for on behalf of somebody who was too slow for them. */
  recovered(rows: readonly AccountRow[]): readonly FillEvent[];
  /** All that holds now, as a snapshot; of fills, nothing. */
  current(): readonly PrivateEvent[];
}
