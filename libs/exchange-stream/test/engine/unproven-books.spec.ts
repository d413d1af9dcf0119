import type {
  BookRules,
  ExchangeAdapter,
  Session,
  SessionContext,
  Stream,
} from '../../src/contract/index.ts';
import { capabilitiesOf, type BookCapability } from '../../src/engine/index.ts';
import { fakeAdapter, FakeWorld } from './fake-exchange.ts';

const TOPIC = 'book.BTCUSDT';

/** The made-up exchange with books that begin on the stream. */
function bookAdapter(rules: Partial<BookRules>): ExchangeAdapter {
  const fake = fakeAdapter();
  const book = { kind: 'linked', seed: 'stream', follows: () => 'follows', ...rules } as BookRules;
  return {
    ...fake,
    channels: {
      ...fake.channels,
      book: {
        endpoint: 'public',
        params: {},
        topic: (nativeSymbol) => `book.${nativeSymbol}`,
        book: () => book,
      },
    },
    createSession: <S extends Stream>(context: SessionContext): Session<S> => {
      const session = fake.createSession<S>(context);
      return {
        ...session,
        onFrame: (frame, binary, receivedAt, sink) => {
          const { topic } = JSON.parse(frame.toString()) as { readonly topic?: string };
          const stream = topic === undefined ? undefined : sink.stream(topic);
          if (stream) sink.bookSnapshot(stream, 1, undefined, [['1', '5']], [['2', '5']]);
          else session.onFrame(frame, binary, receivedAt, sink);
        },
      };
    },
  };
}

async function told(rules: Partial<BookRules>): Promise<string | undefined> {
  const world = new FakeWorld(bookAdapter(rules));
  const handle = world.stream.subscribe({ exchange: 'fake', channel: 'book', symbol: 'BTC/USDT' });
  let reason: string | undefined;
  handle.on((event) => {
    if (event.type === 'status' && event.state === 'live') ({ reason } = event);
  });
  const socket = await world.connect();
  await world.clock.advance(1_000);
  socket.ackAll();
  socket.push({ topic: TOPIC });
  return reason;
}

function capability(rules: Partial<BookRules>): BookCapability | undefined {
  const { channels } = capabilitiesOf(bookAdapter(rules));
  return channels.find(({ channel }) => channel === 'book')?.books?.[0];
}

describe('a book of which nothing shows whether a change is missing', () => {
  test('says so when it comes to be live', async () => {
    expect(await told({ isUnproven: true })).toBe(
      'the book is whole; the exchange sends nothing that would show a missing change',
    );
    expect(await told({})).toBe('the book is whole and linked');
  });

  test('says so in the capabilities', () => {
    expect(capability({ isUnproven: true })).toMatchObject({ isUnproven: true });
    expect(capability({})).not.toHaveProperty('isUnproven');
  });
});
