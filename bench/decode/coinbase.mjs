/** The hottest frames of Coinbase's Advanced Trade. */
import { coinbase } from '@exchange-stream/adapters';

const price = (variant) => (65_000 + variant / 100).toFixed(2);
const amount = (variant) => (variant / 317 + 0.001).toFixed(8);
const time = (variant) => new Date(1_786_309_548_170 + variant).toISOString().replace('Z', '326Z');
/** Changes near the best price, of which one in three removes its level. */
const levels = (variant, side, sign) =>
  [1, 2, 3, 4].map((index) => ({
    ...{ side, event_time: time(variant) },
    price_level: (65_050 + (sign * (1 + ((variant * 7 + index * 31) % 400))) / 100).toFixed(2),
    new_quantity: (variant + index) % 3 === 0 ? '0' : amount(variant * index),
  }));
const frame = (channel, variant, event) => ({
  ...{
    channel,
    timestamp: time(variant + 30),
    sequence_num: variant,
    events: [{ type: 'update', ...event }],
  },
});

export default {
  session: () => coinbase().createSession({ endpoint: 'market', url: 'wss://bench.test/', nextId: () => 1 }),
  topics: ['market_trades:BTC-USD', 'level2:BTC-USD'],
  goal: 1.5,
  kinds: {
    'coinbase market_trades': (variant) =>
      frame('market_trades', variant, {
        trades: [
          {
            ...{ product_id: 'BTC-USD', trade_id: String(1_068_572_091 + variant), price: price(variant) },
            ...{ size: amount(variant), time: time(variant), side: variant % 2 === 0 ? 'BUY' : 'SELL' },
          },
        ],
      }),
    'coinbase l2_data of 8 changes': (variant) =>
      frame('l2_data', variant, {
        product_id: 'BTC-USD',
        updates: [...levels(variant, 'bid', -1), ...levels(variant, 'offer', 1)],
      }),
  },
};
