import { VirtualClock } from '@exchange-stream/market-data';
import type { SocketEndpoint } from '../../contract/index.ts';
import { InProcessBudgets } from './budget-provider.ts';
import type { Budget, Grant } from './budget.ts';

const REQUESTS = { documented: 12, safe: 10, windowMs: 60_000 };
const WIDE = { documented: 100, safe: 100, windowMs: 1_000 };

/** An exchange that counts dials and messages of its order entry among the requests. */
const TRADING: Pick<SocketEndpoint, 'limits' | 'heartbeat' | 'countedAsRequests'> = {
  limits: {
    topicsPerConnection: WIDE,
    topicsPerMessage: WIDE,
    messages: WIDE,
    connects: [WIDE],
  },
  heartbeat: { sender: 'client', intervalMs: 20_000, deadlineMs: 60_000 },
  countedAsRequests: { limit: REQUESTS, connect: 4, message: 2 },
};
const PUBLIC = { limits: TRADING.limits, heartbeat: TRADING.heartbeat };

/** An exchange's budgets, and when each named use was granted. */
function budgets(): {
  clock: VirtualClock;
  provider: InProcessBudgets;
  use: (budget: Budget, name: string, weight?: number) => void;
  used: string[];
} {
  const clock = new VirtualClock();
  const used: string[] = [];
  return {
    clock,
    provider: new InProcessBudgets(clock),
    use: (budget, name, weight = 1) => {
      budget.request(weight, 'other', () => used.push(`${clock.monotonic()} ${name}`));
    },
    used,
  };
}

describe('the budgets of one process', () => {
  test('count dials and messages among the requests where the exchange does', async () => {
    const { clock, provider, use, used } = budgets();
    use(provider.connects('fake', TRADING), 'dial');
    use(provider.messages('fake', TRADING), 'message');
    use(provider.requests('fake', REQUESTS), 'request', 4);
    expect(provider.usage('fake').requests).toEqual({ used: 1, waiting: 0 });
    use(provider.requests('fake', REQUESTS), 'one more');
    use(provider.connects('fake', TRADING), 'second dial');
    expect(provider.usage('fake')).toMatchObject({ requests: { waiting: 1 }, connects: { waiting: 1 } });
    // What is not counted there goes on.
    use(provider.connects('fake', PUBLIC), 'public dial');
    use(provider.messages('fake', PUBLIC), 'public message');
    await clock.advance(61_000);
    expect(used).toEqual([
      '0 dial',
      '0 message',
      '0 request',
      '0 public dial',
      '0 public message',
      '61000 one more',
      '61000 second dial',
    ]);
    expect(clock.pending).toBe(0);
  });

  test('stop everybody who is counted as what the exchange has stopped, and nobody else', async () => {
    const { clock, provider, use, used } = budgets();
    provider.stop('fake', ['requests'], 5_000);
    use(provider.requests('fake', REQUESTS), 'request');
    use(provider.messages('fake', TRADING), 'message');
    use(provider.connects('fake', PUBLIC), 'public dial');
    use(provider.requests('other', REQUESTS), 'request elsewhere');
    await clock.advance(5_000);
    expect(used).toEqual(['0 public dial', '0 request elsewhere', '5000 request', '5000 message']);
  });

  describe('of exchanges whose requests are counted together', () => {
    const POOLED = { ...REQUESTS, pool: 'futures' };

    test('grant no more to all of them than to one', async () => {
      const { clock, provider, use, used } = budgets();
      use(provider.requests('one', POOLED), 'request of one', 6);
      use(provider.requests('other', POOLED), 'request of the other', 6);
      use(provider.requests('stranger', REQUESTS), 'request of a stranger', 6);
      expect(used).toEqual(['0 request of one', '0 request of a stranger']);
      expect(provider.usage('one').requests).toEqual({ used: 0.6, waiting: 1 });
      expect(provider.usage('other')).toEqual(provider.usage('one'));
      await clock.advance(61_000);
      expect(used.at(-1)).toBe('61000 request of the other');
      expect(clock.pending).toBe(0);
    });

    test('count a limit of single operations together, too', () => {
      const { provider, use, used } = budgets();
      const history = { documented: 2, safe: 2, windowMs: 60_000, name: 'history' };
      use(provider.requests('one', POOLED, history), 'history of one', 2);
      use(provider.requests('other', POOLED, history), 'history of the other', 1);
      use(provider.requests('other', POOLED), 'request of the other', 1);
      expect(used).toEqual(['0 history of one', '0 request of the other']);
    });

    test('stop together, and believe what either is told of their use', async () => {
      const { clock, provider, use, used } = budgets();
      const [one, other] = [provider.requests('one', POOLED), provider.requests('other', POOLED)];
      provider.counted('one', POOLED, 10);
      use(other, 'after what others used');
      await clock.advance(61_000);
      provider.stop('other', ['requests'], 5_000);
      use(one, 'after the stop');
      await clock.advance(5_000);
      expect(used).toEqual(['61000 after what others used', '66000 after the stop']);
    });

    test('have dials among them where these are counted so', async () => {
      const { clock, provider, use, used } = budgets();
      const endpoint = { ...TRADING, countedAsRequests: { limit: POOLED, connect: 4, message: 2 } };
      use(provider.requests('one', POOLED), 'request of one', 8);
      use(provider.connects('other', endpoint), 'dial of the other');
      expect(used).toEqual(['0 request of one']);
      await clock.advance(61_000);
      expect(used.at(-1)).toBe('61000 dial of the other');
    });
  });

  test('tell what a request would have to wait for, those before it included', () => {
    const { provider, use } = budgets();
    const requests = provider.requests('fake', REQUESTS);
    expect(requests.waitMs?.(10, 'other')).toBe(0);
    use(requests, 'heavy', 9);
    expect(requests.waitMs?.(1, 'other')).toBe(0);
    use(requests, 'waits', 2);
    expect(requests.waitMs?.(1, 'other')).toBe(61_000);
    expect(requests.waitMs?.(1, 'cancel')).toBe(0);
    provider.stop('fake', ['requests'], 90_000);
    expect(requests.waitMs?.(1, 'cancel')).toBe(90_000);
  });

  test('tell the wait of several windows, where those before it fill them', async () => {
    const { clock, provider, use, used } = budgets();
    const requests = provider.requests('fake', REQUESTS);
    for (const name of ['first', 'second', 'third']) use(requests, name, 10);
    expect(requests.waitMs?.(4, 'other')).toBe(183_000);
    expect(requests.waitMs?.(4, 'cancel')).toBe(61_000);
    use(requests, 'fourth', 4);
    await clock.advance(183_000);
    expect(used.at(-1)).toBe('183000 fourth');
  });

  test('tell that nobody waits behind those who wait for something else', () => {
    const { provider, use, used } = budgets();
    const narrow = {
      ...TRADING.limits,
      messages: { ...WIDE, safe: 1, documented: 1 },
      messagesPerAddress: WIDE,
    };
    const [one, other] = [0, 1].map(() => provider.messages('fake', { ...PUBLIC, limits: narrow }));
    use(one!, 'first');
    use(one!, 'waits');
    expect(one!.waitMs?.(1, 'other')).toBe(2_200);
    expect(other!.waitMs?.(1, 'other')).toBe(0);
    use(other!, 'at once');
    expect(used).toEqual(['0 first', '0 at once']);
  });

  test('give back what a request leaves that was granted with others and not yet told', async () => {
    const { clock, provider, used } = budgets();
    const requests = provider.requests('fake', REQUESTS);
    requests.request(10, 'other', () => used.push('first'));
    let leave = (): void => undefined;
    requests.request(5, 'other', () => leave());
    leave = requests.request(5, 'other', () => used.push('left'));
    requests.request(5, 'other', () => used.push('third'));
    await clock.advance(61_000);
    expect(used).toEqual(['first', 'third']);
    expect(provider.usage('fake').requests).toEqual({ used: 1, waiting: 0 });
  });
});

describe('what was granted and is used later', () => {
  const DIALS = { limits: { ...PUBLIC.limits, connects: [{ documented: 1, safe: 1, windowMs: 10_000 }] } };

  async function granted(): Promise<ReturnType<typeof budgets> & { grant: Grant; again: () => void }> {
    const made = budgets();
    const connects = made.provider.connects('fake', DIALS);
    const grant = await new Promise<Grant>((resolve) =>
      connects.request(1, 'other', (given) => resolve(given!)),
    );
    return { ...made, grant, again: () => made.use(connects, 'again') };
  }

  test('counts from then on', async () => {
    const { clock, grant, again, used } = await granted();
    again();
    await clock.advance(3_000);
    expect(grant.useNow()).toBe(true);
    await clock.advance(20_000);
    expect(used).toEqual(['14000 again']);
    expect(clock.pending).toBe(0);
  });

  test('cannot be used after its window, nor twice, nor when we have been told to stop', async () => {
    const late = await granted();
    await late.clock.advance(11_000);
    expect(late.grant.useNow()).toBe(false);
    const twice = await granted();
    expect([twice.grant.useNow(), twice.grant.useNow()]).toEqual([true, false]);
    const stopped = await granted();
    stopped.provider.stop('fake', ['connects'], 5_000);
    await stopped.clock.advance(1_000);
    expect(stopped.grant.useNow()).toBe(false);
    stopped.again();
    await stopped.clock.advance(4_000);
    expect(stopped.used).toEqual(['5000 again']);
  });

  test('goes to the next when it is given back, once', async () => {
    const { clock, grant, again, used } = await granted();
    again();
    again();
    await clock.advance(3_000);
    grant.giveBack();
    grant.giveBack();
    expect(used).toEqual(['3000 again']);
    await clock.advance(11_000);
    expect(used).toEqual(['3000 again', '14000 again']);
  });
});
