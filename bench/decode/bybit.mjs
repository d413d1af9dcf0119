/** Bybit's hottest frames, of linear contracts. */
import { bybit } from '@exchange-stream/adapters';

const price = (variant) => (65_000 + variant / 10).toFixed(2);
const amount = (variant) => (variant / 317 + 0.001).toFixed(3);
/** Changes near the best price, of which one in three removes its level. */
const levels = (variant, sign) =>
  [1, 2, 3, 4].map((index) => {
    const changed = (65_050 + (sign * (1 + ((variant * 7 + index * 31) % 400))) / 10).toFixed(2);
    return [changed, (variant + index) % 3 === 0 ? '0' : amount(variant * index)];
  });
const ts = (variant) => 1786310819681 + variant;
const id = (variant) => `a9188a0a-82bc-50de-be60-03eedb${String(100_000 + variant)}`;

const book = (depth, type, variant, data) => ({
  ...{ topic: `orderbook.${depth}.BTCUSDT`, type, ts: ts(variant) },
  data: { s: 'BTCUSDT', ...data, u: 15_076_953 + variant, seq: 753843913870 + 9 * variant },
  cts: ts(variant) - 1,
});

export default {
  session: () => bybit().createSession({ endpoint: 'linear', url: 'wss://bench.test', nextId: () => '1' }),
  topics: ['publicTrade.BTCUSDT', 'orderbook.1.BTCUSDT', 'orderbook.50.BTCUSDT'],
  goal: 1.5,
  kinds: {
    'bybit publicTrade': (variant) => ({
      ...{ topic: 'publicTrade.BTCUSDT', type: 'snapshot', ts: ts(variant) },
      data: [
        {
          ...{ T: ts(variant) - 1, s: 'BTCUSDT', S: variant % 2 === 0 ? 'Buy' : 'Sell' },
          ...{ v: amount(variant), p: price(variant), L: 'PlusTick', i: id(variant) },
          ...{ BT: false, RPI: false, seq: 753843913870 + 9 * variant },
        },
      ],
    }),
    'bybit orderbook.1': (variant) =>
      book(1, 'snapshot', variant, {
        b: [[price(variant), amount(variant + 1)]],
        a: [[price(variant + 1), amount(variant + 7)]],
      }),
    'bybit orderbook.50 of 8 changes': (variant) =>
      book(50, 'delta', variant, { b: levels(variant, -1), a: levels(variant, 1) }),
  },
};
