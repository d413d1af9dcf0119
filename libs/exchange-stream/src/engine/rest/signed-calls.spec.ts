import { VirtualClock } from '@exchange-stream/market-data';
import type { RestAnswer, SignedOperation } from '../../contract/index.ts';
import { Account } from '../credentials/account.ts';
import type { CredentialsSource } from '../credentials/credentials-source.ts';
import { InProcessNonces } from '../credentials/nonce-source.ts';
import { InProcessBudgets } from '../limits/budget-provider.ts';
import type { HttpRequest, HttpResponse } from './http-transport.ts';
import { RestClient, type RestClientSettings } from './rest-client.ts';
import { RestHosts } from './rest-hosts.ts';

const CREDENTIALS = { key: 'canary-key', secret: 'canary-secret' };
/** The exchange's clock less ours. */
const OFFSET_MS = -7_000;

/** What the fake exchange sees of a request. */
interface Seen {
  readonly atMs: number;
  readonly method: string;
  readonly key: string | null;
  readonly time: number;
  readonly nonce: number;
}

const signedOperation = (method: 'GET' | 'POST'): SignedOperation<string, string> => ({
  isSigned: true,
  request: (query, { credentials, nowMs, nextNonce }) => ({
    method,
    path: `/orders?symbol=${query}&time=${nowMs}&nonce=${nextNonce()}&key=${credentials.key}&sign=${credentials.secret}`,
    weight: 2,
  }),
  parse: (body, _query, reject) => {
    if (body.startsWith('{')) return String(JSON.parse(body));
    if (body.includes('?')) reject(`a question of ${CREDENTIALS.key}`);
    return body;
  },
  recognise: () => undefined,
});

const openOrders = signedOperation('GET');
const placeOrder = signedOperation('POST');

interface World {
  readonly clock: VirtualClock;
  readonly client: RestClient;
  readonly account: Account;
  readonly seen: Seen[];
  readonly rejected: string[];
  refreshed: number;
}

function world(
  answer: (seen: Seen, count: number) => Partial<HttpResponse> | Error | undefined,
  {
    source = CREDENTIALS,
    ...more
  }: Partial<RestClientSettings['declaration']> & { source?: CredentialsSource } = {},
): World {
  const clock = new VirtualClock();
  const nonces = new InProcessNonces(clock);
  const environment = { exchange: 'fake', clock, nonces, nonceUnit: 'milliseconds' } as const;
  const made: World = {
    ...{ clock, seen: [], rejected: [], refreshed: 0 },
    account: new Account('default', source, { ...environment, changed: () => undefined }),
    client: new RestClient({
      exchange: 'fake',
      declaration: { requests: { documented: 10, safe: 4, windowMs: 60_000 }, ...more },
      hosts: new RestHosts(() => ({ urls: ['https://one.test'] }), 60_000, clock),
      timeoutMs: 5_000,
      time: {
        now: () => clock.now() + OFFSET_MS,
        refresh: () => Promise.resolve(++made.refreshed > 0),
      },
      platform: {
        ...{ clock, nonces, random: { next: () => 0.5 }, budgets: new InProcessBudgets(clock) },
        sockets: {
          open: () => {
            throw new Error('REST opens no sockets');
          },
        },
        http: { request: (request) => respond(request) },
      },
      rejected: (reason) => made.rejected.push(reason),
      requested: () => undefined,
    }),
  };
  const respond = (request: HttpRequest): Promise<HttpResponse> => {
    const query = new URL(request.url).searchParams;
    made.seen.push({
      atMs: clock.now(),
      method: request.method,
      key: query.get('key'),
      time: Number(query.get('time')),
      nonce: Number(query.get('nonce')),
    });
    const answered = answer(made.seen.at(-1)!, made.seen.length);
    if (answered instanceof Error) return Promise.reject(answered);
    if (!answered) return new Promise(() => undefined);
    return Promise.resolve({ status: 200, headers: {}, body: 'done', ...answered });
  };
  return made;
}

const failureOf = (call: Promise<unknown>): Promise<Error> =>
  call.then(
    () => new Error('it succeeded'),
    (error: unknown) => error as Error,
  );

describe('a signed call', () => {
  test('shows the credentials of its account, with the time of the exchange', async () => {
    const { client, account, seen, clock } = world(() => ({}));
    await expect(client.callAs(account, openOrders, 'BTC')).resolves.toBe('done');
    expect(seen).toEqual([
      {
        atMs: clock.now(),
        method: 'GET',
        key: 'canary-key',
        time: clock.now() + OFFSET_MS,
        nonce: clock.now(),
      },
    ]);
    expect(clock.pending).toBe(0);
  });

  test('shares the nonces of its key with logins', async () => {
    const { client, account, seen } = world(() => ({}));
    const before = account.nextNonce(CREDENTIALS.key);
    await client.callAs(account, openOrders, 'BTC');
    expect(seen[0]!.nonce).toBeGreaterThan(before);
    expect(account.nextNonce(CREDENTIALS.key)).toBeGreaterThan(seen[0]!.nonce);
  });

  test('is signed anew each time that it is repeated', async () => {
    const { client, account, seen, clock } = world((_, count) => (count < 3 ? { status: 503 } : {}));
    const call = client.callAs(account, { ...openOrders, request: light(openOrders) }, 'BTC');
    await clock.advance(60_000);
    await expect(call).resolves.toBe('done');
    expect(seen).toHaveLength(3);
    for (const { atMs, time } of seen) expect(time).toBe(atMs + OFFSET_MS);
    expect(new Set(seen.map(({ nonce }) => nonce)).size).toBe(3);
  });

  test('that had to wait for the limits is signed when it leaves, in the order in which they leave', async () => {
    const { client, account, seen, clock } = world(() => ({}));
    await Promise.all(['a', 'b'].map((query) => client.callAs(account, placeOrder, query)));
    const patient = client.callAs(account, placeOrder, 'c');
    const urgent = client.callAs(account, placeOrder, 'd', { lane: 'cancel' });
    await clock.advance(61_000);
    await Promise.all([patient, urgent]);
    expect(seen.map(({ atMs }) => atMs - clock.now())).toEqual([-61_000, -61_000, 0, 0]);
    for (const { atMs, time } of seen) expect(time).toBe(atMs + OFFSET_MS);
    const nonces = seen.map(({ nonce }) => nonce);
    expect(nonces).toEqual([...nonces].sort((one, other) => one - other));
  });

  test('that may do something twice is not repeated', async () => {
    const { client, account, seen, clock } = world(() => ({ status: 503 }));
    const failed = failureOf(client.callAs(account, placeOrder, 'BTC'));
    await clock.advance(60_000);
    expect(await failed).toMatchObject({ code: 'REST', status: 503 });
    expect(seen).toHaveLength(1);
  });

  test.each([401, 403])(
    'refused with %d is not made again with these credentials, and all that wait hear it',
    async (status) => {
      const { client, account, seen, clock } = world(() => ({ status, body: `no, ${CREDENTIALS.key}` }));
      const calls = Array.from({ length: 5 }, (_, index) =>
        failureOf(client.callAs(account, openOrders, String(index))),
      );
      await clock.advance(3_600_000);
      const failures = await Promise.all(calls);
      // Two leave at once; nothing is known then.
      expect(seen).toHaveLength(2);
      expect(failures[0]).toMatchObject({ code: 'REST', status, refusal: 'credentials' });
      expect(failures[4]).toMatchObject({ code: 'CREDENTIALS', temporary: false });
      expect(failures[4]?.message).toBe(
        `fake refused /orders with status ${status}: no, [redacted]; it is not asked again until the credentials change`,
      );
      expect(account.view()).toMatchObject({ state: 'rejected' });
      expect(await failureOf(client.callAs(account, openOrders, 'x'))).toMatchObject({ code: 'CREDENTIALS' });
      expect(seen).toHaveLength(2);

      account.set({ key: 'another-key', secret: 'another-secret' });
      const call = failureOf(client.callAs(account, openOrders, 'y'));
      await clock.advance(0);
      await call;
      expect(seen.at(-1)?.key).toBe('another-key');
    },
  );

  test('that lacks a right does not stop those that have theirs', async () => {
    const { client, account } = world(({ method }) => (method === 'POST' ? { status: 403 } : {}));
    await client.callAs(account, openOrders, 'BTC');
    expect(await failureOf(client.callAs(account, placeOrder, 'BTC'))).toMatchObject({ status: 403 });
    await expect(
      client.callAs(account, openOrders, 'BTC', { maxWaitMs: 0 }).catch((error: unknown) => error),
    ).resolves.toMatchObject({ code: 'BUDGET' });
  });

  const declared = (answer: RestAnswer): 'time' | 'nonce' | 'credentials' | undefined =>
    (['time', 'nonce', 'credentials'] as const).find((kind) => answer.body.includes(kind));

  test('whose time is refused is made once more by a clock that is read again, whatever it does', async () => {
    const made = world((_, count) => (count === 1 ? { body: 'error: time' } : {}), {
      signingRefusal: declared,
    });
    const call = made.client.callAs(made.account, placeOrder, 'BTC');
    await made.clock.advance(60_000);
    await expect(call).resolves.toBe('done');
    expect([made.refreshed, made.seen.length]).toEqual([1, 2]);
  });

  test('whose nonce is refused is made once more with a larger one', async () => {
    const { client, account, seen, clock } = world((_, count) => (count === 1 ? { body: 'nonce' } : {}), {
      signingRefusal: declared,
    });
    const call = client.callAs(account, placeOrder, 'BTC');
    await clock.advance(60_000);
    await expect(call).resolves.toBe('done');
    expect(seen[1]!.nonce).toBeGreaterThan(seen[0]!.nonce);
  });

  test.each(['time', 'nonce'] as const)('whose %s is refused again and again gives up', async (kind) => {
    const { client, account, seen, clock } = world(() => ({ status: 400, body: kind }), {
      signingRefusal: declared,
    });
    const failed = failureOf(client.callAs(account, { ...placeOrder, request: light(placeOrder) }, 'BTC'));
    await clock.advance(600_000);
    expect(await failed).toMatchObject({ code: 'REST', refusal: kind });
    expect(seen).toHaveLength(3);
    expect(account.view()).toMatchObject({ state: 'none' });
    expect(clock.pending).toBe(0);
  });

  test('is refused by what the exchange says, with any status, where the adapter knows its words', async () => {
    const { client, account } = world(() => ({ body: 'credentials' }), { signingRefusal: declared });
    expect(await failureOf(client.callAs(account, openOrders, 'BTC'))).toMatchObject({
      status: 200,
      refusal: 'credentials',
    });
    expect(account.view()).toMatchObject({ state: 'rejected' });
  });

  test.each<[string, CredentialsSource | undefined, string]>([
    [
      'cannot be had',
      () => Promise.reject(new RangeError('the vault of canary-key')),
      'the credentials could not be had (RangeError)',
    ],
    ['do not come', () => new Promise(() => undefined), 'the credentials did not come within 5000 ms'],
    [
      'no signature can be made of',
      {
        ...CREDENTIALS,
        get key(): string {
          throw new TypeError('canary-key');
        },
      },
      'no signature can be made of the credentials (TypeError): check settings.fake.credentials',
    ],
  ])('with credentials that %s fails in words, and sends nothing', async (_, source, words) => {
    const { client, account, seen, clock } = world(() => ({}), { source: source! });
    const failed = failureOf(client.callAs(account, openOrders, 'BTC'));
    await clock.advance(5_000);
    expect(await failed).toMatchObject({ code: 'CREDENTIALS', message: words });
    expect(seen).toHaveLength(0);
    expect(clock.pending).toBe(0);
  });

  test('without any credentials says where to set them', async () => {
    const { client } = world(() => ({}));
    const clock = new VirtualClock();
    const nobody = new Account('trader', undefined, {
      ...{ exchange: 'fake', clock, nonces: new InProcessNonces(clock), nonceUnit: 'milliseconds' },
      changed: () => undefined,
    });
    expect(await failureOf(client.callAs(nobody, openOrders, 'BTC'))).toMatchObject({
      code: 'CREDENTIALS',
      temporary: false,
      message:
        'fake wants credentials here and there are none: set settings.fake.accounts.trader to { key, secret }',
    });
  });

  test.each<[string, (count: number) => Partial<HttpResponse> | Error | undefined]>([
    ['is refused', () => ({ status: 400, body: `bad sign of canary-key: sign=canary-secret` })],
    ['is not answered', () => new Error('connect https://one.test/orders?sign=canary-secret as canary-key')],
    ['hangs', () => undefined],
    ['cannot be read', () => ({ body: '{"listenKey":canary-token"' })],
  ])('that %s shows nothing of what it was signed with', async (_, answer) => {
    const { client, account, rejected, clock } = world((_seen, count) => answer(count));
    const failed = failureOf(client.callAs(account, openOrders, 'BTC', { attempts: 1, deadlineMs: 9_000 }));
    await clock.advance(9_000);
    const failure = await failed;
    expect(failure).toMatchObject({ code: 'REST' });
    expect(failure.message).toContain('/orders');
    expect(`${failure.message} ${failure.stack} ${JSON.stringify(failure)}`).not.toContain('canary');
    expect(rejected).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  test('shows nothing of it where rows are left out, or the limits leave no room', async () => {
    const { client, account, rejected } = world(() => ({ body: 'yes?' }));
    await Promise.all(['a', 'b'].map((query) => client.callAs(account, openOrders, query)));
    expect(rejected).toEqual(['/orders: a question of [redacted]', '/orders: a question of [redacted]']);
    expect(await failureOf(client.callAs(account, openOrders, 'c', { maxWaitMs: 0 }))).toMatchObject({
      code: 'BUDGET',
      message: expect.stringContaining('GET /orders of fake is not sent') as unknown,
    });
  });
});

/** The same request at less weight. */
function light<Query>({
  request,
}: SignedOperation<Query, unknown>): SignedOperation<Query, unknown>['request'] {
  return (query, signing) => ({ ...request(query, signing), weight: 1 });
}
