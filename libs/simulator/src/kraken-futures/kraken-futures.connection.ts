import type { Clock, Timer } from '@exchange-stream/market-data';
import type { AnswerableRequest, FaultableConnection } from '../faults/faultable-exchange.ts';
import type { FaultyLink } from '../faults/faulty-link.ts';
import type { SeededMarket } from '../market/seeded-market.ts';
import type { ConnectionHandler, SimulatedConnection, ViolationRule } from '../simulated-exchange.ts';
import { SlidingWindow } from '../sliding-window.ts';
import type { ViolationLog } from '../violation-log.ts';
import type { FeedIndex } from './kraken-futures.feed-index.ts';
import {
  FeedError,
  feedsOf,
  namesOf,
  parseRequest,
  type Feed,
  type FeedRequest,
} from './kraken-futures.feeds.ts';
import { PING_MS, REQUESTS_PER_SECOND } from './kraken-futures.limits.ts';
import type { KrakenFuturesPublisher } from './kraken-futures.publisher.ts';

export interface ConnectionSurroundings {
  readonly clock: Clock;
  readonly market: SeededMarket;
  readonly feeds: FeedIndex;
  readonly publisher: KrakenFuturesPublisher;
  readonly violations: ViolationLog;
  /** Told once, when the connection is over. */
  readonly onClosed: (connection: KrakenFuturesConnection) => void;
}

type TopicsRequest = Exclude<FeedRequest, { readonly event: 'challenge' }>;

const SECOND_MS = 1000;
const NORMAL_CLOSURE = 1000;
const GREETING = '{"event":"info","version":1}';
/** No harm: what was had already is sent anew. */
const HAD_ALREADY = '{"event":"alert","message":"Already subscribed to feed, re-requesting"}';
/** What nobody asks for. */
const STRAY = ['PF_STRAYUSD'];

/** One client's socket: what it asks, what it carries, and whether it keeps to the limits. */
export class KrakenFuturesConnection implements ConnectionHandler, SimulatedConnection, FaultableConnection {
  readonly subscriptions = new Set<string>();
  readonly path: string;
  readonly address: string;
  readonly openedAt: number;
  received = 0;
  private readonly requests: SlidingWindow;
  private silence: Timer;
  /** What has been subscribed and not yet been welcomed. */
  private newcomers: Feed[] = [];
  private closed = false;

  constructor(
    readonly id: number,
    readonly link: FaultyLink,
    private readonly surroundings: ConnectionSurroundings,
  ) {
    const { clock } = surroundings;
    this.path = link.path;
    this.address = link.address;
    this.openedAt = clock.now();
    this.requests = new SlidingWindow(clock, SECOND_MS);
    this.silence = this.awaitPing();
    this.link.transmit(GREETING);
  }

  get sent(): number {
    return this.link.sent;
  }

  /** Sends one frame of a feed. */
  sendData(name: string, text: string): void {
    this.link.data(name, text);
  }

  frame(topic: string, data: string): string {
    const [feed, product] = topic.split(':');
    const head = JSON.stringify({ feed, ...(product !== undefined && { product_id: product }) });
    return `${head.slice(0, -1)},"data":${data}}`;
  }

  /** Nothing is announced. */
  shutdownNotice(): undefined {
    return undefined;
  }

  close(code: number | undefined, reason: string): void {
    if (this.closed) return;
    this.link.close(code, reason);
    this.onClose();
  }

  terminate(): void {
    if (this.closed) return;
    this.link.terminate();
    this.onClose();
  }

  onMessage(text: string): void {
    if (this.closed) return;
    this.received++;
    this.heard();
    if (this.asksTooOften()) return this.refuse(new FeedError('Too many requests'));
    try {
      const request = parseRequest(text);
      if (request.event === 'challenge') throw new FeedError('Invalid api key');
      this.answer(request);
    } catch (error) {
      if (!(error instanceof FeedError)) throw error;
      this.refuse(error);
    }
  }

  onPing(): void {
    if (this.closed) return;
    this.received++;
    this.heard();
  }

  onPong(payload: string): void {
    if (!this.closed && !this.link.excuses(payload)) this.received++;
  }

  onClose(): void {
    if (this.closed) return;
    this.closed = true;
    this.link.end();
    this.silence.cancel();
    for (const name of this.subscriptions) this.surroundings.feeds.leave(name, this);
    this.surroundings.onClosed(this);
  }

  /** One answer for all products of a request. */
  private answer(request: TopicsRequest): void {
    const { event, feed, products } = request;
    const answered = (asked: readonly string[] | undefined): string =>
      JSON.stringify({
        event: `${event}d`,
        feed,
        ...(asked !== undefined && { product_ids: asked }),
      });
    const answerable: AnswerableRequest = {
      subscribes: event === 'subscribe',
      topics: namesOf(feed, products),
      perform: () => this.perform(request, answered(products)),
      acknowledgement: () => answered(products),
      strayAcknowledgement: () => answered(STRAY),
      refusal: () => errorFrame('Invalid product id'),
    };
    this.link.answer(answerable);
    const { newcomers } = this;
    this.newcomers = [];
    for (const one of newcomers)
      if (this.subscriptions.has(one.name)) this.surroundings.publisher.welcome(one, this);
  }

  /** @returns the answer, or what is in its way */
  private perform({ event, feed, products }: TopicsRequest, answer: string): readonly string[] {
    let feeds: readonly Feed[];
    try {
      feeds = feedsOf(feed, products, this.surroundings.market);
    } catch (error) {
      if (!(error instanceof FeedError)) throw error;
      this.violate('invalid-request', `answered: ${error.message}`);
      return [errorFrame(error.message)];
    }
    if (event === 'unsubscribe') {
      for (const { name } of feeds) this.unsubscribe(name);
      return [answer];
    }
    const isHad = feeds.some(({ name }) => this.subscriptions.has(name));
    for (const one of feeds) this.subscribe(one);
    return isHad ? [HAD_ALREADY, answer] : [answer];
  }

  private subscribe(feed: Feed): void {
    this.subscriptions.add(feed.name);
    this.surroundings.feeds.join(feed.name, this);
    this.newcomers.push(feed);
  }

  private unsubscribe(name: string): void {
    if (this.subscriptions.delete(name)) this.surroundings.feeds.leave(name, this);
  }

  private asksTooOften(): boolean {
    const count = this.requests.add();
    if (count <= REQUESTS_PER_SECOND) return false;
    const detail = `${count} requests within one second, ${REQUESTS_PER_SECOND} are allowed`;
    this.violate('messages-per-second', detail);
    return true;
  }

  private refuse(error: FeedError): void {
    this.violate('invalid-request', `answered: ${error.message}`);
    this.link.transmit(errorFrame(error.message));
  }

  private heard(): void {
    this.silence.cancel();
    this.silence = this.awaitPing();
  }

  private awaitPing(): Timer {
    return this.surroundings.clock.after(PING_MS, () => {
      this.violate('ping-overdue', `neither ping nor request came for ${PING_MS} ms`);
      this.close(NORMAL_CLOSURE, '');
    });
  }

  private violate(rule: ViolationRule, detail: string): void {
    this.surroundings.violations.add({ rule, address: this.address, connectionId: this.id, detail });
  }
}

function errorFrame(message: string): string {
  return JSON.stringify({ event: 'error', message });
}
