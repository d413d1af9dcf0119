import { VirtualClock } from '@exchange-stream/market-data';
import { Account } from './account.ts';
import { Accounts, type AccountsEnvironment } from './accounts.ts';
import { InProcessNonces } from './nonce-source.ts';

const FIRST = { key: 'first', secret: 'one' };
const SECOND = { key: 'second', secret: 'two' };

function environment(): AccountsEnvironment {
  const clock = new VirtualClock();
  return {
    ...{ exchange: 'fake', clock, nonces: new InProcessNonces(clock), nonceUnit: 'milliseconds' },
    changed: () => undefined,
  };
}

describe('an account whose credentials one endpoint takes and another refuses', () => {
  const account = (): Account => {
    const { provider: _provider, ...rest } = environment();
    const made = new Account('default', FIRST, rest);
    made.accepted('fake/orders/1', 'orders', FIRST);
    made.refused('fake/wallet/1', 'wallet', FIRST, 'no right to that');
    return made;
  };

  test('may show them where they were taken, and nowhere else', () => {
    const made = account();
    expect(made.obstacle('orders')).toBeUndefined();
    expect(made.obstacle('wallet')).toBe(
      'no right to that; it is not asked again until the credentials change',
    );
    expect(made.objection('wallet', SECOND)).toBeUndefined();
  });

  test('may not where they were taken before, once that endpoint refuses them, too', () => {
    const made = account();
    made.refused('fake/orders/2', 'orders', FIRST, 'revoked');
    expect(made.obstacle('orders')).toContain('revoked');
  });

  test('may try anywhere when they are set once more', () => {
    const made = account();
    made.set(FIRST);
    expect(made.obstacle('wallet')).toBeUndefined();
    // What was taken before says nothing of now.
    made.refused('fake/wallet/2', 'wallet', FIRST, 'still not');
    expect(made.obstacle('orders')).toContain('still not');
  });
});

describe('the logins of an account', () => {
  test('are counted by how they ended', () => {
    const { provider: _provider, ...rest } = environment();
    const made = new Account('default', FIRST, rest);
    const { logins } = made.view();
    made.began('fake/private/1');
    expect(made.view().logins).toEqual({ accepted: 0, refused: 0, failed: 0 });
    // No answer came before its socket was lost, and then another one was begun.
    made.left('fake/private/1');
    made.began('fake/private/1');
    made.began('fake/private/1');
    made.accepted('fake/private/1', 'private', FIRST);
    made.left('fake/private/1');
    made.began('fake/private/1');
    made.refused('fake/private/1', 'private', FIRST, 'revoked');
    made.left('fake/private/1');
    // A token was refused, before anything could log in.
    made.refusedCall('token', FIRST, 'no token');
    expect(made.view().logins).toEqual({ accepted: 1, refused: 2, failed: 2 });
    expect(logins).toEqual({ accepted: 0, refused: 0, failed: 0 });
  });
});

describe('accounts that a provider may know', () => {
  const accounts = (): Accounts =>
    new Accounts({}, { ...environment(), provider: { credentialsOf: () => FIRST } });

  test('are refused by names that none can have', () => {
    expect(() => accounts().of('a key / in the wrong place')).toThrow(
      '"a key / in the wrong place" cannot be the name of an account. Allowed: at most 64 letters,',
    );
  });

  test('are at most a thousand, so that requests alone do not fill our memory', () => {
    const many = accounts();
    for (let number = 1; number < 1_000; number++) many.of(`account-${number}`);
    expect(() => many.of('one-more')).toThrow('There is no account "one-more" at fake.');
    expect(many.of('account-1').name).toBe('account-1');
    expect(many.views()).toHaveLength(1_000);
  });
});
