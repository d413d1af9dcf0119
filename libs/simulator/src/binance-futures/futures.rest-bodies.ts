import type { Payload } from '../binance-platform/frames.ts';
import type { RestParameters } from '../binance-platform/rest-parameters.ts';
import type { InstrumentMarket } from '../market/instrument-market.ts';
import { contractTypeOf, pairOf, type Product } from './futures.product.ts';
import { eightPlaces } from './futures.frames.ts';

const HOUR_MS = 3_600_000;
const USUAL_INTERVAL_MS = 8 * HOUR_MS;
const FUNDING_LIMIT = 1000;

export function premiumIndexBody(market: InstrumentMarket, now: number): Payload {
  const { instrument, contract } = market;
  const funding = contract?.funding?.at(now);
  return {
    symbol: instrument.symbol,
    pair: pairOf(instrument),
    markPrice: eightPlaces(contract?.markPrice ?? 0),
    indexPrice: eightPlaces(contract?.indexPrice ?? 0),
    estimatedSettlePrice: eightPlaces(contract?.indexPrice ?? 0),
    lastFundingRate: funding === undefined ? '' : eightPlaces(funding.rate),
    interestRate: funding === undefined ? '' : '0.00010000',
    nextFundingTime: funding?.nextTime ?? 0,
    time: now,
  };
}

export function openInterestBody(product: Product, market: InstrumentMarket, now: number): Payload {
  const { instrument, contract, format } = market;
  return {
    symbol: instrument.symbol,
    ...(product === 'coinm' && {
      pair: pairOf(instrument),
      contractType: contractTypeOf(instrument, now),
    }),
    openInterest: format.amount.text(contract?.openInterest ?? 0),
    time: now,
  };
}

/** Payments of the past, oldest first. */
export function fundingRateRows(
  asked: RestParameters,
  markets: readonly InstrumentMarket[],
  now: number,
): readonly Payload[] {
  const limit = asked.limit(100, FUNDING_LIMIT);
  const from = asked.integer('startTime') ?? -Infinity;
  const to = Math.min(now, asked.integer('endTime') ?? Infinity);
  return markets.flatMap(({ instrument, contract }) => {
    const payments = contract?.funding?.before(to, limit) ?? [];
    return payments
      .filter(({ time }) => time >= from)
      .map(({ time, rate }) => ({
        symbol: instrument.symbol,
        fundingTime: time,
        fundingRate: eightPlaces(rate),
        markPrice: eightPlaces(contract?.markPrice ?? 0),
      }));
  });
}

/** Only perpetuals whose funding is not the usual one are listed. */
export function fundingInfoRow({ instrument, contract }: InstrumentMarket): readonly Payload[] {
  const intervalMs = contract?.funding?.intervalMs ?? USUAL_INTERVAL_MS;
  if (intervalMs === USUAL_INTERVAL_MS) return [];
  return [
    {
      symbol: instrument.symbol,
      adjustedFundingRateCap: '0.02000000',
      adjustedFundingRateFloor: '-0.02000000',
      fundingIntervalHours: intervalMs / HOUR_MS,
    },
  ];
}
