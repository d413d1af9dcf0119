import {
  TYPED_CHANNELS,
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
import { isFieldChannel } from '../dispatch/latest-fields.ts';
import type { ExchangeStatistics } from '../lifecycle/exchange-statistics.ts';
import { bookForKind, plainestParams } from '../subscription/channel-variants.ts';
import { listedKey } from './recorded-seeds.ts';

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

/** A connection of the recording. */
export interface TopicCarrier {
  /** Key of its endpoint: the same name may be another topic on another one. */
  readonly endpoint: string;
}

/** A subscription that a live application would have. */
export interface RecordedSubscription {
  readonly request: SubscriptionRequest;
  readonly flow: DataFlow;
}

/** One topic of a recording and the subscriptions that it stands for, one of each channel that it feeds. */
export interface RecordedTopic extends WireStream {
  readonly subscriptions: readonly RecordedSubscription[];
  /** The connection that carries it. */
  connection: TopicCarrier;
  /** Whether the recording shows that it was subscribed there. */
  shown: boolean;
}

/** The topics of a recording, each with the flow that a live subscription would have. */
export class RecordedTopics {
  /** By endpoint and name. */
  private readonly byEndpoint = new Map<string, Map<string, RecordedTopic>>();
  /** By instrument and key of the subscription. */
  private readonly flows = new Map<string, DataFlow>();
  /** Topics by the channel and instrument that they are about. */
  private readonly bySubject = new Map<string, Set<string>>();
  private readonly instruments = new Map<string, Instrument>();

  constructor(
    private readonly adapter: ExchangeAdapter,
    private readonly environment: TopicsEnvironment,
  ) {}

  /** Instruments name what is added from here on. */
  know(instruments: readonly Instrument[]): void {
    for (const instrument of instruments) this.instruments.set(listedKey(instrument), instrument);
  }

  /**
   * The topic that a frame is of which is read as one of this connection: it may be of an earlier one that is still open.
   */
  find(topic: string, connection: TopicCarrier): RecordedTopic | undefined {
    const own = this.at(connection, topic);
    if (own || this.byEndpoint.size < 2) return own;
    for (const topics of this.byEndpoint.values()) {
      const found = topics.get(topic);
      if (found) return found;
    }
    return undefined;
  }

  *[Symbol.iterator](): Iterator<RecordedTopic> {
    for (const topics of this.byEndpoint.values()) yield* topics.values();
  }

  /** The recording shows that the topic was subscribed on this connection. */
  subscribed(topic: string, connection: TopicCarrier): void {
    const found = this.at(connection, topic) ?? this.add(topic, connection);
    if (!found) return;
    this.carriedBy(found, connection);
    found.shown = true;
    confirm(found);
  }

  /**
   * A frame is of one of these topics. Those whose subscription the recording does not show are added, and go with the
   * newest connection. Of several about the same channel and instrument only one can be meant: the known one, or else the
   * first.
   */
  appeared(topics: readonly string[], connection: TopicCarrier): void {
    for (const topic of topics) {
      const known = this.find(topic, connection);
      if (known?.shown) continue;
      if (known) this.carriedBy(known, connection);
      else if (!this.hasRival(topic, topics, connection)) confirm(this.add(topic, connection));
    }
  }

  /** Frames of a connection are missing in the recording, of whatever topics. */
  missed(reason: string, connection: TopicCarrier): void {
    for (const topic of this)
      if (topic.connection === connection) for (const { flow } of topic.subscriptions) flow.missed(reason);
  }

  /** On another connection than before, all that the topic held is of the past. */
  private carriedBy(topic: RecordedTopic, connection: TopicCarrier): void {
    if (topic.connection === connection) return;
    topic.connection = connection;
    for (const { flow } of topic.subscriptions)
      flow.presence.lost('the recording goes on with another connection');
    confirm(topic);
  }

  private at({ endpoint }: TopicCarrier, topic: string): RecordedTopic | undefined {
    return this.byEndpoint.get(endpoint)?.get(topic);
  }

  private hasRival(topic: string, topics: readonly string[], { endpoint }: TopicCarrier): boolean {
    const description = this.adapter.describeTopic(topic, endpoint);
    const rivals = description && this.bySubject.get(subjectOf(description));
    return rivals !== undefined && topics.some((other) => rivals.has(other));
  }

  private add(topic: string, connection: TopicCarrier): RecordedTopic | undefined {
    const description = this.adapter.describeTopic(topic, connection.endpoint);
    return description && this.addDescribed(topic, topic, description, connection);
  }

  /** What of a topic of many instruments is of one of them: a topic by itself, wherever the whole one is. */
  private instrumentOf(whole: RecordedTopic, description: TopicDescription): RecordedTopic | undefined {
    const { topic, connection } = whole;
    const name = `${topic} of ${description.nativeSymbol}`;
    const known = this.at(connection, name);
    if (known) this.carriedBy(known, connection);
    const found = known ?? this.addDescribed(name, topic, description, connection);
    if (!known) confirm(found);
    return found;
  }

  /** @param wire the exchange's own name of the topic */
  private addDescribed(
    topic: string,
    wire: string,
    description: TopicDescription,
    connection: TopicCarrier,
  ): RecordedTopic | undefined {
    const { endpoint } = connection;
    const subscriptions = [description, ...this.othersOn(wire, description, endpoint)].flatMap(
      (each) => this.subscriptionTo(each) ?? [],
    );
    if (subscriptions.length === 0) return undefined;
    const added: RecordedTopic = {
      topic,
      subscriptions,
      known: new KnownFields(),
      flows: subscriptions.map(({ flow }) => flow),
      rawFlows: [],
      of: (instrument) => this.instrumentOf(added, { ...description, nativeSymbol: instrument }),
      connection,
      shown: false,
    };
    const topics = this.byEndpoint.get(endpoint) ?? new Map<string, RecordedTopic>();
    this.byEndpoint.set(endpoint, topics.set(topic, added));
    this.group(subjectOf(description), topic);
    return added;
  }

  /** What the topic carries beside what it is described as: other channels have the same one, with their plainest parameters. */
  private othersOn(
    topic: string,
    { channel: described, nativeSymbol, category }: TopicDescription,
    endpoint: string,
  ): TopicDescription[] {
    if (nativeSymbol === '') return [];
    return TYPED_CHANNELS.flatMap((channel) => {
      const declared = this.adapter.channels[channel];
      if (channel === described || !declared) return [];
      const params = plainestParams(declared);
      const isFedByIt = [declared, ...(declared.further ?? [])].some((source) => {
        const at = typeof source.endpoint === 'string' ? source.endpoint : source.endpoint(params, category);
        return at === endpoint && source.topic(nativeSymbol, params, category) === topic;
      });
      if (!isFedByIt) return [];
      return [{ channel, nativeSymbol, params, ...(category !== undefined && { category }) }];
    });
  }

  private subscriptionTo(description: TopicDescription): RecordedSubscription | undefined {
    const channel = this.adapter.channels[description.channel];
    if (!channel) return undefined;
    const { nativeSymbol, category, params } = description;
    const known = this.instruments.get(listedKey(description));
    if (known && channel.kinds && !channel.kinds.includes(known.kind)) return undefined;
    const instrument = known ?? { symbol: nativeSymbol, nativeSymbol };
    const request: SubscriptionRequest = {
      exchange: this.adapter.exchange,
      channel: description.channel,
      symbol: instrument.symbol,
      ...(Object.keys(params).length > 0 ? { params } : {}),
    };
    const book = channel.book && bookForKind(channel.book(params, category), known?.kind);
    const depth = (book?.kind === 'linked' ? book.seedDepth : undefined) ?? ANY_DEPTH;
    const { clock, statistics } = this.environment;
    const key = subscriptionKey(request);
    // Several topics may feed one subscription.
    const place = `${listedKey(description)} ${key}`;
    const shared = isFieldChannel(description.channel) ? this.flows.get(place) : undefined;
    if (shared) return { request, flow: shared };
    const flow = new DataFlow(request, key, {
      clock,
      statistics,
      changed: () => {},
      noticed: () => {},
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
        const listed = { nativeSymbol, ...(category !== undefined && { category }) };
        this.environment.needSeed(flow, { ...listed, depth }, (seed) => flow.seeded(seed));
      },
    });
    // Nothing waits for its turn: a recording is read as it came.
    const rules = book?.kind === 'linked' ? asItCame(book) : book;
    flow.place(instrument, rules, undefined, undefined, channel.trades?.(params, category));
    this.flows.set(place, flow);
    // A topic of many instruments tells nothing by itself.
    const isOfMany = nativeSymbol === '' && description.channel !== 'status';
    if (!isOfMany) flow.consumers.add('replay', (event) => this.environment.event(event));
    return { request, flow };
  }

  private group(subject: string, topic: string): void {
    const group = this.bySubject.get(subject);
    if (group) group.add(topic);
    else this.bySubject.set(subject, new Set([topic]));
  }
}

/** The exchange has confirmed it. */
function confirm(topic: RecordedTopic | undefined): void {
  for (const { flow } of topic?.subscriptions ?? []) flow.presence.confirmed();
}

function asItCame({ sorting: _sorting, ...rules }: Extract<BookRules, { kind: 'linked' }>): BookRules {
  return rules;
}

function subjectOf(description: TopicDescription): string {
  return `${description.channel} ${listedKey(description)}`;
}
