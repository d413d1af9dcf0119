import { crc32 } from 'node:zlib';
import type { PriceLevel } from '@exchange-stream/simulator';

const CHECKED_LEVELS = 10;

/** CRC-32 of the best ten levels of both sides, as a number of 32 bits with its sign. @param bids best first, like `asks` */
export function bookChecksum(bids: readonly PriceLevel[], asks: readonly PriceLevel[]): number {
  const parts: string[] = [];
  for (let rank = 0; rank < CHECKED_LEVELS; rank++) {
    for (const level of [bids[rank], asks[rank]]) if (level) parts.push(...level);
  }
  return crc32(parts.join(':')) | 0;
}
