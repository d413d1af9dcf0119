/** Binance's hottest frames, as its combined streams write them. */
import { binance } from '@exchange-stream/adapters';

const price = (variant) => (65_000 + variant / 100).toFixed(8);
const amount = (variant) => (variant / 317 + 0.001).toFixed(8);
/** Changes near the best price, of which one in three removes its level. */
const levels = (variant, sign) =>
  [1, 2, 3, 4].map((index) => {
    const ticks = (variant * 7 + index * 31) % 400;
    return [
      (65_050 + (sign * (1 + ticks)) / 100).toFixed(8),
      (variant + index) % 3 === 0 ? '0.00000000' : amount(variant * index),
    ];
  });

const url = 'wss://bench.test/stream';

export default {
  session: () => binance().createSession({ endpoint: 'public', url, nextId: () => 1 }),
  topics: [],
  goal: 0.35,
  kinds: {
    trade: (variant) => ({
      stream: 'btcusdt@trade',
      data: {
        ...{ e: 'trade', E: 1672515782136 + variant, s: 'BTCUSDT', t: 1234567890 + variant },
        ...{
          p: price(variant),
          q: amount(variant),
          T: 1672515782136 + variant,
          m: variant % 2 === 0,
          M: true,
        },
      },
    }),
    bookTicker: (variant) => ({
      stream: 'btcusdt@bookTicker',
      data: {
        ...{ u: 400900217123 + variant, s: 'BTCUSDT', b: price(variant), B: amount(variant) },
        ...{ a: price(variant + 1), A: amount(variant + 7) },
      },
    }),
    'depth of 8 changes': (variant) => ({
      stream: 'btcusdt@depth@100ms',
      data: {
        ...{ e: 'depthUpdate', E: 1672515782136 + variant, s: 'BTCUSDT' },
        ...{
          U: 40090021711 + 9 * variant,
          u: 40090021719 + 9 * variant,
          b: levels(variant, -1),
          a: levels(variant, 1),
        },
      },
    }),
  },
};
