/** The hottest frames of Coinbase Exchange. */
import { coinbaseExchange } from '@exchange-stream/adapters';

const price = (variant) => (65_000 + variant / 100).toFixed(2);
const amount = (variant) => (variant / 317 + 0.001).toFixed(8);
const time = (variant) => new Date(1_786_309_548_170 + variant).toISOString().replace('Z', '326Z');
const order = (variant) => `2a0da34e-61f7-4c36-88e5-${String(variant).padStart(12, '0')}`;
/** Changes near the best price, of which one in three removes its level. */
const changes = (variant, side, sign) =>
  [1, 2, 3, 4].map((index) => [
    side,
    (65_050 + (sign * (1 + ((variant * 7 + index * 31) % 400))) / 100).toFixed(2),
    (variant + index) % 3 === 0 ? '0.00000000' : amount(variant * index),
  ]);

export default {
  session: () =>
    coinbaseExchange().createSession({ endpoint: 'feed', url: 'wss://bench.test/', nextId: () => 1 }),
  topics: ['matches:BTC-USD', 'level2_batch:BTC-USD'],
  goal: 1.5,
  kinds: {
    'coinbase-exchange match': (variant) => ({
      ...{ type: 'match', trade_id: 280_232 + variant, maker_order_id: order(variant) },
      ...{
        taker_order_id: order(variant + 1),
        side: variant % 2 === 0 ? 'buy' : 'sell',
        size: amount(variant),
      },
      ...{
        price: price(variant),
        product_id: 'BTC-USD',
        sequence: 177_100_030 + variant,
        time: time(variant),
      },
    }),
    'coinbase-exchange l2update of 8 changes': (variant) => ({
      ...{ type: 'l2update', product_id: 'BTC-USD' },
      changes: [...changes(variant, 'buy', -1), ...changes(variant, 'sell', 1)],
      time: time(variant),
    }),
  },
};
