import {
  subscriptionKey,
  type Clock,
  type Instrument,
  type MarketEvent,
  type SubscriptionRequest,
} from '@exchange-stream/market-data';
import type {
  BookRules,
  BookSeed,
  BookSeedQuery,
  ExchangeAdapter,
  TopicDescription,
} from '../../contract/index.ts';
import { KnownFields } from '../dispatch/known-fields.ts';
import type { WireStream } from '../connection/wire-stream.ts';
import { DataFlow } from '../dispatch/data-flow.ts';
import type { ExchangeStatistics } from '../lifecycle/exchange-statistics.ts';

/** Levels per side of a seed, where the exchange's rules name no number; a recorded answer holds what it holds. */
const ANY_DEPTH = 1000;

/** What the topics of a recording need from around them. */
export interface TopicsEnvironment {
  readonly clock: Clock;
  readonly statistics: ExchangeStatistics;
  /** Every event, as a consumer of its subscription receives it. */
  event(event: MarketEvent): void;
  consumerFailed(error: Error): void;
  needSeed(flow: DataFlow, query: BookSeedQuery, deliver: (seed: BookSeed) => void): void;
}

/** One topic of a recording and the subscription that it stands for. */
export interface RecordedTopic extends WireStream {
  readonly request: SubscriptionRequest;
  readonly flow: DataFlow;
  /** The connection that carries it. */
  connection: object;
  /** Whether the recording shows that it was subscribed there. */
  shown: boolean;
}

/** The topics of a recording, each with the flow that a live subscription would have. */
export class RecordedTopics {
  private readonly byTopic = new Map<string, RecordedTopic>();
  /** Topics by the channel and instrument that they are about. */
  private readonly bySubject = new Map<string, Set<string>>();
  private readonly instruments = new Map<string, Instrument>();

  constructor(
    private readonly adapter: ExchangeAdapter,
    private readonly environment: TopicsEnvironment,
  ) {}

  /** Instruments name what is added from here on. */
  know(instruments: readonly Instrument[]): void {
    for (const instrument of instruments) this.instruments.set(instrument.nativeSymbol, instrument);
  }

  find(topic: string): RecordedTopic | undefined {
    return this.byTopic.get(topic);
  }

  [Symbol.iterator](): Iterator<RecordedTopic> {
    return this.byTopic.values();
  }

  /** The recording shows that the topic was subscribed on this connection. */
  subscribed(topic: string, connection: object): void {
    const found = this.byTopic.get(topic) ?? this.add(topic, connection);
    if (!found) return;
    this.carriedBy(found, connection);
    found.shown = true;
    found.flow.presence.confirmed();
  }

  /**
   * A frame is of one of these topics. Those whose subscription the recording does not show are added, and go with the
   * newest connection. Of several about the same channel and instrument only one can be meant: the known one, or else the
   * first.
   */
  appeared(topics: readonly string[], connection: object): void {
    for (const topic of topics) {
      const known = this.byTopic.get(topic);
      if (known?.shown) continue;
      if (known) this.carriedBy(known, connection);
      else if (!this.hasRival(topic, topics)) this.add(topic, connection)?.flow.presence.confirmed();
    }
  }

  /** Frames of a connection are missing in the recording, of whatever topics. */
  missed(reason: string, connection: object): void {
    for (const topic of this.byTopic.values()) if (topic.connection === connection) topic.flow.missed(reason);
  }

  /** On another connection than before, all that the topic held is of the past. */
  private carriedBy(topic: RecordedTopic, connection: object): void {
    if (topic.connection === connection) return;
    topic.connection = connection;
    topic.flow.presence.lost('the recording goes on with another connection');
    topic.flow.presence.confirmed();
  }

  private hasRival(topic: string, topics: readonly string[]): boolean {
    const description = this.adapter.describeTopic(topic);
    const rivals = description && this.bySubject.get(subjectOf(description));
    return rivals !== undefined && topics.some((other) => rivals.has(other));
  }

  private add(topic: string, connection: object): RecordedTopic | undefined {
    const description = this.adapter.describeTopic(topic);
    const channel = description && this.adapter.channels[description.channel];
    if (!description || !channel) return undefined;
    const { nativeSymbol, params } = description;
    const instrument = this.instruments.get(nativeSymbol) ?? { symbol: nativeSymbol, nativeSymbol };
    const request: SubscriptionRequest = {
      exchange: this.adapter.exchange,
      channel: description.channel,
      symbol: instrument.symbol,
      ...(Object.keys(params).length > 0 ? { params } : {}),
    };
    const book = channel.book?.(params);
    const depth = (book?.kind === 'linked' ? book.seedDepth : undefined) ?? ANY_DEPTH;
    const { clock, statistics } = this.environment;
    const flow = new DataFlow(request, subscriptionKey(request), {
      clock,
      statistics,
      changed: () => {},
      consumerDeadlineMs: Infinity,
      consumerOverdue: () => {},
      consumerOverflowed: () => {},
      consumerFailed: (_consumer, error) => this.environment.consumerFailed(error),
      needAccountData: () => {},
      candles: {
        exchangeNow: () => 0,
        random: { next: () => 0 },
        need: () => {},
        wakeAfter: () => {},
        history: () => Promise.resolve({ candles: [], quiet: [], gaps: [] }),
      },
      // What was asked for then is not in the recording.
      needTrades: () => false,
      askForFills: () => () => {},
      needSeed: () => {
        // A whole book that came with the stream is in the recording, or nowhere.
        if (book?.kind !== 'linked' || book.seed === 'stream') return;
        this.environment.needSeed(flow, { nativeSymbol, depth }, (seed) => flow.seeded(seed));
      },
    });
    // Nothing waits for its turn: a recording is read as it came.
    const rules = book?.kind === 'linked' ? asItCame(book) : book;
    flow.place(instrument, rules, undefined, undefined, channel.trades?.(params));
    flow.consumers.add('replay', (event) => this.environment.event(event));
    const added: RecordedTopic = {
      topic,
      request,
      flow,
      known: new KnownFields(),
      flows: [flow],
      rawFlows: [],
      connection,
      shown: false,
    };
    this.byTopic.set(topic, added);
    this.group(subjectOf(description), topic);
    return added;
  }

  private group(subject: string, topic: string): void {
    const group = this.bySubject.get(subject);
    if (group) group.add(topic);
    else this.bySubject.set(subject, new Set([topic]));
  }
}

function asItCame({ sorting: _sorting, ...rules }: Extract<BookRules, { kind: 'linked' }>): BookRules {
  return rules;
}

function subjectOf({ channel, nativeSymbol }: TopicDescription): string {
  return `${channel} ${nativeSymbol}`;
}
