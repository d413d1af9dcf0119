import { crc32 } from 'node:zlib';

/** Price and amount as they stand on the wire. */
export type LevelText = readonly [price: string, qty: string];

/**
 * What proves a book: the best ten asks, lowest first, then the best ten bids, highest first; of each its price and its
 * amount without point and leading zeros.
 * @returns CRC-32, without sign
 */
export function bookChecksum(asks: readonly LevelText[], bids: readonly LevelText[]): number {
  return crc32([...asks, ...bids].map(([price, qty]) => digits(price) + digits(qty)).join(''));
}

function digits(text: string): string {
  return text.replace('.', '').replace(/^0+/, '');
}
