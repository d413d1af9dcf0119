import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import type { ConnectionView } from '@exchange-stream/nestjs/engine';
import { startFaultyNetwork } from '@exchange-stream/simulator';
import { EXPIRED, SELF_SIGNED } from '../../libs/exchange-stream/test/engine/self-signed.ts';
import { startBlackHole } from './black-hole.ts';
import { inFaultWorld, type FaultWorld } from './fault-world.ts';
import { startFront, type Front } from './front.ts';
import { measured } from './measured.ts';
import { speakTls } from './tls-front.ts';
import { until } from './until.ts';

jest.setTimeout(180_000);

const CANARY = 'c4n4ry';

const failedBy =
  (kind: string) =>
  ({ state, failure }: ConnectionView): boolean =>
    state === 'waiting' && failure?.kind === kind;

const frontOf = async (world: FaultWorld): Promise<Front> => world.also(await startFront(world.network));

const shortest = (world: FaultWorld): number => Math.min(...world.attemptsMs());
const longest = (world: FaultWorld): number => Math.max(...world.attemptsMs());

/** Nothing of a subscription came about on the attempts that failed. */
function expectNothingHalfDone(world: FaultWorld): void {
  expect(world.lab.exchange.connections.size).toBe(0);
  for (const { state, data, counters } of world.subscriptions()) {
    expect({ state, data, received: counters.received }).toEqual({
      state: 'subscribing',
      data: expect.stringMatching(/^(syncing|stale)$/) as string,
      received: 0,
    });
  }
}

describe('the way to an exchange', () => {
  test('case 1: a SYN that nobody answers is given up at the deadline of the handshake', () =>
    inFaultWorld({ tuning: { handshakeTimeoutMs: 400 } }, async (world) => {
      const hole = world.also(await startBlackHole());
      world.run({ sockets: `ws://127.0.0.1:${hole.port}` });
      await world.view('it begins to connect', ({ state }) => state === 'connecting');
      const { reason } = await world.view('it is found out', failedBy('timeout'));
      expect(reason).toContain('no open socket within 400 ms');
      await world.view('it tries again', ({ attempts }) => attempts >= 3);
      for (const tookMs of world.attemptsMs()) {
        expect(tookMs).toBeGreaterThanOrEqual(399);
        expect(tookMs).toBeLessThan(5_000);
      }
      const detectedMs = longest(world);
      expectNothingHalfDone(world);
      await world.expectBesideUnharmed();
      await hole.close();
      world.also({
        close: (
          (network) => () =>
            network.stop()
        )(await startFaultyNetwork({ to: world.lab, port: hole.port })),
      });
      const backMs = await world.live();
      world.expectOneOfEach();
      measured({
        case: 1,
        fault: 'SYN black hole',
        detectedMs,
        backMs,
        outcome: 'given up at the deadline (400 ms here, 10 s by default), tried again',
      });
    }));

  test('case 1: so is a peer that takes the connection and then says nothing (timeout)', () =>
    inFaultWorld({ tuning: { handshakeTimeoutMs: 400 } }, async (world) => {
      const hole = world.network.add({ type: 'timeout', direction: 'downstream' });
      world.run();
      await world.view('it is found out', failedBy('timeout'));
      await world.view('it tries again', ({ attempts }) => attempts >= 3);
      const detectedMs = longest(world);
      expect(detectedMs).toBeLessThan(5_000);
      await world.expectBesideUnharmed();
      world.network.remove(hole);
      const backMs = await world.live();
      world.expectOneOfEach();
      measured({
        case: 1,
        fault: 'connected, and then not a word',
        detectedMs,
        backMs,
        outcome: 'given up at the deadline (400 ms here, 10 s by default), tried again',
      });
    }));

  test('case 2: a reset in the TLS handshake is found out at once, and tried again with jitter', () =>
    inFaultWorld({ overrides: { ca: SELF_SIGNED.cert } }, async (world) => {
      const front = await frontOf(world);
      front.receive = (client) => client.once('data', () => client.resetAndDestroy());
      world.run({ sockets: `wss://localhost:${front.port}` });
      expect((await world.view('it is found out', failedBy('refused'))).reason).toContain('ECONNRESET');
      await world.view('it tries again', ({ attempts }) => attempts >= 4);
      expect(shortest(world)).toBeLessThan(300);
      expectNothingHalfDone(world);
      expect(new Set(front.firstBytes)).toEqual(new Set([22]));
      const detectedMs = shortest(world);
      speakTls(front, world.network, SELF_SIGNED);
      const backMs = await world.live();
      world.expectOneOfEach();
      measured({
        case: 2,
        fault: 'reset in the TLS handshake',
        detectedMs,
        backMs,
        outcome: '`refused`, tried again with jitter, nothing half done',
      });
    }));

  test.each([
    ['reset', { type: 'reset', direction: 'downstream', afterMs: 1 } as const, /refused/],
    [
      'cut off within the answer',
      { type: 'limit-data', direction: 'downstream', bytes: 40 } as const,
      /refused|protocol/,
    ],
  ])('case 2: so is an upgrade that is %s', (how, toxic, kind) =>
    inFaultWorld({}, async (world) => {
      const on = world.network.add(toxic);
      // A reset after a millisecond may meet an upgrade that was quick; held back, it cannot be.
      const late = world.network.add({ type: 'latency', direction: 'downstream', delayMs: 30 });
      world.run();
      await world.view('it is found out', ({ failure }) => kind.test(failure?.kind ?? ''));
      await world.view('it tries again', ({ attempts }) => attempts >= 4);
      expect(shortest(world)).toBeLessThan(300);
      await world.expectBesideUnharmed();
      for (const { counters } of world.subscriptions()) expect(counters.received).toBe(0);
      const detectedMs = shortest(world);
      world.network.remove(on);
      world.network.remove(late);
      const backMs = await world.live();
      world.expectOneOfEach();
      measured({
        case: 2,
        fault: `upgrade ${how}`,
        detectedMs,
        backMs,
        outcome: 'tried again with jitter, nothing half done',
      });
    }),
  );

  test('case 10: a name that has no address, or gets none in time, is asked for anew each time, until it moves', () => {
    const found: LookupFunction = (_name, options, done) => lookup('127.0.0.2', options, done);
    const moved: LookupFunction = (_name, options, done) => lookup('127.0.0.3', options, done);
    let answer: LookupFunction = (name, _options, done) =>
      done(Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: 'ENOTFOUND' }), '');
    let asked = 0;
    const overrides = {
      lookup: ((name, options, done) => {
        if (name === '127.0.0.1') return lookup(name, options, done);
        asked++;
        answer(name, options, done);
      }) satisfies LookupFunction,
    };
    return inFaultWorld({ overrides }, async (world) => {
      const before = await startFaultyNetwork({ to: world.lab, host: '127.0.0.2' });
      world.also({ close: () => before.stop() });
      const { port } = before;
      // REST is reached at once, so that sockets are dialled while the name has no address.
      const rest = world.lab.restUrl;
      world.run({ sockets: `ws://moves.test:${port}`, rest });
      expect((await world.view('no address', failedBy('dns'))).reason).toContain('ENOTFOUND');
      await world.view('it tries again', ({ attempts }) => attempts >= 3);
      expect(asked).toBeGreaterThanOrEqual(2);
      expectNothingHalfDone(world);

      answer = () => undefined;
      const silent = asked;
      await until('it waits for an answer', () => asked > silent);
      const since = performance.now();
      await world.view('no answer in time', ({ reason }) => reason.includes('ETIMEOUT'));
      const detectedMs = performance.now() - since;
      expect(detectedMs).toBeLessThan(12_000);
      await world.expectBesideUnharmed();

      answer = found;
      await world.live();
      answer = moved;
      const after = await startFaultyNetwork({ to: world.lab, host: '127.0.0.3', port });
      world.also({ close: () => after.stop() });
      await before.stop();
      const movedAt = performance.now();
      await until('it is where the name leads now', () => after.connections > 0);
      await world.live();
      const backMs = performance.now() - movedAt;
      world.expectOneOfEach();
      await world.expectSameBook();
      measured({
        case: 10,
        fault: 'no address, no answer of DNS, another address',
        detectedMs,
        backMs,
        outcome: `\`dns\`, asked anew each of ${asked} times, followed to the new address`,
      });
    });
  });

  test('case 10: requests follow a name that moves as well', () => {
    let address = '127.0.0.2';
    const overrides = {
      lookup: ((name, options, done) =>
        lookup(name === 'moves.test' ? address : name, options, done)) satisfies LookupFunction,
    };
    return inFaultWorld({ overrides }, async (world) => {
      const before = await startFaultyNetwork({ to: world.lab, host: '127.0.0.2' });
      world.also({ close: () => before.stop() });
      const { port } = before;
      world.run({ sockets: `ws://moves.test:${port}`, rest: `http://moves.test:${port}` });
      await world.live();
      const after = await startFaultyNetwork({ to: world.lab, host: '127.0.0.3', port });
      world.also({ close: () => after.stop() });
      address = '127.0.0.3';
      await before.stop();
      const movedAt = performance.now();
      // The book asks REST for its seed: it cannot be live without.
      await until('it is where the name leads now', () => after.connections > 1);
      await world.live();
      const backMs = performance.now() - movedAt;
      world.expectOneOfEach();
      measured({
        case: 10,
        fault: 'the name moves while connected, REST too',
        backMs,
        outcome: 'socket and REST at the new address',
      });
    });
  });

  test.each([
    ['has run out', 'localhost', EXPIRED, 'CERT_HAS_EXPIRED'],
    ['is of another host', 'other.test', SELF_SIGNED, 'ERR_TLS_CERT_ALTNAME_INVALID'],
    [
      'comes over an old TLS',
      'localhost',
      { ...SELF_SIGNED, minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' } as const,
      'EPROTO',
    ],
  ])(
    'case 11: a certificate that %s is not accepted, and nothing is tried without',
    (what, host, presented, code) => {
      const overrides = {
        ca: SELF_SIGNED.cert + '\n' + EXPIRED.cert,
        lookup: ((name, options, done) =>
          lookup(name === 'other.test' ? '127.0.0.1' : name, options, done)) satisfies LookupFunction,
      };
      return inFaultWorld({ overrides }, async (world) => {
        const inner = await frontOf(world);
        const front = world.also(await startFront(inner));
        const tls = speakTls(inner, world.network, presented);
        world.run({ sockets: `wss://${host}:${front.port}` });
        const { reason } = await world.view('it is found out', failedBy('tls'));
        expect(reason).toContain(`no trusted TLS connection to ${host}:${front.port} (`);
        expect(reason).toContain(code);
        await world.view('it tries again', ({ attempts }) => attempts >= 4);
        expectNothingHalfDone(world);
        // Every attempt began with a ClientHello: none was in plain text.
        expect(new Set(front.firstBytes)).toEqual(new Set([22]));
        await world.expectBesideUnharmed();
        measured({
          case: 11,
          fault: `a certificate that ${what}`,
          detectedMs: shortest(world),
          outcome: `\`tls\` (${code}), never tried in plain text`,
        });
        if (host !== 'localhost') return;
        tls.present(SELF_SIGNED);
        await world.live();
        world.expectOneOfEach();
      });
    },
  );

  test('case 11: an exchange that has come down to plain text is not talked to', () =>
    inFaultWorld({ overrides: { ca: SELF_SIGNED.cert } }, async (world) => {
      const inner = await frontOf(world);
      const front = world.also(await startFront(inner));
      world.run({ sockets: `wss://localhost:${front.port}` });
      await world.view('it is found out', failedBy('tls'));
      await world.view('it tries again', ({ attempts }) => attempts >= 4);
      expectNothingHalfDone(world);
      expect(new Set(front.firstBytes)).toEqual(new Set([22]));
      const detectedMs = shortest(world);
      speakTls(inner, world.network, SELF_SIGNED);
      const backMs = await world.live();
      measured({
        case: 11,
        fault: 'plain text in place of TLS',
        detectedMs,
        backMs,
        outcome: '`tls`, never tried in plain text',
      });
    }));

  test.each([
    ['200 and a page', '200 OK', `<html><h1>Welcome</h1><a href="/login?token=${CANARY}">in</a>`],
    ['403 and a page', '403 Forbidden', `<html>api_key=${CANARY} is not welcome`],
    ['502 and no end of a page', '502 Bad Gateway', undefined],
  ])('case 14: a proxy that answers %s is told by its status, and shows no secret', (what, status, page) =>
    inFaultWorld({}, async (world) => {
      const front = await frontOf(world);
      let bytes = 0;
      front.receive = (client) =>
        client.once('data', () => {
          client.write(`HTTP/1.1 ${status}\r\ncontent-type: text/html\r\nconnection: close\r\n\r\n`);
          if (page !== undefined) return void client.end(page);
          const part = `token=${CANARY} `.repeat(4_096);
          const more = (): void => {
            while (!client.destroyed) {
              bytes += part.length;
              if (!client.write(part)) break;
            }
          };
          client.on('drain', more);
          more();
        });
      world.run({ sockets: `ws://127.0.0.1:${front.port}` });
      const { reason, failure } = await world.view('it is found out', failedBy('http-status'));
      expect(failure).toEqual({ kind: 'http-status', status: Number(status.slice(0, 3)) });
      expect(reason).toContain(`answered HTTP ${status.slice(0, 3)} in place of a WebSocket`);
      await world.view('it tries again', ({ attempts }) => attempts >= 3);
      expectNothingHalfDone(world);
      expect(world.reports.filter((report) => report.includes(CANARY))).toEqual([]);
      expect(Math.max(...world.reports.map(({ length }) => length))).toBeLessThan(2_000);
      // What fits into the buffers of the way, for each attempt, and no more is taken.
      expect(bytes / front.taken).toBeLessThan(16 * 1024 * 1024);
      const detectedMs = shortest(world);
      front.receive = front.lead;
      const backMs = await world.live();
      world.expectOneOfEach();
      measured({
        case: 14,
        fault: `${what} in place of a WebSocket`,
        detectedMs,
        backMs,
        outcome: `\`http-status\`, at most ${Math.ceil(Math.max(...world.reports.map(({ length }) => length)) / 1_024)} KiB in any report, no secret`,
      });
    }),
  );
});
