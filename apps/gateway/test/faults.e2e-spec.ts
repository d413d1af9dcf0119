import { startSimulator } from '@exchange-stream/simulator';
import type { Socket as NetSocket } from 'node:net';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { FeedGateway } from '../src/feed/feed.gateway.ts';
import type { FeedLine } from '../src/feed/feed-line.ts';
import { FeedReader } from './feed-reader.ts';
import { createApp, startGateway, until } from './gateway-under-test.ts';

const BOOK = { exchange: 'binance', channel: 'book', symbol: 'BTC/USDT' };
const CH = 'binance book BTC/USDT';

function serverSide(app: NestExpressApplication, reader: FeedReader): { line: FeedLine; tcp: NetSocket } {
  const connected = [...app.get(FeedGateway)['connected']];
  const [socket, { line }] = connected.find(([{ id }]) => id === reader.socket.id)!;
  return { line, tcp: socket.request.socket };
}

/** Lets the client ask for large answers until nothing more fits between it and the gateway. */
async function fillNetwork(app: NestExpressApplication, stuck: FeedReader): Promise<void> {
  const { line } = serverSide(app, stuck);
  let blocked = 0;
  await until(() => {
    blocked = line.writable ? 0 : blocked + 1;
    if (line.writable) stuck.socket.emit('subscribe', { channels: Array(400).fill(0) }, () => undefined);
    return blocked === 20 || stuck.disconnected !== undefined;
  }, 20_000);
}

describe('faults', () => {
  it('tells of an outage, sends a whole book after it, and then holds the very book of the exchange', async () => {
    const gateway = await startGateway();
    const reader = await FeedReader.connect(gateway.url);
    try {
      await reader.subscribe(BOOK);
      await until(() => reader.data(CH).length > 5);
      const { port } = gateway.simulator;
      await gateway.simulator.stop();
      await until(
        () => reader.statuses(CH).at(-1)?.state === 'stale' || reader.statuses(CH).at(-1)?.state === 'gap',
      );
      const outage = reader.of(CH).findLastIndex((message) => message.t === 'status');
      expect(reader.statuses(CH).at(-1)!.reason).not.toBe('');
      expect((await fetch(`${gateway.url}/v1/book?exchange=binance&symbol=BTC/USDT`)).status).toBe(409);

      gateway.simulator = await startSimulator({ exchange: 'binance', port, seed: 2 });
      await until(
        () =>
          reader
            .of(CH)
            .slice(outage)
            .filter(({ t }) => t === 'upd').length > 3,
        30_000,
      );
      const after = reader
        .of(CH)
        .slice(outage)
        .map(({ t }) => t);
      expect(after.indexOf('snap')).toBeLessThan(after.indexOf('upd'));
      expect(after).not.toContain('synced');
      expect(new Set(reader.of(CH).map(({ e }) => e)).size).toBe(1);
      expect(reader.breaks).toEqual([]);

      const { market } = gateway.simulator.exchange;
      market.pause();
      const truth = market.book('BTCUSDT');
      await until(() => reader.book(CH).sequence === truth.lastUpdateId);
      expect(reader.book(CH)).toEqual({ bids: truth.bids, asks: truth.asks, sequence: truth.lastUpdateId });
    } finally {
      await reader.close();
      await gateway.close();
    }
  }, 60_000);

  it('drops a client that does not read, with bounded memory, while the others go on', async () => {
    const gateway = await startGateway({ FEED_MAX_PENDING_BYTES: '65536' });
    const [stuck, reader] = [await FeedReader.connect(gateway.url), await FeedReader.connect(gateway.url)];
    try {
      await until(() => gateway.stream.manager('binance').instruments.loaded);
      const symbols = gateway.stream
        .manager('binance')
        .instruments.list()
        .map(({ symbol }) => symbol);
      const channels = symbols.flatMap((symbol) =>
        ['book', 'quotes', 'trades'].map((channel) => ({ exchange: 'binance', channel, symbol })),
      );
      await Promise.all([stuck.subscribe(...channels), reader.subscribe(...channels)]);
      await until(() => stuck.data(CH).length > 2);
      stuck.freeze();
      const { tcp } = serverSide(gateway.app, stuck);
      await fillNetwork(gateway.app, stuck);
      const metric = async (name: string): Promise<number> => {
        const text = await (await fetch(`${gateway.url}/metrics`)).text();
        return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
      };
      await until(async () => (await metric('feed_slow_clients_total')) === 1, 40_000);
      await until(async () => (await metric('feed_clients')) === 1);
      await until(() => tcp.destroyed);
      const seen = reader.data(CH).length;
      await until(() => reader.data(CH).length > seen + 3);
      expect(reader.breaks).toEqual([]);
      expect(reader.disconnected).toBeUndefined();
    } finally {
      stuck.kill();
      await reader.close();
      await gateway.close();
    }
  }, 60_000);

  it('says so when a symbol turns out not to exist, once the exchange can be asked', async () => {
    const gateway = await startGateway();
    const { port } = gateway.simulator;
    await gateway.simulator.stop();
    const url = `127.0.0.1:${port}`;
    const app = await createApp({ BINANCE_WS_URL: `ws://${url}`, BINANCE_REST_URL: `http://${url}` });
    const reader = await FeedReader.connect(await app.getUrl());
    try {
      const { ok } = await reader.subscribe({ ...BOOK, symbol: 'NO/PE' });
      expect(ok).toMatchObject([{ ch: 'binance book NO/PE', state: 'syncing' }]);
      gateway.simulator = await startSimulator({ exchange: 'binance', port });
      await until(() =>
        reader.statuses('binance book NO/PE').some(({ failure }) => failure === 'unknown-symbol'),
      );
      expect(reader.data('binance book NO/PE')).toEqual([]);
      expect(reader.breaks).toEqual([]);
    } finally {
      await reader.close();
      await app.close();
      await gateway.close();
    }
  });
});
