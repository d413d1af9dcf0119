import type {
  ControlFrame,
  Credentials,
  ExchangeAdapter,
  Session,
  SessionContext,
  Stream,
} from '../../src/contract/index.ts';
import { fakeAdapter } from './fake-exchange.ts';

/** Values that must not show up anywhere. */
export const CREDENTIALS = {
  key: 'canary-key-1f9c',
  secret: 'canary-secret-77ab',
  passphrase: 'canary-passphrase-e0d4',
} as const;

/** The made-up exchange with a second kind of socket, which wants a login before it carries tickers. */
export function privateAdapter(exchange = 'fake'): ExchangeAdapter {
  const fake = fakeAdapter();
  const endpoint = fake.endpoints['public'];
  if (!endpoint) throw new Error('The fake exchange has lost its endpoint.');
  return {
    ...fake,
    exchange,
    endpoints: { ...fake.endpoints, private: { ...endpoint, kind: 'private', path: '/private' } },
    channels: {
      ...fake.channels,
      ticker: { endpoint: 'private', params: {}, topic: (nativeSymbol) => `ticker.${nativeSymbol}` },
    },
    createSession: <S extends Stream>(context: SessionContext): Session<S> => {
      const session = fake.createSession<S>(context);
      if (context.endpoint !== 'private') return session;
      return {
        subscribe: (topics) => session.subscribe(topics),
        unsubscribe: (topics) => session.unsubscribe(topics),
        login: (credentials, nowMs) => login(credentials, nowMs, String(context.nextId())),
        onFrame: (frame, binary, receivedAt, sink) => {
          const {
            denied,
            code = '',
            // It quotes what it was sent, as some do.
            message = `invalid key ${CREDENTIALS.key}`,
            temporary,
          } = JSON.parse(frame.toString('utf8')) as Record<string, string>;
          if (denied === undefined) session.onFrame(frame, binary, receivedAt, sink);
          else sink.reply(denied, { code, message, temporary: temporary !== undefined });
        },
      };
    },
  };
}

function login({ key, secret }: Credentials, nowMs: number, id: string): ControlFrame {
  if (secret === '') throw new TypeError(`no signature without a secret for ${key}`);
  const frame = JSON.stringify({ op: 'login', key: id, topics: [key, secret, String(nowMs)] });
  return { frame, replies: [{ key: id, topics: [] }] };
}
