import { handshake, KeyHolder, LabClient, rest, startLab } from './lab-client.ts';
import type { LabExchange } from './lab.exchange.ts';

const START = Date.UTC(2026, 0, 1);
const LIFETIME_MS = 60_000;
const rules = (lab: LabExchange): string[] => lab.violations.map(({ rule }) => rule);
const codes = (frames: readonly Record<string, unknown>[]): unknown[] =>
  frames.map(({ error }) => (error as { code: number } | undefined)?.code ?? 'done');

describe('logins on lab', () => {
  test('each account has its key', () => {
    const { lab } = startLab();
    const client = new LabClient(lab, '/private');
    expect(codes(client.ask(new KeyHolder(lab, 'lab-key-2', 'lab-secret').login({ time: START })))).toEqual([
      7,
    ]);
    expect(client.ask(new KeyHolder(lab, 'lab-key-2').login({ time: START }))).toEqual([{ login: 2 }]);
    expect([...lab.connections].map(({ account }) => account)).toEqual(['lab-key-2']);
    expect(rules(lab)).toEqual([]);
  });

  test('a connection is of one account, and takes its login again', () => {
    const { lab } = startLab();
    const client = new LabClient(lab, '/private');
    const [one, other] = [new KeyHolder(lab), new KeyHolder(lab, 'lab-key-2')];
    expect(codes(client.ask(one.login({ time: START })))).toEqual(['done']);
    expect(codes(client.ask(one.login({ time: START })))).toEqual(['done']);
    expect(codes(client.ask(other.login({ time: START })))).toEqual([6]);
    expect([...lab.connections].map(({ account }) => account)).toEqual(['lab-key']);
  });

  test('a time that is further from ours than the window is error 9', async () => {
    const { clock, lab } = startLab({ timeWindowMs: 5_000 });
    await clock.advance(60_000);
    const login = (time: number): unknown[] =>
      codes(new LabClient(lab, '/private').ask(new KeyHolder(lab).login({ time })));
    expect(login(clock.now() - 5_000)).toEqual(['done']);
    expect(login(clock.now() + 5_000)).toEqual(['done']);
    expect(login(clock.now() - 5_001)).toEqual([9]);
    expect(login(clock.now() + 5_001)).toEqual([9]);
    expect(rules(lab)).toEqual(['time-window', 'time-window']);
  });

  test('a nonce is larger than every one before it, on sockets and by REST', () => {
    const { lab } = startLab({ entry: 'nonce' });
    const holder = new KeyHolder(lab);
    const login = (nonce: number): unknown[] =>
      codes(new LabClient(lab, '/private').ask(holder.login({ nonce })));
    expect(login(5)).toEqual(['done']);
    expect(login(5)).toEqual([10]);
    expect(holder.call('POST', '/api/token', '', 5)).toMatchObject({
      status: 401,
      json: { error: { code: 10 } },
    });
    expect(holder.call('POST', '/api/token', '', 9).status).toBe(200);
    expect(login(8)).toEqual([10]);
    expect(login(10)).toEqual(['done']);
    expect(rules(lab)).toEqual(['nonce-order', 'nonce-order', 'nonce-order']);
  });

  test('a nonce counts for its key only, and with the right signature only', () => {
    const { lab } = startLab({ entry: 'nonce' });
    const client = new LabClient(lab, '/private');
    expect(codes(client.ask(new KeyHolder(lab, 'lab-key', 'guessed').login({ nonce: 100 })))).toEqual([7]);
    expect(codes(client.ask(new KeyHolder(lab, 'lab-key-2').login({ nonce: 100 })))).toEqual(['done']);
    const other = new LabClient(lab, '/private');
    expect(codes(other.ask(new KeyHolder(lab).login({ nonce: 3 })))).toEqual(['done']);
    expect(rules(lab)).toEqual([]);
  });

  test.each([
    ['login', { nonce: 1 }],
    ['nonce', { time: START }],
    ['token', { time: START }],
    ['listen', { nonce: 1 }],
  ] as const)('the dialect `%s` knows no login with %j', (entry, signed) => {
    const { lab } = startLab({ entry });
    expect(codes(new LabClient(lab).ask(new KeyHolder(lab).login(signed)))).toEqual([6]);
    expect(rules(lab)).toEqual(['invalid-request']);
  });

  test('a key that is withdrawn closes its sockets, and is wrong from then on', () => {
    const { lab } = startLab();
    const [one, other] = [new KeyHolder(lab), new KeyHolder(lab, 'lab-key-2')];
    const [mine, foreign, stranger] = [1, 2, 3].map(() => new LabClient(lab, '/private'));
    mine!.ask(one.login({ time: START }));
    foreign!.ask(other.login({ time: START }));
    lab.withdrawKey('lab-key');
    expect([mine, foreign, stranger].map((client) => client!.closed)).toEqual([
      { code: 1008, reason: 'key withdrawn' },
      undefined,
      undefined,
    ]);
    expect(codes(stranger!.ask(one.login({ time: START })))).toEqual([7]);
    expect(one.call('POST', '/api/token')).toMatchObject({ status: 401, json: { error: { code: 7 } } });
    expect(lab.wrongProofs).toBe(2);
    expect(other.call('POST', '/api/token').status).toBe(200);
    expect(lab.wrongProofs).toBe(2);
    expect(rules(lab)).toEqual([]);
  });
});

describe('tokens of lab', () => {
  test('a token opens the places that want a login, and is a login', () => {
    const { lab } = startLab({ entry: 'token' });
    const holder = new KeyHolder(lab, 'lab-key-2');
    const { status, json } = holder.call('POST', '/api/token');
    expect([status, json.lifetimeMs]).toEqual([200, LIFETIME_MS]);
    const token = String(json.token);
    expect(holder.token()).not.toBe(token);
    expect(handshake(lab, `/private?token=${token}`)).toBeUndefined();
    expect(handshake(lab, '/private?token=guessed')).toMatchObject({ status: 401 });
    expect(handshake(lab, '/private')).toMatchObject({ status: 401 });
    expect(handshake(lab, '/public')).toBeUndefined();
    const client = new LabClient(lab, `/trading?token=${token}`);
    const order = { op: 'order.place', symbol: 'BTC-USDT', side: 'buy', price: '100.00', amount: '1' };
    expect(codes(client.ask(order))).toEqual(['done']);
    expect([...lab.connections].map(({ account }) => account)).toEqual(['lab-key-2']);
    expect(rules(lab)).toEqual(['unknown-token', 'not-logged-in']);
  });

  test('`token`: when it ends, its sockets are closed', async () => {
    const { clock, lab } = startLab({ entry: 'token' });
    const holder = new KeyHolder(lab);
    const [short, long] = [holder.token(), holder.token()];
    const clients = [short, long].map((token) => new LabClient(lab, `/private?token=${token}`));
    await clock.advance(LIFETIME_MS - 1);
    expect(holder.prolong(long)).toMatchObject({ status: 200, json: { lifetimeMs: LIFETIME_MS } });
    expect(clients.map(({ closed }) => closed)).toEqual([undefined, undefined]);
    await clock.advance(1);
    expect(clients.map(({ closed }) => closed)).toEqual([{ code: 1008, reason: 'token expired' }, undefined]);
    expect(handshake(lab, `/private?token=${short}`)).toMatchObject({ status: 401 });
    expect(holder.prolong(short)).toMatchObject({ status: 404, json: { error: { code: 11 } } });
    await clock.advance(LIFETIME_MS);
    expect(clients[1]!.closed).toMatchObject({ code: 1008 });
    expect(rules(lab)).toEqual(['expired-token', 'expired-token']);
    lab.stop();
    expect(clock.pending).toBe(0);
  });

  test('`listen`: its sockets outlive it', async () => {
    const { clock, lab } = startLab({ entry: 'listen', tokenLifetimeMs: 30_000 });
    let token = '';
    // Whoever comes at the very instant, before anybody has noticed it.
    clock.after(30_000, () =>
      expect(handshake(lab, `/private?token=${token}`)).toMatchObject({ status: 401 }),
    );
    token = new KeyHolder(lab).token();
    const client = new LabClient(lab, `/private?token=${token}`);
    await clock.advance(29_999);
    expect(handshake(lab, `/private?token=${token}`)).toBeUndefined();
    await clock.advance(1);
    expect(handshake(lab, `/private?token=${token}`)).toMatchObject({ status: 401 });
    expect(client.closed).toBeUndefined();
    expect(codes(client.subscribe('orders').slice(0, 1))).toEqual(['done']);
  });

  test('one that is revoked ends before its time, and nobody can know', () => {
    const { lab } = startLab({ entry: 'token' });
    const [one, other] = [new KeyHolder(lab), new KeyHolder(lab, 'lab-key-2')];
    const tokens = [one.token(), other.token()];
    const clients = tokens.map((token) => new LabClient(lab, `/private?token=${token}`));
    lab.revokeTokens('lab-key');
    expect(clients.map(({ closed }) => closed?.reason)).toEqual(['token expired', undefined]);
    expect(handshake(lab, `/private?token=${tokens[0]}`)).toMatchObject({ status: 401 });
    expect(one.prolong(tokens[0]!).status).toBe(404);
    expect(rules(lab)).toEqual([]);
  });

  test('tokens are prolonged by their own account only, and gone with its key', () => {
    const { lab } = startLab({ entry: 'token' });
    const [one, other] = [new KeyHolder(lab), new KeyHolder(lab, 'lab-key-2')];
    const token = one.token();
    expect(other.prolong(token)).toMatchObject({ status: 404, json: { error: { code: 11 } } });
    expect(rules(lab)).toEqual(['unknown-token']);
    const client = new LabClient(lab, `/private?token=${token}`);
    lab.withdrawKey('lab-key');
    expect(client.closed).toEqual({ code: 1008, reason: 'key withdrawn' });
    expect(handshake(lab, `/private?token=${token}`)).toMatchObject({ status: 401 });
  });
});

describe('signed calls of lab', () => {
  test('sign method, path with query, nonce and body', () => {
    const { lab } = startLab();
    const holder = new KeyHolder(lab);
    const token = holder.token();
    const body = JSON.stringify({ token });
    const put = (signed: string): number => {
      const nonce = ++holder.nonce;
      const signature = holder.sign(signed.replace('N', String(nonce)));
      const headers = { 'lab-key': 'lab-key', 'lab-nonce': String(nonce), 'lab-signature': signature };
      return rest(lab, '/api/token?x=1', { method: 'PUT', headers, body }).status;
    };
    expect(put(`PUT\n/api/token?x=1\nN\n${body}`)).toBe(200);
    for (const wrong of [
      `POST\n/api/token?x=1\nN\n${body}`,
      `PUT\n/api/token\nN\n${body}`,
      `PUT\n/api/token?x=1\n1\n${body}`,
      'PUT\n/api/token?x=1\nN\n',
    ])
      expect(put(wrong)).toBe(401);
  });

  test.each([
    ['without a signature', {}, 400, 6],
    ['with a nonce that is no number', { 'lab-key': 'lab-key', 'lab-nonce': 'x' }, 400, 6],
    ['with a key that nobody has', { 'lab-key': 'x', 'lab-nonce': '1', 'lab-signature': 'x' }, 401, 7],
  ])('are refused %s', (_name, headers, status, code) => {
    const { lab } = startLab();
    expect(rest(lab, '/api/token', { method: 'POST', headers })).toMatchObject({
      status,
      json: { error: { code } },
    });
  });

  test.each(['', 'x', '[]', '{"token":1}'])('take no such body: %j', (body) => {
    const { lab } = startLab();
    expect(new KeyHolder(lab).call('PUT', '/api/token', body)).toMatchObject({
      status: 400,
      json: { error: { code: 6 } },
    });
    expect(rules(lab)).toEqual(['invalid-request']);
  });
});
