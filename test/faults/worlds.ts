import type { SubscriptionRequest } from '@exchange-stream/market-data';
import { LabWorld, type LabWorldOptions } from '../lab/lab-world.ts';

const of = { exchange: 'lab', symbol: 'BTC/USDT' } as const;

/** One of each channel of BTC/USDT, beside the book, and a ticker of another symbol. */
export const EACH_CHANNEL: readonly SubscriptionRequest[] = [
  { ...of, channel: 'trades' },
  { ...of, channel: 'ticker' },
  { ...of, channel: 'quotes' },
  { ...of, channel: 'candles', params: { interval: '1m' } },
  { ...of, channel: 'ticker', symbol: 'ETH/USDT' },
];

/**
 * Lab and the engine, everything live.
 * @param watched is given the world before anything has happened in it
 */
export async function liveLab(
  options: LabWorldOptions,
  watched: (world: LabWorld) => void = () => undefined,
): Promise<LabWorld> {
  const world = new LabWorld({ subscriptions: EACH_CHANNEL, ...options });
  watched(world);
  await world.recover(30_000);
  expect(new Set(world.states())).toEqual(new Set(['live']));
  return world;
}
