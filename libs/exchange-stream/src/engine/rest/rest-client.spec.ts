import { VirtualClock } from '@exchange-stream/market-data';
import type { RestOperation } from '../../contract/index.ts';
import { InProcessBudgets } from '../limits/budget-provider.ts';
import type { HttpRequest, HttpResponse } from './http-transport.ts';
import { RestClient } from './rest-client.ts';

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
}

function world(
  answer: (request: HttpRequest) => HttpResponse | Error,
  urls = ['https://one.test', 'https://two.test'],
): World {
  const clock = new VirtualClock();
  const asked: string[] = [];
  const rejected: string[] = [];
  const client = new RestClient(
    'fake',
    () => ({ urls }),
    { documented: 10, safe: 4, windowMs: 60_000 },
    5_000,
    60_000,
    {
      clock,
      random: { next: () => 0.5 },
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
          return answered instanceof Error ? Promise.reject(answered) : Promise.resolve(answered);
        },
      },
    },
    (reason) => rejected.push(reason),
  );
  return { clock, client, asked, rejected };
}

const ok = (body: string): HttpResponse => ({ status: 200, headers: {}, body });

describe('the REST client', () => {
  test('shows no credentials of a base URL, whoever quotes it', async () => {
    const url = 'https://user:hidden@one.test';
    const { client } = world(() => new Error(`connect ECONNREFUSED ${url}/ping`), [url]);
    const failed: unknown = await client.call(ping, 'x').catch((error: unknown) => error);
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
    await expect(client.call(ping, 'a')).rejects.toThrow(
      'fake did not answer https://one.test/ping?q=a: refused',
    );
    await expect(client.call(ping, 'a')).resolves.toBe('pong');
    expect(asked).toHaveLength(2);
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
    await expect(client.call(ping, 'a')).rejects.toMatchObject({ code: 'REST', status });
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

  test('ends what waits for the budget when it closes', async () => {
    const { clock, client } = world(() => ok('pong'));
    await Promise.all([client.call(ping, 'a'), client.call(ping, 'b')]);
    const waiting = client.call(ping, 'c');
    client.close();
    await expect(waiting).rejects.toMatchObject({ code: 'CLOSED' });
    await expect(client.call(ping, 'd')).rejects.toMatchObject({ code: 'CLOSED' });
    expect(clock.pending).toBe(0);
  });
});
