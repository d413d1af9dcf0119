import type { AcceptanceCard } from '../card.ts';
import { BOOKS } from './books.ts';
import { CONNECTIONS } from './connections.ts';
import { FRAMES } from './frames.ts';
import { MARKETS } from './markets.ts';
import { SERIES } from './series.ts';
import { SUBSCRIPTIONS } from './subscriptions.ts';

/** All cards, by number. */
export const CARDS: readonly AcceptanceCard[] = [
  ...CONNECTIONS,
  ...SUBSCRIPTIONS,
  ...BOOKS,
  ...SERIES,
  ...FRAMES,
  ...MARKETS,
];
