import type { Instrument } from '@exchange-stream/market-data';
import type { ExchangeAdapter } from '@exchange-stream/nestjs/contract';
import { readAnswers } from './recording-file.ts';

/**
 * What the exchange traded, if any of the files holds its answers to that, which may be several. Read ahead: a live
 * application knows the instruments before its first frame, and a recording may have them anywhere.
 * @throws CommandFailure when a file cannot be read
 */
export async function recordedInstruments(
  adapter: ExchangeAdapter,
  paths: readonly string[],
): Promise<readonly Instrument[] | undefined> {
  const { instruments } = adapter.rest;
  let found: Instrument[] | undefined;
  for (const path of paths) {
    for await (const { url, body } of readAnswers(path)) {
      if (!instruments.recognise(url)) continue;
      try {
        const page = instruments.parse(body, undefined, () => undefined);
        found = [...(found ?? []), ...page];
      } catch {
        // Counted as a decode error when the replay comes to it.
      }
    }
  }
  return found;
}
