/** Bitfinex's hottest frames, whose prices and amounts are JSON numbers, with number and time at their end. */
import { bitfinex } from '@exchange-stream/adapters';

const price = (variant) => 65_000 + variant / 10;
const amount = (variant) => +(variant / 317 + 0.001).toFixed(8);
const TIME = 1_790_134_414_850;

const BOOK = 'book:P0:F0:25:tBTCUSD';
const ORDERS = 'book:R0:25:tBTCUSD';
const TRADES = 'trades:tBTCUSD';

const ignore = () => undefined;
const silent = {
  reply: ignore,
  framesCountFrom: ignore,
  frameNumber: () => true,
  stream: ignore,
  ignored: ignore,
};

/** A socket whose flags are confirmed and whose channels are open. */
function open() {
  let id = 0;
  const session = bitfinex().createSession({
    ...{ endpoint: 'public', url: 'wss://bench.test/ws/2', nextId: () => String(++id) },
  });
  const hear = (event) => session.onFrame(Buffer.from(JSON.stringify(event)), false, 0, silent);
  hear({ event: 'conf', status: 'OK', flags: 229_376 });
  for (const [index, topic] of [BOOK, ORDERS, TRADES].entries()) {
    const [{ frame }] = session.subscribe([topic]);
    hear({ ...JSON.parse(frame), event: 'subscribed', chanId: 10_000 + index });
  }
  return session;
}

export default {
  session: open,
  // Opened already, under the numbers that frames have.
  topics: [],
  goal: 1.5,
  kinds: {
    'bitfinex book change': (variant) => [
      10_000,
      [price(variant), variant % 3, (variant % 2 === 0 ? 1 : -1) * (variant % 3 === 0 ? 1 : amount(variant))],
      ...[variant + 1, TIME + variant],
    ],
    'bitfinex order change': (variant) => [
      10_001,
      [
        55_804_480_297 + variant,
        variant % 3 === 0 ? 0 : price(variant),
        variant % 2 === 0 ? 1 : -amount(variant),
      ],
      ...[variant + 1, TIME + variant],
    ],
    'bitfinex te': (variant) => [
      ...[10_002, 'te'],
      [401_597_395 + variant, TIME + variant, (variant % 2 === 0 ? 1 : -1) * amount(variant), price(variant)],
      ...[variant + 1, TIME + variant],
    ],
  },
};
