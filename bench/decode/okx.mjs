/** OKX's hottest frames. */
import { okx } from '@exchange-stream/adapters';

const price = (variant) => (65_000 + variant / 10).toFixed(1);
const amount = (variant) => (variant / 317 + 0.001).toFixed(8);
/** Changes near the best price, of which one in three removes its level. */
const levels = (variant, sign) =>
  [1, 2, 3, 4].map((index) => {
    const price = (65_050 + (sign * (1 + ((variant * 7 + index * 31) % 400))) / 10).toFixed(1);
    if ((variant + index) % 3 === 0) return [price, '0', '0', '0'];
    return [price, amount(variant * index), '0', String(1 + (variant % 40))];
  });
const arg = (channel) => ({ channel, instId: 'BTC-USDT' });
const ts = (variant) => String(1740394561685 + variant);

const url = 'wss://bench.test/ws/v5/public';

export default {
  session: () => okx().createSession({ endpoint: 'public', url, nextId: () => '1' }),
  topics: ['trades:BTC-USDT', 'bbo-tbt:BTC-USDT', 'books:BTC-USDT'],
  goal: 1.5,
  kinds: {
    'okx trades': (variant) => ({
      arg: arg('trades'),
      data: [
        {
          ...{
            instId: 'BTC-USDT',
            tradeId: String(674510826 + variant),
            px: price(variant),
            sz: amount(variant),
          },
          ...{ side: variant % 2 === 0 ? 'buy' : 'sell', ts: ts(variant), count: '1' },
        },
      ],
    }),
    'okx bbo-tbt': (variant) => ({
      arg: arg('bbo-tbt'),
      data: [
        {
          asks: [[price(variant + 1), amount(variant + 7), '0', '13']],
          bids: [[price(variant), amount(variant), '0', '2']],
          ...{ ts: ts(variant), seqId: 400900217123 + variant },
        },
      ],
    }),
    'okx books of 8 changes': (variant) => ({
      arg: arg('books'),
      action: 'update',
      data: [
        {
          ...{ asks: levels(variant, 1), bids: levels(variant, -1), ts: ts(variant), checksum: 0 },
          ...{ prevSeqId: 40090021711 + 9 * variant, seqId: 40090021720 + 9 * variant },
        },
      ],
    }),
  },
};
