import { ADAPTERS } from '../index.ts';
import { okx } from './okx.adapter.ts';

describe('the OKX adapter', () => {
  it('is registered under its id', () => {
    expect(ADAPTERS.okx?.().exchange).toBe('okx');
  });

  it('dials port 443 and nowhere 8443, which is closed since 2026-10-31', () => {
    for (const region of ['global', 'eea', 'us'] as const) {
      for (const { baseUrls } of Object.values(okx({ region }).endpoints)) {
        for (const url of [...baseUrls.live, ...baseUrls.testnet]) {
          expect(url).toMatch(/^wss:\/\/ws[a-z]*\.okx\.com$/);
          expect(new URL(url).port).toBe('');
        }
      }
    }
  });

  it('has hosts for each region, and a demo of each', () => {
    const hosts = (['global', 'eea', 'us'] as const).map((region) => okx({ region }));
    expect(hosts.map(({ endpoints }) => endpoints.public?.baseUrls)).toEqual([
      { live: ['wss://ws.okx.com'], testnet: ['wss://wspap.okx.com'] },
      { live: ['wss://wseea.okx.com'], testnet: ['wss://wseeapap.okx.com'] },
      { live: ['wss://wsus.okx.com'], testnet: ['wss://wsuspap.okx.com'] },
    ]);
    expect(hosts.map(({ rest }) => rest.baseUrls.live[0])).toEqual([
      'https://openapi.okx.com',
      'https://eea.okx.com',
      'https://us.okx.com',
    ]);
    for (const { endpoints } of hosts)
      expect(endpoints.business?.baseUrls).toEqual(endpoints.public?.baseUrls);
  });

  it('has candles and single trades on /business, all else on /public', () => {
    const { channels, endpoints } = okx();
    expect([endpoints.public?.path, endpoints.business?.path]).toEqual(['/ws/v5/public', '/ws/v5/business']);
    const endpointOf = (channel: keyof typeof channels, params = {}): string | undefined => {
      const endpoint = channels[channel]?.endpoint;
      return typeof endpoint === 'function' ? endpoint(params) : endpoint;
    };
    expect(endpointOf('candles')).toBe('business');
    expect(endpointOf('trades', { aggregated: false })).toBe('business');
    expect(endpointOf('trades')).toBe('public');
    for (const channel of ['ticker', 'quotes', 'book'] as const) expect(endpointOf(channel)).toBe('public');
  });

  it('declares defaults among the values that a parameter takes', () => {
    for (const { params } of Object.values(okx().channels)) {
      for (const { values, default: preset } of Object.values(params)) {
        if (preset !== undefined) expect(values).toContain(preset);
      }
    }
  });

  it('promises nothing of a market at rest, and takes its trades for a witness that it moves', () => {
    for (const { cadence, firstDataWithinMs } of Object.values(okx().channels)) {
      expect(firstDataWithinMs).toBeUndefined();
      if (cadence) expect(cadence({})?.provenBy).toContain('trades');
    }
  });

  it('runs below every limit of the exchange', () => {
    const { endpoints, rest } = okx();
    for (const { limits, heartbeat } of Object.values(endpoints)) {
      const { ofKinds = {}, ...others } = limits;
      for (const { documented, safe } of [...Object.values(others).flat(), ...Object.values(ofKinds)])
        expect(safe).toBeLessThan(documented);
      // Cut off after 30 s without a word.
      expect(heartbeat).toMatchObject({ sender: 'client', intervalMs: 18_000 });
      expect(heartbeat.deadlineMs).toBeGreaterThan(heartbeat.intervalMs);
      expect(ofKinds.request).toMatchObject({ documented: 480, windowMs: 3_600_000, per: 'connection' });
    }
    expect(rest.requests.safe).toBeLessThan(rest.requests.documented);
  });

  it('asks for as many topics in a message as it holds, and the message has room for them', () => {
    const { limits } = okx().endpoints.public!;
    const topics = Array.from(
      { length: limits.topicsPerMessage.safe },
      (_, index) => `books50-l2-tbt:SATOSHI-USDT-261225-${1_000_000 + index}-C`,
    );
    const session = okx().createSession({ endpoint: 'public', url: 'wss://x.test', nextId: () => '1' });
    const frames = session.subscribe(topics);
    expect(frames).toHaveLength(1);
    expect(frames[0]!.frame.length).toBeLessThan(limits.bytesPerMessage!.safe);
  });
});
