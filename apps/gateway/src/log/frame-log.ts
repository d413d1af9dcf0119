import { Logger } from '@nestjs/common';
import type { TransportLog } from '@exchange-stream/nestjs/engine';

/** Logs what goes over the sockets of these exchanges, an entry a line; undefined for none. */
export function frameLog(exchanges: readonly string[]): TransportLog | undefined {
  if (exchanges.length === 0) return undefined;
  const logger = new Logger('Transport');
  return (entry) => {
    if (!exchanges.includes(entry.exchange)) return;
    const { at: _at, event, ...fields } = entry;
    logger.log({ message: event, ...fields });
  };
}
