import { ExchangeStream, InvalidOptionsError, type ExchangeStreamOptions } from '../../src/engine/index.ts';
import { fakeAdapter } from './fake-exchange.ts';

const withOptions = (options: object): (() => ExchangeStream) => {
  // What JavaScript callers may pass, whatever the types say.
  const given = { exchanges: [fakeAdapter()], ...options } as ExchangeStreamOptions;
  return () => new ExchangeStream(given);
};

const withoutTestnet = (): ReturnType<typeof fakeAdapter> => {
  const adapter = fakeAdapter();
  const baseUrls = { live: ['wss://one.test'], testnet: [] };
  return { ...adapter, endpoints: { public: { ...adapter.endpoints.public!, baseUrls } } };
};

describe('options that cannot work are refused with the key, what came, and what is allowed', () => {
  test.each([
    [{ exchanges: [fakeAdapter(), fakeAdapter()] }, 'exchanges: "fake" stands there twice'],
    [{ settings: { fkae: {} } }, 'settings: "fkae" is not among the exchanges. Allowed: fake.'],
    [
      { settings: { fake: { environment: 'prod' } } },
      'settings.fake.environment: got "prod". Allowed: live, testnet.',
    ],
    [
      { exchanges: [withoutTestnet()], settings: { fake: { environment: 'testnet' } } },
      'settings.fake.environment: fake has no testnet. Leave it out, or name hosts of yours for "public" by "urls".',
    ],
    [{ settings: { fake: { urls: { privat: 'ws://x' } } } }, 'no endpoint "privat". Allowed: public, rest.'],
    [{ settings: { fake: { urls: { public: [] } } } }, 'settings.fake.urls.public: the list is empty'],
    [
      { settings: { fake: { urls: { public: 'x' } } } },
      'settings.fake.urls.public: got no URL. Allowed: ws:// or wss://',
    ],
    [{ settings: { fake: { urls: { public: 'http://x' } } } }, 'got http://x. Allowed: ws:// or wss://'],
    [{ settings: { fake: { urls: { rest: 'wss://x' } } } }, 'got wss://x. Allowed: http:// or https://'],
    [{ settings: { fake: { urls: { rest: 'http://x/?key=1' } } } }, 'without query'],
    [
      { settings: { fake: { credentials: 'k' } } },
      'settings.fake.credentials: got string. Allowed: { key, secret',
    ],
    [{ settings: { fake: { credentials: { key: 'k' } } } }, 'settings.fake.credentials.secret: got no text'],
    [
      { settings: { fake: { sortBookUpdates: true } } },
      'settings.fake.sortBookUpdates: got true. Allowed: "off", or { by?, updates?, withinMs? }.',
    ],
    [
      { settings: { fake: { sortBookUpdates: { by: 'price' } } } },
      'settings.fake.sortBookUpdates.by: got "price". Allowed: id, time.',
    ],
    [
      { settings: { fake: { sortBookUpdates: { updates: 0 } } } },
      'settings.fake.sortBookUpdates.updates: got 0. Allowed: a whole number from 1 to 1000.',
    ],
    [
      { settings: { fake: { sortBookUpdates: { withinMs: 60_000 } } } },
      'settings.fake.sortBookUpdates.withinMs: got 60000. Allowed: a whole number from 1 to 10000.',
    ],
    [{ instrumentStore: {} }, 'instrumentStore: got none. Allowed: an object with load and save.'],
    [{ instrumentStore: null }, 'instrumentStore: got none'],
    [
      { credentialsProvider: () => ({}) },
      'credentialsProvider: got none. Allowed: an object with credentialsOf.',
    ],
    [{ tuning: { backoff: 1 } }, 'tuning: no key "backoff". Allowed: handshakeTimeoutMs'],
    [{ tuning: { backoffMaxMs: 0 } }, 'tuning.backoffMaxMs: got 0. Allowed: a number above 0'],
    [{ tuning: { backoffMaxMs: '5' } }, 'tuning.backoffMaxMs: got "5"'],
    [{ tuning: { backoffMaxMs: Infinity } }, 'at most 2147483647'],
  ])('%j', (options, message) => {
    expect(withOptions(options)).toThrow(InvalidOptionsError);
    expect(withOptions(options)).toThrow(message);
  });

  test('what a user says of the order of updates reaches the rules of books', () => {
    const adapter = fakeAdapter();
    const follows = (): 'follows' => 'follows';
    const book = {
      ...{ endpoint: 'public', params: {}, topic: (symbol: string) => `book.${symbol}` },
      book: () => ({ kind: 'linked', seed: 'stream', follows }) as const,
    };
    const stream = new ExchangeStream({
      exchanges: [{ ...adapter, channels: { ...adapter.channels, book } }],
      settings: { fake: { sortBookUpdates: { updates: 2 } } },
    });
    expect(stream.manager('fake').adapter.channels.book?.book?.({})).toMatchObject({
      sorting: { by: 'id', updates: 2, withinMs: 200 },
    });
  });

  test('credentials in a URL are not repeated', () => {
    const secret = withOptions({ settings: { fake: { urls: { public: 'http://key:secret@x' } } } });
    expect(secret).toThrow(/^(?!.*secret)/);
  });

  test('nor is whatever stands in the place of credentials', () => {
    expect(withOptions({ settings: { fake: { credentials: 'canary' } } })).toThrow(/^(?!.*canary)/);
    expect(withOptions({ settings: { fake: { credentials: { key: 'canary' } } } })).toThrow(/^(?!.*canary)/);
  });

  test('a value that is left undefined means its default', async () => {
    const stream = withOptions({ tuning: { handshakeTimeoutMs: undefined } })();
    await expect(stream.close()).resolves.toBeUndefined();
  });
});
