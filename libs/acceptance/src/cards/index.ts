import type { AcceptanceCard } from '../card.ts';
import { BOOKS } from './books.ts';
import { CONNECTIONS } from './connections.ts';
import { COUNTED_FRAMES } from './counted-frames.ts';
import { FRAMES } from './frames.ts';
import { MARKETS } from './markets.ts';
import { POLLED_FIELDS } from './polled-fields.ts';
import { SERIES } from './series.ts';
import { SUBSCRIPTIONS } from './subscriptions.ts';

/** All cards, by number. */
export const CARDS: readonly AcceptanceCard[] = [
  ...CONNECTIONS,
  ...SUBSCRIPTIONS,
  ...BOOKS,
  ...COUNTED_FRAMES,
  ...SERIES,
  ...FRAMES,
  ...MARKETS,
  ...POLLED_FIELDS,
];
