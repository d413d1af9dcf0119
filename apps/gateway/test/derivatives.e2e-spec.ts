import request from 'supertest';
import { FeedReader } from './feed-reader.ts';
import { startGateway, until, type GatewayUnderTest } from './gateway-under-test.ts';

const SYMBOL = 'BTC/USDT:USDT';
const PERPETUAL = { exchange: 'bybit', symbol: SYMBOL };
const STATUS = { exchange: 'bybit', channel: 'status' };

describe('derivatives, options and notices', () => {
  let gateway: GatewayUnderTest | undefined;
  let reader: FeedReader | undefined;

  const latest = (query: object): request.Test => request(gateway!.http).get('/v1/latest').query(query);

  beforeAll(async () => {
    gateway = await startGateway({}, { exchange: 'bybit' });
    await until(() => gateway!.stream.manager('bybit').instruments.loaded);
    reader = await FeedReader.connect(gateway.url);
  });

  afterAll(async () => {
    await reader?.close();
    await gateway?.close();
  });

  it('are on the feed and in REST, each whole', async () => {
    const option = gateway!.stream
      .manager('bybit')
      .instruments.list()
      .find(({ kind }) => kind === 'option')!.symbol;
    const { ok, failed } = await reader!.subscribe(
      { ...PERPETUAL, channel: 'ticker' },
      { ...PERPETUAL, channel: 'liquidations' },
      { exchange: 'bybit', channel: 'options', symbol: option },
      STATUS,
    );
    expect([failed, ok.map(({ ch }) => ch)]).toEqual([
      [],
      [`bybit ticker ${SYMBOL}`, `bybit liquidations ${SYMBOL}`, `bybit options ${option}`, 'bybit status'],
    ]);
    await until(() => reader!.data(`bybit ticker ${SYMBOL}`).length > 1);
    // Its topic flows already, and tells only what changes.
    await reader!.subscribe({ ...PERPETUAL, channel: 'derivatives' });
    const ch = `bybit derivatives ${SYMBOL}`;
    await until(() => reader!.data(ch).length > 3);
    for (const { t, d } of reader!.data(ch)) {
      expect(t).toBe('derivatives');
      expect(d).toMatchObject({
        markPrice: expect.any(String) as string,
        fundingRate: expect.any(String) as string,
        nextFundingTime: expect.any(Number) as number,
      });
    }
    await until(() => reader!.data(`bybit options ${option}`).length > 0);
    expect(reader!.data(`bybit options ${option}`)[0]).toMatchObject({
      t: 'option',
      d: { markImpliedVolatility: expect.any(String) as string, delta: expect.any(String) as string },
    });
    expect(reader!.breaks).toEqual([]);
    const derivatives = await latest({ ...PERPETUAL, channel: 'derivatives' }).expect(200);
    expect(derivatives.body).toMatchObject({ channel: 'derivatives', events: [{ type: 'derivatives' }] });
    expect((await latest(STATUS).expect(200)).body).toMatchObject({ symbol: '', events: [] });
  });

  it('tell of a maintenance on the feed, in REST and in the health of the exchange', async () => {
    const told = (): unknown[] => reader!.data('bybit status').map(({ d }) => d.state);
    gateway!.simulator.exchange.announceMaintenance?.({ title: 'upgrade', beginsInMs: 100, lastsMs: 60_000 });
    await until(() => told().length > 1);
    expect(told()).toEqual(['scheduled', 'ongoing']);
    const late = await FeedReader.connect(gateway!.url);
    await late.subscribe(STATUS);
    await until(() => late.of('bybit status').some(({ t }) => t === 'synced'));
    expect(late.of('bybit status').map(({ t }) => t)).toEqual(['status', 'platform-status', 'synced']);
    await late.close();
    const notices = await latest(STATUS).expect(200);
    expect(notices.body).toMatchObject({
      events: [{ type: 'platform-status', state: 'ongoing', text: 'upgrade' }],
    });
    const health = await request(gateway!.http).get('/health/exchanges').expect(200);
    expect(JSON.stringify(health.body)).toContain('the exchange says: upgrade');
  });
});
