import { formatSubscription, type AnyRequest } from '@exchange-stream/market-data';
import { capabilitiesOf, matchesFilter } from '../../../src/engine/index.ts';
import { FakeWorld } from '../fake-exchange.ts';
import { CREDENTIALS } from '../private-exchange.ts';
import { accountAdapter } from './account-exchange.ts';

const credentials = { key: 'k', secret: 's' };

function worldWithAccounts(): FakeWorld {
  return new FakeWorld(accountAdapter(), {
    settings: { fake: { credentials: CREDENTIALS, accounts: { main: credentials } } },
  });
}

const orders = { exchange: 'fake', channel: 'orders' } as const;

describe('a request for a private channel', () => {
  test('names no symbol, and has one form however its account is spelled', () => {
    const { stream } = worldWithAccounts();
    const whole = { ...orders, symbol: '' };
    expect(stream.canonical(orders)).toEqual(whole);
    expect(stream.canonical({ ...orders, account: 'default' })).toEqual(whole);
    const ofMain = { ...whole, params: { account: 'main' } };
    expect(stream.canonical({ ...orders, account: 'main' })).toEqual(ofMain);
    // As it stands in stores and views.
    expect(stream.canonical(ofMain)).toEqual(ofMain);
    expect(formatSubscription(ofMain)).toBe('fake orders account=main');
    expect(stream.subscribe({ ...orders, account: 'main' }).key).toBe(
      '["fake","orders","",{"account":"main"}]',
    );
  });

  test.each<[string, AnyRequest, string]>([
    ['a symbol', { ...orders, symbol: 'BTC/USDT' }, 'takes no symbol: got "BTC/USDT"'],
    [
      'an unknown account',
      { ...orders, account: 'mian' },
      'There is no account "mian" at fake. Allowed: default, main.',
    ],
    ['an impossible account', { ...orders, account: 'a b' }, 'does not take "a b" for "account"'],
    [
      'a parameter',
      { ...orders, symbol: '', params: { depth: 5 } },
      'has no parameter "depth". It takes: account.',
    ],
    [
      'a channel that the exchange has not',
      { ...orders, channel: 'positions' },
      'has no channel "positions". It has: trades, ticker, orders, fills, balances.',
    ],
  ])('with %s is refused', (_what, request, words) => {
    const { stream } = worldWithAccounts();
    expect(() => stream.subscribe(request)).toThrow(words);
  });

  test('cannot be a template', () => {
    const template = { ...orders, symbols: 'all' } as const;
    expect(() => new FakeWorld(accountAdapter(), { subscriptions: [template] })).toThrow('has no symbols');
  });

  test('is kept by the defaults as long as they name it', () => {
    const { stream } = new FakeWorld(accountAdapter(), { subscriptions: [orders] });
    expect(stream.setDefaults([{ ...orders, account: 'default' }])).toMatchObject({
      added: [],
      released: [],
    });
    expect(stream.setDefaults([])).toMatchObject({ released: [{ channel: 'orders' }] });
  });

  test('without credentials fails with what to set, and is asked for once there are some', async () => {
    const world = new FakeWorld(accountAdapter());
    const handle = world.stream.subscribe(orders);
    world.stream.start();
    await world.clock.advance(600_000);
    expect(world.sockets).toEqual([]);
    expect(handle.view()).toMatchObject({ state: 'failed', failure: 'auth' });
    expect(handle.view().reason).toContain('set settings.fake.credentials to { key, secret }');
    world.stream.manager('fake').setCredentials(credentials);
    await world.clock.advance(0);
    expect(handle.view().state).toBe('subscribing');
    expect(world.socket.url).toContain('/private');
  });

  test('is matched by filters, which may name the default account', () => {
    const request = { ...orders, symbol: '' };
    const ofMain = { ...request, params: { account: 'main' } };
    const named = (account: string, wanted: typeof request): boolean =>
      matchesFilter({ channel: 'orders', params: { account } }, wanted);
    expect([
      named('default', request),
      named('main', ofMain),
      named('default', ofMain),
      named('main', request),
    ]).toEqual([true, true, false, false]);
  });

  test('can be had as the capabilities tell', () => {
    expect(capabilitiesOf(accountAdapter()).privateChannels).toEqual([
      { channel: 'orders', endpoint: 'private', snapshot: 'stream' },
      { channel: 'fills', endpoint: 'private', hasConsecutiveIds: true },
      { channel: 'balances', endpoint: 'private', snapshot: 'stream' },
    ]);
  });
});
