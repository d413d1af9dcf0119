/** Kraken's hottest frames, whose prices and amounts are JSON numbers with all their zeros. */
import { kraken } from '@exchange-stream/adapters';

const price = (variant) => (65_000 + variant / 10).toFixed(1);
const amount = (variant) => (variant / 317 + 0.001).toFixed(8);
const time = (variant) => new Date(1_790_134_414_850 + variant).toISOString().replace('Z', '123Z');
/** Changes near the best price, of which one in three removes its level. */
const levels = (variant, sign) =>
  [1, 2, 3, 4]
    .map((index) => {
      const at = (65_050 + (sign * (1 + ((variant * 7 + index * 31) % 400))) / 10).toFixed(1);
      return `{"price":${at},"qty":${(variant + index) % 3 === 0 ? '0.00000000' : amount(variant * index)}}`;
    })
    .join(',');

const row = (channel, fields) =>
  `{"channel":"${channel}","type":"update","data":[{"symbol":"BTC/USD",${fields}}]}`;

const url = 'wss://bench.test/v2';

export default {
  session: () => kraken({ watchListings: false }).createSession({ endpoint: 'public', url, nextId: () => 1 }),
  topics: ['trade:BTC/USD', 'book:BTC/USD'],
  goal: 1.5,
  kinds: {
    'kraken trade': (variant) =>
      row(
        'trade',
        `"side":"${variant % 2 === 0 ? 'buy' : 'sell'}","price":${price(variant)},"qty":${amount(variant)},` +
          `"ord_type":"limit","trade_id":${10_218_208 + variant},"timestamp":"${time(variant)}"`,
      ),
    'kraken book of 8 changes': (variant) =>
      row(
        'book',
        `"bids":[${levels(variant, -1)}],"asks":[${levels(variant, 1)}],"checksum":${2_114_181_697 + variant},` +
          `"timestamp":"${time(variant)}"`,
      ),
  },
};
