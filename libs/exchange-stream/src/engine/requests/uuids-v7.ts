import { v7 } from 'uuid';
import type { MessageIdSource } from '../../contract/index.ts';

/** Bits of the counter within a millisecond with which it begins: room enough above for all that may follow. */
const FIRST_COUNT = 2 ** 31;

/** UUIDs of version 7 that ascend, within a millisecond and when the clock is set back too. */
export function uuidsV7(source: MessageIdSource): () => string {
  let at = -Infinity;
  let count = 0;
  return () => {
    const time = source.now();
    if (time > at) {
      at = time;
      count = Math.floor(source.random() * FIRST_COUNT);
    } else count++;
    const bytes = Uint8Array.from({ length: 16 }, () => Math.floor(source.random() * 256));
    return v7({ msecs: at, seq: count, random: bytes });
  };
}
