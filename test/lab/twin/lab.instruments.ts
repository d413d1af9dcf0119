import type { SimulatedInstrument } from '@exchange-stream/simulator/kit';
import type { LabOptions } from './lab.options.ts';

const DEFAULT_SYMBOLS = ['BTC-USDT', 'ETH-USDT', 'SOL-USDT'];

/** What the exchange lists: all symbols alike, for what lab proves is in the protocol. */
export function labInstruments({ symbols = DEFAULT_SYMBOLS }: LabOptions): readonly SimulatedInstrument[] {
  if (typeof symbols !== 'number') return symbols.map(instrument);
  return Array.from({ length: symbols }, (_, index) =>
    instrument(`S${String(index + 1).padStart(4, '0')}-USDT`),
  );
}

function instrument(symbol: string): SimulatedInstrument {
  const [base = '', quote = ''] = symbol.split('-');
  return {
    symbol,
    base,
    quote,
    status: 'trading',
    tickSize: '0.01',
    lotSize: '0.0001',
    minNotional: '1',
    startPrice: 100,
    dailyVolatility: 0.03,
    ordersPerSecond: 1,
    medianAmount: 0.5,
  };
}
