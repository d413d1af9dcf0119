import { VirtualClock } from '@exchange-stream/market-data';
import type { RestDeclaration, RestOperation } from '../../contract/index.ts';
import { InProcessNonces } from '../credentials/nonce-source.ts';
import { InProcessBudgets } from '../limits/budget-provider.ts';
import type { RequestReport } from '../requests/request-report.ts';
import { OversizeBodyError, type HttpRequest, type HttpResponse } from './http-transport.ts';
import { RestClient } from './rest-client.ts';
import { RestHosts } from './rest-hosts.ts';

const ping: RestOperation<string, string> = {
  request: (query) => ({ path: `/ping?q=${query}`, weight: 2 }),
  parse: (body, _query, reject) => {
    if (body.includes('?')) reject('a question');
    if (body === 'broken') throw new Error('not a pong');
    return body;
  },
  recognise: () => undefined,
};

interface World {
  clock: VirtualClock;
  client: RestClient;
  asked: string[];
  rejected: string[];
  reports: RequestReport[];
}

/** @param answer undefined: none comes, whatever the signal says */
function world(
  answer: (request: HttpRequest) => HttpResponse | Error | undefined,
  urls = ['https://one.test', 'https://two.test'],
  declared: Pick<RestDeclaration, 'stopAfter'> = {},
): World {
  const clock = new VirtualClock();
  const asked: string[] = [];
  const rejected: string[] = [];
  const reports: RequestReport[] = [];
  const client = new RestClient({
    exchange: 'fake',
    declaration: {
      requests: { documented: 10, safe: 4, windowMs: 60_000 },
      usedWeight: (headers) => (headers['x-used'] === undefined ? undefined : Number(headers['x-used'])),
      ...declared,
    },
    hosts: new RestHosts(() => ({ urls }), 60_000, clock),
    timeoutMs: 5_000,
    time: { now: () => clock.now(), refresh: () => Promise.resolve(false) },
    platform: {
      clock,
      random: { next: () => 0.5 },
      nonces: new InProcessNonces(clock),
      budgets: new InProcessBudgets(clock),
      sockets: {
        open: () => {
          throw new Error('REST opens no sockets');
        },
      },
      http: {
        request: (request) => {
          asked.push(`${clock.monotonic()} ${request.url}`);
          const answered = answer(request);
          if (answered instanceof Error) return Promise.reject(answered);
          return answered ? Promise.resolve(answered) : new Promise(() => undefined);
        },
      },
    },
    rejected: (reason) => rejected.push(reason),
    requested: (report) => reports.push(report),
  });
  return { clock, client, asked, rejected, reports };
}

/** Keeps a test to the one request that it is about. */
const ONCE = { attempts: 1 };

const ok = (body: string): HttpResponse => ({ status: 200, headers: {}, body });

describe('the REST client', () => {
  test('shows no credentials of a base URL, whoever quotes it', async () => {
    const url = 'https://user:hidden@one.test';
    const { client } = world(() => new Error(`connect ECONNREFUSED ${url}/ping`), [url]);
    const failed: unknown = await client.call(ping, 'x', ONCE).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(Error);
    expect(String(failed)).toContain('one.test/ping?q=x');
    expect(String(failed)).not.toContain('hidden');
  });

  test('calls within the budget of the exchange', async () => {
    const { clock, client, asked } = world(() => ok('pong'));
    const answers = Promise.all(['a', 'b', 'c'].map((query) => client.call(ping, query)));
    await clock.advance(120_000);
    expect(await answers).toEqual(['pong', 'pong', 'pong']);
    expect(asked).toEqual([
      '0 https://one.test/ping?q=a',
      '0 https://one.test/ping?q=b',
      '61000 https://one.test/ping?q=c',
    ]);
  });

  test('turns to the next address when one does not answer', async () => {
    const { client, asked } = world((request) =>
      request.url.includes('one') ? new Error('refused') : ok('pong'),
    );
    await expect(client.call(ping, 'a', ONCE)).rejects.toThrow(
      'fake did not answer https://one.test/ping?q=a: refused',
    );
    await expect(client.call(ping, 'a')).resolves.toBe('pong');
    expect(asked).toHaveLength(2);
  });

  test.each([
    ['a status of its own', { status: 403, headers: {}, body: 'too often' }, 600_000],
    ['a code in what looks like success', ok('10006'), 5_000],
    ['a time that is longer', { status: 429, headers: { 'retry-after': '9' }, body: '10006' }, 9_000],
  ])('stops everybody for as long as the exchange says by %s', async (_, answer, stopMs) => {
    let isOver = false;
    const { clock, client, asked } = world(() => (isOver ? ok('pong') : answer), ['https://one.test'], {
      stopAfter: ({ status, body }) => (status === 403 ? 600_000 : body === '10006' ? 5_000 : undefined),
    });
    await client.call(ping, 'a', ONCE).catch(() => undefined);
    isOver = true;
    const later = client.call(ping, 'b', ONCE);
    await clock.advance(stopMs - 1);
    expect(asked).toHaveLength(1);
    await clock.advance(1);
    await expect(later).resolves.toBe('pong');
  });

  test.each([
    [429, '7', 7_000],
    [418, '120', 120_000],
    [429, undefined, 60_000],
  ])('after a %d with Retry-After %s nobody asks for %d ms', async (status, retryAfter, blockedMs) => {
    const headers: Record<string, string> = retryAfter === undefined ? {} : { 'retry-after': retryAfter };
    let refuse = true;
    const { clock, client, asked } = world(() =>
      refuse ? { status, headers, body: 'slow down' } : ok('pong'),
    );
    await expect(client.call(ping, 'a', ONCE)).rejects.toMatchObject({ code: 'REST', status });
    refuse = false;
    const next = client.call(ping, 'b');
    await clock.advance(200_000);
    await next;
    expect(asked[1]).toBe(`${blockedMs} https://one.test/ping?q=b`);
  });

  test('says what an answer is worth that cannot be read', async () => {
    const { client } = world(() => ok('broken'));
    await expect(client.call(ping, 'a')).rejects.toThrow(
      'fake sent an answer to /ping?q=a that cannot be read: not a pong',
    );
  });

  test('tells of rows that are left out', async () => {
    const { client, rejected } = world(() => ok('pong?'));
    await expect(client.call(ping, 'a')).resolves.toBe('pong?');
    expect(rejected).toEqual(['/ping?q=a: a question']);
  });

  test('reports each request, the wait for the limits apart from that for the answer, and how it ended', async () => {
    const answers = [ok('pong'), { ...ok(''), status: 503 }, new Error('gone'), { ...ok(''), status: 400 }];
    const { clock, client, reports } = world(() => answers.shift());
    const calls = ['one', 'two'].map((query) => client.call(ping, query).catch(() => undefined));
    await clock.advance(100_000);
    await Promise.all(calls);
    const common = {
      exchange: 'fake',
      connection: 'fake/rest',
      purpose: 'rest',
      path: 'GET /ping',
      wireMs: 0,
    };
    expect(reports).toEqual([
      { ...common, ending: 'answered', replies: 1, limiterMs: 0 },
      { ...common, ending: 'refused', replies: 1, limiterMs: 0 },
      { ...common, ending: 'lost', replies: 0, limiterMs: expect.any(Number) as number },
      { ...common, ending: 'refused', replies: 1, limiterMs: 0 },
    ]);
    expect(reports[2]?.limiterMs).toBeGreaterThan(60_000);
    const refused = client.call(ping, 'three', { maxWaitMs: 0 });
    await expect(refused).rejects.toThrow('is not sent');
    expect(reports[4]).toMatchObject({ ending: 'failed', replies: 0, limiterMs: 0 });
    expect(reports[4]).not.toHaveProperty('wireMs');
  });

  test('reports one that nobody wants any more', async () => {
    const { clock, client, reports } = world(() => new Error('the caller has hung up'));
    const leaving = new AbortController();
    for (const query of ['one', 'two', 'three']) void client.call(ping, query, ONCE).catch(() => undefined);
    const call = client.call(ping, 'four', { signal: leaving.signal });
    await clock.advance(500);
    leaving.abort(new Error('enough'));
    await expect(call).rejects.toThrow('enough');
    expect(reports.at(-1)).toEqual({
      ...{ exchange: 'fake', connection: 'fake/rest', purpose: 'rest', path: 'GET /ping' },
      ...{ ending: 'cancelled', replies: 0, limiterMs: 500 },
    });
  });

  test('ends what waits for the budget when it closes', async () => {
    const { clock, client } = world(() => ok('pong'));
    await Promise.all([client.call(ping, 'a'), client.call(ping, 'b')]);
    const waiting = client.call(ping, 'c');
    client.close();
    await expect(waiting).rejects.toMatchObject({ code: 'CLOSED' });
    await expect(client.call(ping, 'd')).rejects.toMatchObject({ code: 'CLOSED' });
    expect(clock.pending).toBe(0);
  });

  test('asks again, a little later each time, for what it may ask twice', async () => {
    const answers = [new Error('reset'), { ...ok('busy'), status: 503 }, ok('pong')];
    const { clock, client, asked } = world(() => answers.shift());
    const answer = client.call({ ...ping, request: () => ({ path: '/ping', weight: 1 }) }, 'a');
    await clock.advance(10_000);
    await expect(answer).resolves.toBe('pong');
    expect(asked).toEqual([
      '0 https://one.test/ping',
      '125 https://two.test/ping',
      '375 https://two.test/ping',
    ]);
    expect(clock.pending).toBe(0);
  });

  test.each([
    ['a refusal that another request would meet as well', 'GET', 400],
    ['what would be done twice', 'POST', 503],
  ] as const)('never asks again: %s', async (_, method, status) => {
    const { clock, client, asked } = world(() => ({ ...ok('no'), status }));
    const order = { ...ping, request: () => ({ method, path: '/order', weight: 1 }) };
    const failed = expect(client.call(order, 'a')).rejects.toMatchObject({ code: 'REST', status });
    await clock.advance(60_000);
    await failed;
    expect(asked).toHaveLength(1);
  });

  test('does not ask again for an answer that is too large, there or elsewhere, and heeds what it says', async () => {
    const { clock, client, asked } = world(() => new OversizeBodyError(1_000, 429, { 'retry-after': '20' }));
    await expect(client.call(ping, 'a', ONCE)).rejects.toMatchObject({
      code: 'REST',
      status: 429,
      message: 'fake sent an answer to /ping?q=a that is larger than 67108864 bytes',
    });
    const next = client.call(ping, 'b', ONCE).catch(() => undefined);
    await clock.advance(30_000);
    await next;
    expect(asked).toEqual(['0 https://one.test/ping?q=a', '20000 https://one.test/ping?q=b']);
  });

  test('knows one that another transport found too large by the shape of its error', async () => {
    const told = { code: 'OVERSIZE_BODY', status: 418, headers: { 'retry-after': '20' } };
    const { clock, client, asked } = world(() => Object.assign(new Error('too much'), told));
    await expect(client.call(ping, 'a', ONCE)).rejects.toMatchObject({ code: 'REST', status: 418 });
    const next = client.call(ping, 'b', ONCE).catch(() => undefined);
    await clock.advance(30_000);
    await next;
    expect(asked).toEqual(['0 https://one.test/ping?q=a', '20000 https://one.test/ping?q=b']);
  });

  test('takes an answer that is too large for one that another request would meet as well', async () => {
    const { clock, client, asked } = world(() => new OversizeBodyError(1_000, 200, {}));
    const failed = expect(client.call(ping, 'a')).rejects.toMatchObject({ status: 200 });
    await clock.advance(60_000);
    await failed;
    expect(asked).toHaveLength(1);
  });

  test('refuses at once what would wait longer than it may', async () => {
    const { clock, client, asked } = world(() => ok('pong'));
    await Promise.all([client.call(ping, 'a'), client.call(ping, 'b')]);
    await clock.advance(10_000);
    await expect(client.call(ping, 'c', { maxWaitMs: 0 })).rejects.toMatchObject({
      code: 'BUDGET',
      waitMs: 51_000,
      message:
        'GET /ping?q=c of fake is not sent: the limits of the exchange are used up, and there is room in 51000 ms, later than the 0 ms that it may wait.',
    });
    const patient = client.call(ping, 'd', { maxWaitMs: 51_000 });
    await clock.advance(51_000);
    await expect(patient).resolves.toBe('pong');
    expect(asked).toHaveLength(3);
    expect(clock.pending).toBe(0);
  });

  test('refuses at once what its deadline leaves no time for', async () => {
    const { clock, client } = world(() => ok('pong'));
    await Promise.all([client.call(ping, 'a'), client.call(ping, 'b')]);
    await clock.advance(10_000);
    await expect(client.call(ping, 'c', { deadlineMs: 50_000 })).rejects.toMatchObject({
      code: 'BUDGET',
      maxWaitMs: 50_000,
      waitMs: 51_000,
    });
    await clock.advance(51_000);
    expect(clock.pending).toBe(0);
  });

  test('gives up when others go first for longer than it may wait', async () => {
    const { clock, client, asked } = world(() => ok('pong'));
    await Promise.all([client.call(ping, 'a'), client.call(ping, 'b')]);
    const overtaken = expect(client.call(ping, 'c', { maxWaitMs: 61_000 })).rejects.toMatchObject({
      code: 'BUDGET',
      waitMs: undefined,
    });
    const ahead = ['d', 'e'].map((query) => client.call(ping, query, { lane: 'cancel' }));
    await clock.advance(61_000);
    await Promise.all([overtaken, ...ahead]);
    await clock.advance(120_000);
    expect(asked).toHaveLength(4);
  });

  test('gives its place to the next when its caller does not want it any more', async () => {
    const { clock, client, asked } = world(() => ok('pong'));
    await Promise.all([client.call(ping, 'a'), client.call(ping, 'b')]);
    const caller = new AbortController();
    const unwanted = Promise.all([
      expect(client.call(ping, 'c', { signal: caller.signal })).rejects.toThrow('changed my mind'),
      expect(client.call(ping, 'd', { signal: caller.signal })).rejects.toThrow('changed my mind'),
    ]);
    const next = client.call(ping, 'e');
    caller.abort(new Error('changed my mind'));
    await clock.advance(61_000);
    await Promise.all([unwanted, next]);
    expect(asked.slice(2)).toEqual(['61000 https://one.test/ping?q=e']);
  });

  test('ends by its deadline, even where nobody heeds it', async () => {
    const { clock, client } = world(() => undefined);
    const late = expect(client.call(ping, 'a', { deadlineMs: 7_000 })).rejects.toThrow(
      'GET /ping?q=a of fake has not succeeded within 7000 ms',
    );
    await clock.advance(7_000);
    await late;
    expect(clock.pending).toBe(0);
  });

  test('counts what others at the same address have used, as answers tell', async () => {
    const { clock, client, asked } = world(() => ({ ...ok('pong'), headers: { 'x-used': '3' } }));
    await client.call(ping, 'a');
    const next = client.call(ping, 'b');
    await clock.advance(61_000);
    await next;
    expect(asked[1]).toBe('61000 https://one.test/ping?q=b');
  });

  test('counts nothing twice that the exchange has counted as we have', async () => {
    const { clock, client, asked } = world(() => ({ ...ok('pong'), headers: { 'x-used': '2' } }));
    await client.call(ping, 'a');
    await client.call(ping, 'b');
    expect([asked.length, clock.monotonic()]).toEqual([2, 0]);
  });

  test('keeps to the limit that some operations have of their own', async () => {
    const { clock, client, asked } = world(() => ok('pong'));
    const limit = { name: 'history', documented: 1, safe: 1, windowMs: 10_000 };
    const light = (path: string): typeof ping => ({ ...ping, request: () => ({ path, weight: 1 }) });
    const calls = [
      client.call({ ...light('/trades'), limit }, ''),
      client.call({ ...light('/candles'), limit }, ''),
      client.call(light('/time'), ''),
    ];
    await clock.advance(11_000);
    await Promise.all(calls);
    expect(asked).toEqual([
      '0 https://one.test/trades',
      '0 https://one.test/time',
      '11000 https://one.test/candles',
    ]);
  });
});
