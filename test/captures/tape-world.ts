import { VirtualClock, type MarketEvent, type SubscriptionRequest } from '@exchange-stream/market-data';
import type { HttpTransport, SubscriptionHandle } from '@exchange-stream/nestjs/engine';
import { ExchangeWorld } from '../world/exchange-world.ts';
import { BookWatch } from './book-watch.ts';
import { Draws } from './draws.ts';
import { FrameMutations } from './frame-mutations.ts';
import type { ReferenceReader } from './reference-reader.ts';
import { TapeExchange } from './tape-exchange.ts';
import type { Tape } from './tape.ts';

const MOST_CUTS = 3;
const LOOK_MS = 15_000;

interface WatchedBook {
  readonly watch: BookWatch;
  readonly handle: SubscriptionHandle<'book'>;
}

/** A recorded exchange whose frames and answers are spoiled on their way, and the engine. */
export class TapeWorld extends ExchangeWorld<TapeExchange> {
  /** By native symbol. */
  readonly books: ReadonlyMap<string, WatchedBook>;
  /** What must never be, of other channels than books. */
  readonly wrong: string[] = [];
  private readonly lastTrade = new Map<string, number>();
  /** Ids that arrived in place of others. */
  private readonly unseenTrades = new Set<number>();

  static of(seed: number, tape: Tape, reader: ReferenceReader): TapeWorld {
    const clock = new VirtualClock(tape.startedAt);
    const draws = new Draws(seed);
    const mutations = new FrameMutations(draws);
    const exchange = new TapeExchange(tape, reader, mutations, draws, clock);
    return new TapeWorld(seed, tape, reader, draws, clock, exchange);
  }

  private constructor(
    seed: number,
    private readonly tape: Tape,
    private readonly reader: ReferenceReader,
    private readonly draws: Draws,
    clock: VirtualClock,
    exchange: TapeExchange,
  ) {
    const subscriptions = tape.topics.map((topic) => reader.subscription(topic, tape.instruments));
    const watches = new Map([...tape.books].map(([symbol, book]) => [symbol, new BookWatch(book)]));
    super({
      clock,
      exchange,
      seed,
      options: { exchanges: [reader.adapter()], subscriptions },
      book: subscriptions.find(isOfBook)!,
      around: ({ sockets, http }) => ({ sockets, http: listening(http, reader, watches) }),
    });
    this.books = new Map(
      [...watches].map(([symbol, watch]) => {
        const request = reader.subscription(tape.books.get(symbol)!.topic, tape.instruments);
        const handle = this.stream.subscribe(request as SubscriptionRequest<'book'>);
        handle.on((event) => watch.receive(event));
        return [symbol, { watch, handle }];
      }),
    );
    this.stream.listen({ exchange: exchange.id, channel: 'trades' }, (event) => this.onTrade(event));
    this.loses = (frame) => {
      this.onArrival(frame.toString());
      return false;
    };
  }

  /** Lets a round pass in which frames and answers are spoiled and connections cut. */
  async suffer(): Promise<void> {
    this.exchange.restTrouble = this.draws.next() * 0.6;
    const { roundMs } = this.tape;
    const cuts = Array.from({ length: this.draws.integer(0, MOST_CUTS) }, () => this.draws.next() * roundMs);
    for (const cut of cuts.sort((a, b) => a - b)) this.clock.after(cut, () => this.cutAll());
    await this.play(roundMs);
  }

  /** The network is well again from here on. Lets time pass until all is live, and nothing is left that cannot be seen. */
  async heal(withinRounds: number): Promise<void> {
    this.exchange.restTrouble = 0;
    this.exchange.mutations.isOn = false;
    // Books that are wrong without a sign stay so until they begin anew.
    this.cutAll();
    for (let round = 0; round < withinRounds && (round === 0 || this.awaited().length > 0); round++)
      await this.play(this.tape.roundMs);
  }

  /** Lets time pass, and looks at everything now and then. */
  async play(durationMs: number): Promise<void> {
    for (let leftMs = durationMs; leftMs > 0; leftMs -= LOOK_MS) {
      await this.clock.advance(Math.min(LOOK_MS, leftMs));
      this.look();
    }
  }

  /** Everything is live, and the books are those of the exchange as it stands. */
  expectRight(): void {
    expect(this.awaited().map(({ topic, data, reason }) => `${topic} ${data}: ${reason}`)).toEqual([]);
    for (const [symbol, { watch, handle }] of this.books) {
      const { sequence } = handle.latest()!;
      expect({ symbol, sequence }).toEqual({ symbol, sequence: this.exchange.sequenceOf(symbol) });
      expect(watch.isSure).toBe(true);
    }
  }

  /** Of all books. */
  get gaps(): number {
    return [...this.books.values()].reduce((sum, { handle }) => sum + handle.view().counters.gaps, 0);
  }

  /** What holds at every moment. */
  expectNothingWrong(): void {
    expect([...this.books.values()].flatMap(({ watch }) => watch.wrong)).toEqual([]);
    expect(this.wrong).toEqual([]);
    this.expectPromises();
  }

  private look(): void {
    for (const { watch, handle } of this.books.values()) {
      const shown = handle.latest();
      if (shown?.type === 'book-snapshot') watch.lookAt(shown.bids, shown.asks, Number(shown.sequence));
    }
    for (const { topic, counters } of this.stream.subscriptions()) {
      const { received, delivered, conflated, dropped, rejected, lost, waiting } = counters;
      const told = delivered + conflated + dropped + rejected + lost + waiting;
      if (received !== told) this.wrong.push(`${topic}: ${received} received, ${told} accounted for`);
    }
  }

  private cutAll(): void {
    for (const connection of [...this.exchange.connections]) this.exchange.cut(connection);
  }

  /** Ids of valid frames that were never sent say nothing of order. */
  private onTrade(event: MarketEvent): void {
    if (event.type !== 'trade') return;
    const id = Number(event.id);
    if (this.unseenTrades.has(id)) return;
    const last = this.lastTrade.get(event.nativeSymbol) ?? -1;
    if (id <= last) this.wrong.push(`trade ${id} of ${event.nativeSymbol} after ${last}`);
    this.lastTrade.set(event.nativeSymbol, Math.max(id, last));
  }

  private onArrival(arrives: string): void {
    const sent = this.exchange.corruptions.get(arrives);
    if (sent === undefined) return;
    const original = this.reader.meaning(sent);
    const told = this.reader.meaning(arrives);
    if (!original || !told || JSON.stringify(told) === JSON.stringify(original)) return;
    if (told.tradeId !== undefined) this.unseenTrades.add(told.tradeId);
    if (told.change)
      this.books.get(told.change.book)?.watch.onUnseen(original.change ?? told.change, told.change);
  }
}

function isOfBook(request: SubscriptionRequest): request is SubscriptionRequest<'book'> {
  return request.channel === 'book';
}

/** Tells the watches of every whole book that comes by HTTP, before the engine has it. */
function listening(
  http: HttpTransport,
  reader: ReferenceReader,
  watches: ReadonlyMap<string, BookWatch>,
): HttpTransport {
  return {
    request: async (request) => {
      const answer = await http.request(request);
      const asked = reader.question(new URL(request.url));
      const book = typeof asked === 'object' ? reader.wholeBook(answer.body) : undefined;
      if (typeof asked === 'object' && book) watches.get(asked.book)?.onAnswer(book, asked.limit);
      return answer;
    },
  };
}
