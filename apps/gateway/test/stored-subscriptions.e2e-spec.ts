import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import request from 'supertest';
import { bodyOf } from './body-of.ts';
import { createApp, startGateway, until, type GatewayUnderTest } from './gateway-under-test.ts';

const TRADES = { exchange: 'binance', channel: 'trades', symbol: 'BTC/USDT' };
const CANDLES = { ...TRADES, channel: 'candles', params: { interval: '1m' } };
/** Of an exchange that this gateway does not know. */
const ELSEWHERE = { exchange: 'elsewhere', channel: 'trades', symbol: 'BTC/USDT' };
/** With a value that the channel does not take. */
const WITHDRAWN = { ...CANDLES, params: { interval: '7y' } };

interface View {
  readonly key: string;
  readonly heldByRest: boolean;
}

describe('subscriptions that REST added', () => {
  let folder: string;
  let file: string;
  let gateway: GatewayUnderTest | undefined;

  const start = async (env: Record<string, string> = {}): Promise<void> => {
    gateway = await startGateway({ SUBSCRIPTIONS_FILE: file, ...env });
  };
  const stop = async (): Promise<void> => {
    await gateway?.close();
    gateway = undefined;
  };
  const api = (): ReturnType<typeof request> => request(gateway!.http);
  const subscriptions = async (): Promise<View[]> =>
    (await bodyOf(api().get('/v1/subscriptions').expect(200))) as View[];
  const stored = (): unknown[] =>
    existsSync(file)
      ? (JSON.parse(readFileSync(file, 'utf8')) as { subscriptions: unknown[] }).subscriptions
      : [];
  const store = (...entries: unknown[]): void =>
    writeFileSync(
      file,
      JSON.stringify({ format: 'exchange-stream/subscriptions', version: 1, subscriptions: entries }),
    );

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'gateway-'));
    file = join(folder, 'subscriptions.json');
  });

  afterEach(async () => {
    await stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('are there and live again after a restart, and what it deleted is not', async () => {
    await start();
    await api().post('/v1/subscriptions').send(TRADES).expect(201);
    await api().post('/v1/subscriptions').send(CANDLES).expect(201);
    const ticker = { ...TRADES, channel: 'ticker' };
    await api().post('/v1/subscriptions').send(ticker).expect(201);
    await api().delete('/v1/subscriptions').send(ticker).expect(204);
    await stop();
    expect(stored()).toEqual([TRADES, CANDLES]);

    await start();
    await until(() => gateway!.stream.subscriptions().every(({ data }) => data === 'live'));
    expect(await subscriptions()).toMatchObject([
      { ...TRADES, state: 'subscribed', heldByRest: true, references: 1 },
      { ...CANDLES, state: 'subscribed', heldByRest: true, references: 1 },
    ]);
    await api().post('/v1/subscriptions').send(TRADES).expect(200);
    await api().delete('/v1/subscriptions').send(TRADES).expect(204);
    await stop();
    expect(stored()).toEqual([CANDLES]);
  });

  it('are written at each change, not only at the stop', async () => {
    await start();
    await api().post('/v1/subscriptions').send(TRADES).expect(201);
    await until(() => stored().length === 1);
    await api().delete('/v1/subscriptions').send(TRADES).expect(204);
    await until(() => stored().length === 0);
  });

  it('are held beside those of the configuration, which are not stored', async () => {
    await start({ SUBSCRIPTIONS: 'binance:trades:BTC/USDT;binance:ticker:BTC/USDT' });
    await api().post('/v1/subscriptions').send(TRADES).expect(201);
    expect(await subscriptions()).toMatchObject([{ references: 2 }, { references: 1, heldByRest: false }]);
    await stop();
    expect(stored()).toEqual([TRADES]);
  });

  it('that cannot be met wait in the file for a later start, until REST deletes them', async () => {
    store(ELSEWHERE, TRADES, WITHDRAWN);
    await start();
    expect(await subscriptions()).toMatchObject([{ ...TRADES, heldByRest: true }]);
    await api().post('/v1/subscriptions').send(CANDLES).expect(201);
    await until(() => stored().length === 4);
    expect(stored()).toEqual([TRADES, CANDLES, ELSEWHERE, WITHDRAWN]);
    await api().delete('/v1/subscriptions').send(ELSEWHERE).expect(204);
    await api()
      .delete('/v1/subscriptions')
      .query({ key: JSON.stringify(['binance', 'candles', 'BTC/USDT', { interval: '7y' }]) })
      .expect(204);
    await until(() => stored().length === 2);
    await api().delete('/v1/subscriptions').send(ELSEWHERE).expect(404);
  });

  it('of a symbol that is traded no more can still be deleted', async () => {
    const gone = { ...TRADES, symbol: 'GONE/USDT' };
    store(gone);
    await start();
    await until(() => gateway!.stream.subscriptions()[0]?.state === 'failed');
    await api().delete('/v1/subscriptions').send(gone).expect(204);
    await until(() => stored().length === 0);
  });

  it('do not keep the gateway from starting when the file is torn, nor is the file lost', async () => {
    writeFileSync(file, '{"format":"exchange-stream/subscr');
    await start();
    expect(await subscriptions()).toEqual([]);
    await api().post('/v1/subscriptions').send(TRADES).expect(201);
    await until(() => stored().length === 1);
    const [aside] = readdirSync(folder).filter((name) => name.startsWith('subscriptions.json.'));
    expect(readFileSync(join(folder, aside!), 'utf8')).toBe('{"format":"exchange-stream/subscr');
  });

  it('are taken though the disk refuses them', async () => {
    const parent = join(folder, 'parent');
    writeFileSync(parent, '');
    await start({ SUBSCRIPTIONS_FILE: join(parent, 'subscriptions.json') });
    await api().post('/v1/subscriptions').send(TRADES).expect(201);
    expect(await subscriptions()).toMatchObject([{ ...TRADES, heldByRest: true }]);
  });

  it('stored in two spellings are one', async () => {
    store(TRADES, { ...TRADES, params: { aggregated: false } });
    await start();
    expect(await subscriptions()).toMatchObject([{ ...TRADES, references: 1 }]);
    await api().delete('/v1/subscriptions').send(TRADES).expect(204);
    expect(await subscriptions()).toEqual([]);
  });

  it('are restored up to as many as REST may hold, and the others are not lost', async () => {
    store(...Array.from({ length: 2_001 }, (_, index) => ({ ...TRADES, symbol: `C${index}/USDT` })));
    await start({ BINANCE_REST_URL: 'http://127.0.0.1:9' });
    expect(await subscriptions()).toHaveLength(2_000);
    await api()
      .delete('/v1/subscriptions')
      .send({ ...TRADES, symbol: 'C0/USDT' })
      .expect(204);
    await until(() => stored().length === 2_000);
    expect(stored()).toContainEqual({ ...TRADES, symbol: 'C2000/USDT' });
  });

  it('are restored without waiting for the exchange', async () => {
    store(TRADES);
    const app = await createApp({
      BINANCE_WS_URL: 'ws://127.0.0.1:9',
      BINANCE_REST_URL: 'http://127.0.0.1:9',
      SUBSCRIPTIONS_FILE: file,
    });
    try {
      const body = await bodyOf(request(app.getHttpServer()).get('/v1/subscriptions').expect(200));
      expect(body).toMatchObject([{ ...TRADES, state: 'inactive', heldByRest: true }]);
    } finally {
      await app.close();
    }
    expect(stored()).toEqual([TRADES]);
  });
});
