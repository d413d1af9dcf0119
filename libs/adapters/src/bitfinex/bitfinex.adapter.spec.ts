import { ADAPTERS } from '../index.ts';
import { BitfinexOptionError, bitfinex } from './bitfinex.adapter.ts';
import { BitfinexFlagError, FLAGS, flagsWith, type BitfinexFlag } from './bitfinex.flags.ts';

describe('the Bitfinex adapter', () => {
  it('is registered under its id', () => {
    expect(ADAPTERS.bitfinex?.().exchange).toBe('bitfinex');
  });

  it('dials one host for what anybody may see and another one for accounts', () => {
    const { endpoints } = bitfinex();
    expect(endpoints.public).toMatchObject({
      path: '/ws/2',
      baseUrls: { live: ['wss://api-pub.bitfinex.com'] },
    });
    expect(endpoints.private).toMatchObject({
      path: '/ws/2',
      baseUrls: { live: ['wss://api.bitfinex.com'] },
    });
    for (const { endpoint } of Object.values(bitfinex().channels)) expect(endpoint).toBe('public');
  });

  it('dials 20 times a minute at most, and the host of accounts 5 times in 15 s', () => {
    const { endpoints } = bitfinex();
    expect(endpoints.public?.limits.connects).toEqual([{ documented: 20, safe: 15, windowMs: 60_000 }]);
    expect(endpoints.private?.limits.connects).toEqual([{ documented: 5, safe: 4, windowMs: 15_000 }]);
  });

  it('puts 25 channels on a socket, or as many as it is told', () => {
    expect(bitfinex().endpoints.public?.limits.topicsPerConnection.safe).toBe(25);
    expect(bitfinex({ channelsPerConnection: 30 }).endpoints.public?.limits.topicsPerConnection.safe).toBe(
      30,
    );
    expect(bitfinex().endpoints.private?.limits.topicsPerConnection.safe).toBe(24);
    for (const channelsPerConnection of [0, -1, 1.5, NaN, 101])
      expect(() => bitfinex({ channelsPerConnection })).toThrow(BitfinexOptionError);
  });

  it('says something before the minute after which an idle socket is closed', () => {
    for (const { heartbeat } of Object.values(bitfinex().endpoints)) {
      expect(heartbeat).toMatchObject({ sender: 'client', intervalMs: 20_000 });
      expect(heartbeat.deadlineMs).toBeGreaterThan(heartbeat.intervalMs);
    }
  });

  it('runs within every limit of the exchange', () => {
    const { endpoints, rest } = bitfinex();
    for (const { limits } of Object.values(endpoints)) {
      const { topicsPerConnection, topicsPerMessage, messages, connects } = limits;
      for (const { documented, safe } of [topicsPerConnection, topicsPerMessage, messages, ...connects])
        expect(safe).toBeLessThanOrEqual(documented);
    }
    expect(rest.requests.safe).toBeLessThan(rest.requests.documented);
  });

  it('declares defaults among the values that a parameter takes', () => {
    for (const { params } of Object.values(bitfinex().channels))
      for (const { values, default: preset } of Object.values(params))
        if (preset !== undefined) expect(values).toContain(preset);
  });

  it('has every book that Bitfinex has', () => {
    const { params } = bitfinex().channels.book!;
    expect(params.depth?.values).toEqual([1, 25, 100, 250]);
    expect(params.precision?.values).toEqual(['P0', 'P1', 'P2', 'P3', 'P4']);
    expect(params.speed?.values).toEqual([0, 2_000]);
    expect(params.level?.values).toEqual(['price', 'order']);
  });

  it('takes flags that sessions can read with, whatever they are added to', () => {
    expect(flagsWith([])).toBe(32_768 + 65_536 + 131_072);
    expect(flagsWith(['BULK_UPDATES'])).toBe(32_768 + 65_536 + 131_072 + 536_870_912);
    expect(flagsWith(['DEC_S', 'DEC_S', 'TIMESTAMP'])).toBe(32_768 + 65_536 + 131_072 + 8);
    expect(Object.keys(FLAGS)).toHaveLength(6);
  });

  it.each(['TIME_S', 'toString', 'bulk', '', 65_536])(
    'refuses the flag %j, and says what would work',
    (flag) => {
      const flags = [flag as BitfinexFlag];
      expect(() => bitfinex({ flags })).toThrow(BitfinexFlagError);
      expect(() => bitfinex({ flags })).toThrow(/BULK_UPDATES/);
    },
  );
});
