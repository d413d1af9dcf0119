import type { TransportEntry } from '../../src/engine/index.ts';
import { FakeWorld, trades } from './fake-exchange.ts';
import { CREDENTIALS, privateAdapter } from './private-exchange.ts';

const ticker = { exchange: 'fake', channel: 'ticker', symbol: 'BTC/USDT' } as const;

function logged(transportLog: (entry: TransportEntry) => void, symbol?: string): FakeWorld {
  return new FakeWorld(privateAdapter(), {
    transportLog,
    settings: { fake: { credentials: CREDENTIALS, urls: { public: 'wss://user:canary-url@one.test' } } },
    subscriptions: symbol === undefined ? [ticker] : [trades(symbol)],
  });
}

describe('the transport log', () => {
  test('tells all that goes over a socket, in order', async () => {
    const entries: TransportEntry[] = [];
    const world = logged((entry) => entries.push(entry), 'BTC/USDT');
    const socket = await world.connect();
    socket.push({ ack: '1' });
    socket.handlers.onPing(Buffer.from('x'));
    socket.handlers.onFrame(Buffer.from([1, 255]), true);
    socket.end(1012);
    const told = entries.map(({ event }) => event);
    expect(told.slice(0, 3)).toEqual(['dial', 'open', 'sent']);
    expect(told).toEqual(expect.arrayContaining(['ping-received', 'pong-sent']));
    expect(told.at(-1)).toBe('closed');
    const [dial, , sent] = entries;
    expect(dial).toMatchObject({ exchange: 'fake', connection: 'fake/public/1', at: world.clock.now() });
    expect(sent).toMatchObject({
      binary: false,
      beginning: '{"op":"sub","key":"1","topics":["trades.BTCUSDT"]}',
    });
    expect(entries).toContainEqual(
      expect.objectContaining({ event: 'received', bytes: 2, binary: true, beginning: '01ff' }),
    );
    expect(entries.at(-1)).toMatchObject({ code: 1012 });
    const closing = world.stream.close();
    await world.clock.advance(10_000);
    await closing;
  });

  test('shows of a login that it is one, and no secret anywhere', async () => {
    const entries: TransportEntry[] = [];
    const world = logged((entry) => entries.push(entry));
    const socket = await world.connect();
    socket.push({ denied: socket.sent[0]?.key, code: '7' });
    await world.clock.advance(0);
    expect(entries).toContainEqual(expect.objectContaining({ event: 'sent', beginning: '[login]' }));
    expect(entries.map(({ event }) => event)).toContain('received');
    const text = JSON.stringify(entries);
    for (const secret of [...Object.values(CREDENTIALS), 'canary-url']) expect(text).not.toContain(secret);
    const closing = world.stream.close();
    await world.clock.advance(10_000);
    await closing;
  });

  test('shows no secret in binary frames, and nothing of those that come during a login', async () => {
    const entries: TransportEntry[] = [];
    const world = logged((entry) => entries.push(entry));
    const socket = await world.connect();
    const { secret } = CREDENTIALS;
    socket.pushBytes(Buffer.from(`packed ${secret}`));
    socket.push({ ack: socket.sent[0]?.key });
    await world.clock.advance(0);
    const received = (): unknown[] =>
      entries.flatMap((entry) => (entry.event === 'received' && entry.binary ? [entry.beginning] : []));
    expect(received()).toEqual(['[login]']);
    expect(world.stream.connections()).toMatchObject([{ state: 'open' }]);
    socket.pushBytes(Buffer.concat([Buffer.from([1, 255]), Buffer.from(secret), Buffer.from([0, 254])]));
    // A frame that is cut within the secret.
    socket.pushBytes(Buffer.from('x'.repeat(495) + secret));
    expect(received().slice(1)).toEqual(['01ff[redacted]00fe', '78'.repeat(495) + '[redacted]']);
    const closing = world.stream.close();
    await world.clock.advance(10_000);
    await closing;
  });

  test('one that throws is reported, and the data comes all the same', async () => {
    const world = logged(() => {
      throw new Error('disk full');
    }, 'BTC/USDT');
    const socket = await world.connect();
    socket.ackAll();
    expect(world.stream.subscriptions()).toMatchObject([{ state: 'subscribed' }]);
    expect(world.lifecycle).toContainEqual(
      expect.objectContaining({ type: 'listener-failed', listener: 'transport log' }),
    );
    const closing = world.stream.close();
    await world.clock.advance(10_000);
    await closing;
  });
});
