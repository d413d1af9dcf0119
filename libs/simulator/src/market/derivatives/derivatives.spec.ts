import { VirtualClock } from '@exchange-stream/market-data';
import { seededRandom } from '../../platform/seeded-random.ts';
import type { SimulatedInstrument } from '../instrument.ts';
import type { MarketListener } from '../instrument-market.ts';
import { SeededMarket } from '../seeded-market.ts';
import { Timeframe } from '../timeframe.ts';
import { optionValue, YEAR_MS } from './black-scholes.ts';
import type { SimulatedContract } from './contract.ts';
import { deliveryDate, quarterlyDeliveries } from './delivery-calendar.ts';

const START = Date.UTC(2026, 10, 21, 10, 0, 20);
const HOUR_MS = 3_600_000;

function instrument(symbol: string, contract: SimulatedContract, shape = {}): SimulatedInstrument {
  return {
    symbol,
    base: 'BTC',
    quote: 'USDT',
    status: 'trading',
    tickSize: '0.10',
    lotSize: '0.001',
    minNotional: '5',
    startPrice: 97_000,
    dailyVolatility: 0.03,
    ordersPerSecond: 6,
    medianAmount: 0.05,
    contract,
    ...shape,
  };
}

const LINEAR = { index: 'BTCUSD', settle: 'USDT', contractSize: '1' };
const PERPETUAL = instrument('PERP', { ...LINEAR, kind: 'perpetual', fundingIntervalMs: 8 * HOUR_MS });
const DATED = instrument('DATED', { ...LINEAR, kind: 'future', deliveryTime: START + 60_000 });
const INVERSE = instrument(
  'INVERSE',
  {
    index: 'BTCUSD',
    settle: 'BTC',
    contractSize: '100',
    kind: 'perpetual',
    fundingIntervalMs: 4 * HOUR_MS,
  },
  { quote: 'USD', lotSize: '1', medianAmount: 50 },
);
const CALL = instrument(
  'CALL',
  {
    ...LINEAR,
    kind: 'option',
    deliveryTime: START + 30 * 24 * HOUR_MS,
    strike: 100_000,
    right: 'call',
    premiumIn: 'quote',
    impliedVolatility: 0.5,
  },
  { tickSize: '1' },
);
const COIN_CALL = instrument(
  'COINCALL',
  { ...(CALL.contract as Extract<SimulatedContract, { kind: 'option' }>), settle: 'BTC', premiumIn: 'base' },
  { tickSize: '0.0001' },
);

describe('derivatives of the simulated market', () => {
  let clock: VirtualClock;
  let market: SeededMarket;
  let told: string[];

  const open = (symbols?: readonly string[], seed = 3): SeededMarket => {
    clock = new VirtualClock(START);
    told = [];
    const ignore = (): void => undefined;
    const listener: MarketListener = {
      bookChanged: ignore,
      traded: ignore,
      aggregated: ignore,
      candleClosed: ignore,
      paused: ignore,
      liquidated: ({ instrument: { symbol } }) => told.push(`liquidated ${symbol}`),
      statusChanged: ({ instrument: { symbol }, status }) => told.push(`${symbol} ${status}`),
    };
    market = new SeededMarket({
      clock,
      random: (purpose) => seededRandom(seed, purpose),
      options: { ...(symbols && { symbols }), depthLevels: 50, startTime: START - HOUR_MS },
      instruments: [PERPETUAL, DATED, INVERSE, CALL, COIN_CALL],
      listener,
    });
    market.start();
    return market;
  };
  afterEach(() => market.stop());

  const middle = (symbol: string): number => {
    const { bids, asks } = market.book(symbol);
    return (Number(bids[0]![0]) + Number(asks[0]![0])) / 2;
  };

  it('lets all contracts on one index follow it', async () => {
    open();
    for (let round = 0; round < 8; round++) {
      await clock.advance(2000);
      const { indexPrice } = market.derivatives('PERP')!;
      for (const symbol of ['PERP', 'DATED', 'INVERSE', 'CALL']) {
        expect(market.derivatives(symbol)!.indexPrice).toBe(indexPrice);
      }
      for (const symbol of ['PERP', 'DATED', 'INVERSE']) {
        const { markPrice } = market.derivatives(symbol)!;
        expect(Math.abs(markPrice / indexPrice - 1)).toBeLessThan(0.002);
        expect(Math.abs(middle(symbol) / markPrice - 1)).toBeLessThan(0.0005);
      }
    }
  });

  it('gives the same prices whoever else is listed, and others for another seed', async () => {
    const markAfter = async (symbols: readonly string[], seed: number): Promise<number> => {
      open(symbols, seed);
      await clock.advance(10_000);
      const { markPrice } = market.derivatives('PERP')!;
      market.stop();
      return markPrice;
    };
    const alone = await markAfter(['PERP'], 3);
    expect(await markAfter(['INVERSE', 'PERP', 'CALL'], 3)).toBe(alone);
    expect(await markAfter(['PERP'], 4)).not.toBe(alone);
  });

  it('quotes options at their value, in either asset', async () => {
    open(['CALL', 'COINCALL']);
    await clock.advance(5000);
    const { markPrice, indexPrice } = market.derivatives('CALL')!;
    expect(Math.abs(middle('CALL') / markPrice - 1)).toBeLessThan(0.01);
    const inCoin = market.derivatives('COINCALL')!.markPrice;
    expect(Math.abs((inCoin * indexPrice) / markPrice - 1)).toBeLessThan(0.02);
    const { delta, gamma, vega, theta } = market.find('CALL')!.contract!.option;
    expect(delta).toBeGreaterThan(0.2);
    expect(delta).toBeLessThan(0.6);
    expect([gamma > 0, vega > 0, theta < 0]).toEqual([true, true, true]);
  });

  it('pays funding at whole intervals since midnight, at the rate the estimate ends at', () => {
    open(['PERP', 'INVERSE']);
    const { funding } = market.find('PERP')!.contract!;
    expect(market.derivatives('PERP')!.nextFundingTime).toBe(Date.UTC(2026, 10, 21, 16));
    expect(market.derivatives('INVERSE')!.nextFundingTime).toBe(Date.UTC(2026, 10, 21, 12));
    const [payment] = funding!.before(Date.UTC(2026, 10, 21, 17), 1);
    expect(payment!.time).toBe(Date.UTC(2026, 10, 21, 16));
    const estimates = [10, 12, 14, 16].map((hour) => funding!.at(Date.UTC(2026, 10, 21, hour) - 1).rate);
    const distances = estimates.map((rate) => Math.abs(rate - payment!.rate));
    expect(distances).toEqual([...distances].sort((a, b) => b - a));
    expect(funding!.at(payment!.time).lastRate).toBe(payment!.rate);
  });

  it('counts what inverse contracts cost in the base asset', async () => {
    open(['INVERSE']);
    await clock.advance(60_000);
    const { running } = market.find('INVERSE')!.candles(new Timeframe('1h'));
    const { format } = market.find('INVERSE')!;
    const contracts = Number(format.amount.text(running.volume));
    const coins = Number(format.notional.text(running.quoteVolume));
    expect(contracts).toBeGreaterThan(0);
    expect((contracts * 100) / coins / 97_000).toBeCloseTo(1, 1);
    expect(Number(format.face.text(running.volume))).toBe(contracts * 100);
  });

  it('closes positions that are not covered any more, on both sides', async () => {
    open(['PERP']);
    await clock.advance(120_000);
    const { liquidations } = market.derivatives('PERP')!;
    expect(new Set(liquidations.map(({ side }) => side))).toEqual(new Set(['buy', 'sell']));
    expect(told).toHaveLength(liquidations.length);
  });

  it('stands still with the market', async () => {
    open(['PERP']);
    market.pause();
    const before = market.derivatives('PERP');
    await clock.advance(30_000);
    expect(market.derivatives('PERP')).toEqual(before);
  });

  it('delivers a future when its time has come', async () => {
    open(['PERP', 'DATED']);
    await clock.advance(61_000);
    expect(told.filter((text) => text.startsWith('DATED'))).toContain('DATED closed');
    const { lastUpdateId } = market.book('DATED');
    await clock.advance(10_000);
    expect(market.book('DATED').lastUpdateId).toBe(lastUpdateId);
  });

  it('lists and delists while it runs', async () => {
    open(['PERP']);
    market.list('INVERSE');
    const { lastUpdateId } = market.book('INVERSE');
    await clock.advance(5000);
    expect(market.book('INVERSE').lastUpdateId).toBeGreaterThan(lastUpdateId);
    market.delist('PERP');
    market.reopen('PERP');
    const closedAt = market.book('PERP').lastUpdateId;
    await clock.advance(5000);
    expect(market.book('PERP').lastUpdateId).toBe(closedAt);
    expect(told.filter((text) => !text.startsWith('liquidated'))).toEqual(['INVERSE trading', 'PERP closed']);
  });
});

describe('the value of an option', () => {
  it('is that of the textbook', () => {
    const terms = { strike: 100, price: 100, leftMs: YEAR_MS, volatility: 0.2 };
    const call = optionValue({ ...terms, right: 'call' });
    const put = optionValue({ ...terms, right: 'put' });
    expect(call.value).toBeCloseTo(7.9656, 3);
    expect(call.delta).toBeCloseTo(0.5398, 3);
    expect(put.value).toBeCloseTo(call.value, 6);
    expect(put.delta).toBeCloseTo(call.delta - 1, 6);
    expect(call.vega).toBeCloseTo(0.397, 3);
  });

  it('is what is won when its time is over', () => {
    const over = { strike: 100, price: 130, leftMs: 0, volatility: 0.2 };
    expect(optionValue({ ...over, right: 'call' }).value).toBe(30);
    expect(optionValue({ ...over, right: 'put' }).value).toBe(0);
  });
});

describe('quarterly deliveries', () => {
  it('fall on last Fridays at eight', () => {
    const dates = quarterlyDeliveries(START, 3).map((time) => new Date(time).toISOString());
    expect(dates).toEqual([
      '2026-12-25T08:00:00.000Z',
      '2027-03-26T08:00:00.000Z',
      '2027-06-25T08:00:00.000Z',
    ]);
    const [next = 0] = quarterlyDeliveries(Date.UTC(2026, 11, 25, 8), 1);
    expect(deliveryDate(next)).toBe('270326');
  });
});
