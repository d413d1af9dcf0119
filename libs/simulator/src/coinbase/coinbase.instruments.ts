import { spotProducts } from '../coinbase-platform/products.ts';
import { quarterlyDeliveries } from '../market/derivatives/delivery-calendar.ts';
import type { SimulatedInstrument } from '../market/instrument.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Nobody begins a test with a contract that ends the same day. */
const SHORTEST_LIFE_MS = 2 * DAY_MS;
const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];

/** How far off the far end of the perpetual-style contract is: it is a future by its name, and pays funding. */
export const PERPETUAL_EXPIRY = Date.UTC(2030, 11, 20, 16);

/** Names that other products have besides: subscriptions to them are answered with the name of the product. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['BTC-USDC', 'BTC-USD'],
  ['ETH-USDC', 'ETH-USD'],
  ['SOL-USDC', 'SOL-USD'],
]);

export function aliasesOf(productId: string): readonly string[] {
  return [...ALIASES].filter(([, product]) => product === productId).map(([alias]) => alias);
}

/** The product of a name. */
export function productOf(name: string): string {
  return ALIASES.get(name) ?? name;
}

/** Spot, a nano future of the quarter after `now`, and the one that stands for a perpetual. */
export function coinbaseInstruments(now: number): readonly SimulatedInstrument[] {
  const [delivery = 0] = quarterlyDeliveries(now + SHORTEST_LIFE_MS, 1);
  return [
    ...spotProducts(),
    {
      ...nanoBitcoin('BIP-20DEC30-CDE', 2),
      contract: {
        kind: 'perpetual',
        index: 'BTCUSD',
        settle: 'USD',
        contractSize: '0.01',
        fundingIntervalMs: HOUR_MS,
      },
    },
    {
      ...nanoBitcoin(`BIT-${dateName(delivery)}-CDE`, 0.7),
      contract: {
        kind: 'future',
        index: 'BTCUSD',
        settle: 'USD',
        contractSize: '0.01',
        deliveryTime: delivery,
      },
    },
  ];
}

function nanoBitcoin(symbol: string, ordersPerSecond: number): SimulatedInstrument {
  return {
    symbol,
    base: 'BTC',
    quote: 'USD',
    status: 'trading',
    minNotional: '0',
    tickSize: '5',
    lotSize: '1',
    startPrice: 97_312.5,
    dailyVolatility: 0.022,
    ordersPerSecond,
    medianAmount: 3,
  };
}

/** Such as `24APR26`. */
function dateName(time: number): string {
  const date = new Date(time);
  const day = String(date.getUTCDate()).padStart(2, '0');
  return `${day}${MONTHS[date.getUTCMonth()]}${String(date.getUTCFullYear()).slice(2)}`;
}
