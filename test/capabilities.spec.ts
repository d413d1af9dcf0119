import { ADAPTERS, binance } from '@exchange-stream/adapters';
import type { ExchangeAdapter } from '@exchange-stream/nestjs/contract';
import { capabilitiesOf, ExchangeStream, SubscriptionRequestError } from '@exchange-stream/nestjs/engine';
import { SIMULATED_EXCHANGES } from '@exchange-stream/simulator';
import { lab } from './lab/adapter/lab.adapter.ts';

const adapters: [string, ExchangeAdapter][] = [
  ...Object.entries(ADAPTERS).map(([id, make]): [string, ExchangeAdapter] => [id, make()]),
  [
    'lab',
    lab({ packing: 'gzip', heartbeat: 'json', exclusiveBooks: true, limits: { lifetimeMs: 3_600_000 } }),
  ],
];

describe.each(adapters)('capabilities of %s', (_id, adapter) => {
  const capabilities = capabilitiesOf(adapter);

  test('are all that its adapter declares, and nothing else', () => {
    const { exchange, name } = adapter;
    const environments = adapter.rest.baseUrls.testnet.length > 0 ? ['live', 'testnet'] : ['live'];
    expect(capabilities).toMatchObject({ exchange, name, environments });
    expect(capabilities.channels.map(({ channel }) => channel).sort()).toEqual(
      Object.keys(adapter.channels).sort(),
    );
    for (const { channel, endpoints, params, exclusive } of capabilities.channels) {
      const declared = adapter.channels[channel]!;
      if (typeof declared.endpoint === 'string') expect(endpoints).toEqual([declared.endpoint]);
      for (const key of endpoints) expect(adapter.endpoints).toHaveProperty(key);
      expect(exclusive).toBe(declared.exclusive);
      if (channel === 'candles') continue;
      expect(Object.fromEntries(params.map(({ name, ...param }) => [name, param]))).toEqual(
        Object.fromEntries(
          Object.entries(declared.params).map(([name, param]) => [name, { required: false, ...param }]),
        ),
      );
    }
    const { form, endpoints: ofRaw } = adapter.raw ?? {};
    expect(capabilities.raw).toEqual(adapter.raw && { form, ...(ofRaw && { endpoints: ofRaw }) });
    for (const { endpoint, environments: _, login: _l, heartbeat, ...rest } of capabilities.endpoints) {
      const {
        baseUrls: _b,
        path: _p,
        closePolicy: _c,
        largestFrameBytes: _l,
        ...declared
      } = adapter.endpoints[endpoint]!;
      const { asks: _a, ...signs } = heartbeat;
      expect({ ...rest, heartbeat: signs }).toEqual(declared);
    }
    expect(capabilities.endpoints.map(({ endpoint }) => endpoint)).toEqual(Object.keys(adapter.endpoints));
    expect(capabilities.rest.requests).toEqual(adapter.rest.requests);
    expect(capabilities.rest.operations).toEqual(
      ['instruments', 'bookSeed', 'candles', 'trades', 'serverTime'].filter((name) => name in adapter.rest),
    );
  });

  test('are plain data', () => {
    expect(JSON.parse(JSON.stringify(capabilities))).toEqual(capabilities);
  });
});

test('every exchange of the package runs as a simulated one, too', () => {
  expect(Object.keys(ADAPTERS).sort()).toEqual([...SIMULATED_EXCHANGES].sort());
});

describe('capabilities', () => {
  test('of candles have what the engine adds: parameters, intervals of REST alone and those that are made', () => {
    const candles = capabilitiesOf(lab()).channels.find(({ channel }) => channel === 'candles');
    expect(candles?.params.map(({ name }) => name)).toEqual(['interval', 'history', 'source', 'synthetic']);
    expect(candles?.params[0]).toMatchObject({
      values: ['1m', '5m', '1h', '30m'],
      also: 'any that is made of whole ones of these, or, up to an hour, of trades',
    });
    expect(candles?.restIntervals).toEqual(['30m']);
  });

  test('tell each way in which books are kept, with the plainest parameters that lead to it', () => {
    const books = (adapter: ExchangeAdapter): unknown =>
      capabilitiesOf(adapter).channels.find(({ channel }) => channel === 'book')?.books;
    expect(books(binance())).toEqual([
      { kind: 'linked', seed: 'rest', params: {} },
      { kind: 'whole', params: { depth: 5 } },
    ]);
    expect(books(lab({ books: 'stream' }))).toEqual([
      { kind: 'linked', seed: 'stream', params: {} },
      { kind: 'whole', params: { depth: 10 } },
    ]);
  });

  test('tell what proves silence, who logs in and how a sign of life is asked for', () => {
    const { channels, endpoints } = capabilitiesOf(lab({ heartbeat: 'text' }));
    expect(channels.map(({ channel, cadence }) => [channel, cadence])).toEqual([
      ['trades', undefined],
      ['ticker', { everyMs: 1_000 }],
      ['quotes', { everyMs: 1_000, provenBy: ['trades'] }],
      ['book', undefined],
      ['candles', { everyMs: 1_000, provenBy: ['trades'] }],
      ...(['derivatives', 'liquidations', 'options', 'status'] as const).map((rest) => [rest, undefined]),
    ]);
    expect(channels.find(({ channel }) => channel === 'liquidations')?.sampled).toContain('the last');
    expect(channels.find(({ channel }) => channel === 'ticker')?.firstDataWithinMs).toBe(5_000);
    expect(endpoints.map(({ endpoint, login }) => [endpoint, login])).toEqual([
      ['public', false],
      ['market', false],
      ['private', true],
      ['trading', true],
    ]);
    expect(endpoints[0]?.heartbeat).toMatchObject({ sender: 'client', asks: 'message' });
    expect(capabilitiesOf(lab()).endpoints[0]?.heartbeat.asks).toBe('websocket-ping');
  });

  test('leave out a world that REST or an endpoint does not have', () => {
    const { rest, ...others } = binance();
    const baseUrls = { ...rest.baseUrls, testnet: [] };
    expect(capabilitiesOf({ ...others, rest: { ...rest, baseUrls } })).toMatchObject({
      environments: ['live'],
      endpoints: [{ environments: ['live', 'testnet'] }],
    });
  });

  test('can be read of a stream, of its exchanges alone', async () => {
    const stream = new ExchangeStream({ exchanges: [binance()] });
    expect(stream.capabilities('binance')).toEqual(capabilitiesOf(binance()));
    expect(() => stream.capabilities('binanse')).toThrow(SubscriptionRequestError);
    await stream.close();
  });
});
