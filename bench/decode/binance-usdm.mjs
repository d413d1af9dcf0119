/** The hottest frames of Binance's USD-M futures, with the fields that say of which exchange and pair a row is. */
import { binanceUsdm } from '@exchange-stream/adapters';

const price = (variant) => (65_000 + variant / 10).toFixed(2);
const amount = (variant) => (variant / 317 + 0.001).toFixed(3);
/** Changes near the best price, of which one in three removes its level. */
const levels = (variant, sign) =>
  [1, 2, 3, 4].map((index) => [
    (65_050 + (sign * (1 + ((variant * 7 + index * 31) % 400))) / 10).toFixed(2),
    (variant + index) % 3 === 0 ? '0.000' : amount(variant * index),
  ]);
const origin = { ps: 'BTCUSDT', st: 1 };

const url = 'wss://bench.test/public/stream';

export default {
  session: () => binanceUsdm().createSession({ endpoint: 'public', url, nextId: () => 1 }),
  topics: [],
  goal: 1.5,
  kinds: {
    'usdm aggTrade': (variant) => ({
      stream: 'btcusdt@aggTrade',
      data: {
        ...{ e: 'aggTrade', E: 1672515782136 + variant, a: 1234567890 + variant, s: 'BTCUSDT' },
        ...{ p: price(variant), q: amount(variant), nq: amount(variant) },
        ...{ f: 234567890 + variant, l: 234567891 + variant, T: 1672515782130 + variant },
        ...{ m: variant % 2 === 0, st: 1 },
      },
    }),
    'usdm bookTicker': (variant) => ({
      stream: 'btcusdt@bookTicker',
      data: {
        ...{ e: 'bookTicker', u: 400900217123 + variant, E: 1672515782136 + variant },
        ...{ T: 1672515782130 + variant, s: 'BTCUSDT', b: price(variant), B: amount(variant) },
        ...{ a: price(variant + 1), A: amount(variant + 7), st: 1, ps: 'BTCUSDT' },
      },
    }),
    'usdm depth of 8 changes': (variant) => ({
      stream: 'btcusdt@depth@100ms',
      data: {
        ...{ e: 'depthUpdate', E: 1672515782136 + variant, T: 1672515782130 + variant, s: 'BTCUSDT' },
        ...{ ...origin, U: 40090021711 + 90 * variant, u: 40090021719 + 90 * variant },
        ...{ pu: 40090021700 + 90 * variant, b: levels(variant, -1), a: levels(variant, 1) },
      },
    }),
  },
};
