import { LabClient, startLab } from './lab-client.ts';

const closedFor = (lab: { violations: readonly { rule: string }[] }): string[] =>
  lab.violations.map(({ rule }) => rule);

describe('signs of life on lab', () => {
  test('`websocket`: the exchange pings every 20 s and wants a pong with the same payload within 60 s', async () => {
    const { clock, lab } = startLab({ heartbeat: 'websocket' });
    const answering = new LabClient(lab);
    const silent = new LabClient(lab, '/public', false);
    await clock.advance(79_999);
    expect(silent.pings).toHaveLength(3);
    silent.pong('something else');
    expect(silent.closed).toBeUndefined();
    await clock.advance(1);
    expect(silent.closed).toMatchObject({ code: 1008 });
    await clock.advance(200_000);
    expect(answering.closed).toBeUndefined();
    expect(closedFor(lab)).toEqual(['pong-timeout']);
  });

  test('`websocket`: an answer to a later ping answers the earlier ones', async () => {
    const { clock, lab } = startLab({ heartbeat: 'websocket' });
    const client = new LabClient(lab, '/public', false);
    await clock.advance(41_000);
    client.pong(client.pings[1]!);
    await clock.advance(58_999);
    expect(client.closed).toBeUndefined();
    await clock.advance(30_000);
    expect(client.closed).toMatchObject({ code: 1008 });
  });

  test.each([
    ['text', 'ping', 'pong'],
    ['json', '{"op":"ping","id":9}', '{"pong":9}'],
  ] as const)('`%s`: the client pings at least every 30 s', async (heartbeat, ping, pong) => {
    const { clock, lab } = startLab({ heartbeat });
    const client = new LabClient(lab);
    await clock.advance(29_999);
    client.say(ping);
    expect(client.texts).toEqual([pong]);
    client.ping();
    await clock.advance(29_999);
    client.ask({ op: 'subscribe', topics: ['trades:BTC-USDT'] });
    expect(client.closed).toBeUndefined();
    await clock.advance(1);
    expect(client.closed).toMatchObject({ code: 1008 });
    expect(closedFor(lab)).toEqual(['ping-overdue']);
  });

  test('`test-request`: questions bear numbers where data does, in one count with it', async () => {
    const { clock, lab } = startLab({ heartbeat: 'test-request' });
    const client = new LabClient(lab);
    client.ask({ op: 'flags', flags: 1 });
    await clock.advance(20_000);
    expect(client.frames.at(-1)).toEqual({ number: 1, test: 1 });
    client.subscribe('ticker:BTC-USDT');
    await clock.advance(1_000);
    expect(client.frames.at(-1)).toMatchObject({ number: 2, topic: 'ticker:BTC-USDT' });
  });

  test('`test-request`: the exchange asks every 20 s and wants the number back within 10 s', async () => {
    const { clock, lab } = startLab({ heartbeat: 'test-request' });
    const client = new LabClient(lab);
    await clock.advance(20_000);
    expect(client.frames).toEqual([{ test: 1 }]);
    client.say({ op: 'test', test: 1 });
    await clock.advance(20_000);
    client.say({ op: 'test', test: 1 });
    await clock.advance(9_999);
    expect(client.closed).toBeUndefined();
    await clock.advance(1);
    expect(client.closed).toMatchObject({ code: 1008 });
    expect(closedFor(lab)).toEqual(['pong-timeout']);
  });

  test.each(['websocket', 'text', 'json', 'test-request'] as const)(
    '`%s`: nothing waits once the connection and the exchange are gone',
    async (heartbeat) => {
      const { clock, lab } = startLab({ heartbeat, limits: { lifetimeMs: 60_000 } });
      const client = new LabClient(lab, '/public', false);
      client.subscribe('book:BTC-USDT');
      await clock.advance(25_000);
      client.leave();
      lab.stop();
      expect(clock.pending).toBe(0);
    },
  );
});
