import type { InstrumentKind, SubscriptionParams, TypedChannel } from '@exchange-stream/market-data';
import { parseSymbol } from '@exchange-stream/market-data';
import type { ChannelDeclaration, ExchangeAdapter, Poll } from '@exchange-stream/nestjs/contract';
import type {
  MarketOptions,
  SimulatedExchange,
  SimulatedExchangeEnvironment,
} from '@exchange-stream/simulator';

/** An instrument that the cards are played with. */
export interface StageInstrument {
  /** Unified symbol. */
  readonly symbol: string;
  /** What the market of the simulated exchange calls it (`SimulatedExchange.market`). */
  readonly market: string;
}

/** An adapter, and the exchange that it has to get along with. */
export interface AcceptanceSubject {
  /** Makes the adapter anew. */
  readonly adapter: () => ExchangeAdapter;
  /** Makes the simulated exchange anew; it is not started. */
  readonly twin: (environment: SimulatedExchangeEnvironment) => SimulatedExchange;
  /**
   * What is traded, one of each kind and category that differ in anything; the first one is what most cards are played
   * with, and has every kind of fault and of market data that the exchange has.
   */
  readonly instruments: readonly [StageInstrument, ...StageInstrument[]];
  /** Of the market, beside its symbols. Default: slow and shallow, as most cards need no more. */
  readonly market?: Partial<Omit<MarketOptions, 'symbols'>>;
}

/** Something that is asked of REST again and again. */
export interface StagePoll {
  readonly channel: TypedChannel;
  readonly instrument: StageInstrument;
  readonly poll: Poll;
}

/** The link of an update with many missing before it. */
const FAR_AHEAD = { first: 1_001, last: 1_002, previous: 1_000 };

/** What a subject declares, as the cards ask for it. */
export class Declared {
  constructor(
    readonly adapter: ExchangeAdapter,
    readonly instruments: AcceptanceSubject['instruments'],
  ) {}

  /** The declaration of a channel; undefined where the exchange, or the first instrument, has no such channel. */
  channel(name: TypedChannel): ChannelDeclaration | undefined {
    const declaration = this.adapter.channels[name];
    return declaration && this.isOf(declaration, this.instruments[0]) ? declaration : undefined;
  }

  /** Whether a channel, or what is polled for one, exists for an instrument. */
  isOf({ kinds }: Pick<ChannelDeclaration, 'kinds'>, { symbol }: StageInstrument): boolean {
    return !kinds || kinds.includes(kindOf(symbol));
  }

  /** As few parameters as may be: those that are required, at their first value. */
  plainest(declaration: ChannelDeclaration, { symbol }: StageInstrument): SubscriptionParams {
    return Object.fromEntries(
      Object.entries(declaration.params).flatMap(([name, { required, values, kinds, perKind }]) => {
        if (kinds && !kinds.includes(kindOf(symbol))) return [];
        const streamed = perKind?.[kindOf(symbol)]?.values ?? values;
        const [first] = name === 'interval' ? [...streamed, ...this.askedIntervals(declaration)] : streamed;
        return required && first !== undefined ? [[name, first] as const] : [];
      }),
    );
  }

  /** The plainest parameters, and these with every other value of each parameter in turn. */
  variants(declaration: ChannelDeclaration, instrument: StageInstrument): readonly SubscriptionParams[] {
    const plainest = this.plainest(declaration, instrument);
    const kind = kindOf(instrument.symbol);
    const others = Object.entries(declaration.params).flatMap(([name, { values, kinds, perKind }]) =>
      kinds && !kinds.includes(kind)
        ? []
        : (perKind?.[kind]?.values ?? values).map((value) => ({ ...plainest, [name]: value })),
    );
    return [plainest, ...others];
  }

  /** Lengths of candles that REST has and the stream has not. */
  askedIntervals({ candles }: ChannelDeclaration): readonly string[] {
    return this.adapter.rest.candles ? (candles?.restIntervals ?? []) : [];
  }

  /** Whether an update of the plainest book that is missing is shown by what comes after it. */
  get showsLoss(): boolean {
    const { book } = this;
    if (book?.kind !== 'linked') return false;
    return book.checksum !== undefined || this.isCounted('book') || book.follows(1, FAR_AHEAD) === 'gap';
  }

  /** How the plainest book of the first instrument is kept; undefined without books. */
  get book(): ReturnType<NonNullable<ChannelDeclaration['book']>> | undefined {
    const declaration = this.channel('book');
    const rules = declaration?.book?.(this.plainest(declaration, this.instruments[0]), this.categoryOf());
    if (rules?.kind !== 'linked') return rules;
    const { checksum, ...others } = rules;
    return checksum?.kinds?.includes(kindOf(this.instruments[0].symbol)) === false ? others : rules;
  }

  /** Whether frames of a channel of the first instrument are numbered in one count over their connection. */
  isCounted(name: TypedChannel): boolean {
    const declaration = this.channel(name);
    if (!declaration) return false;
    const { endpoint } = declaration;
    const [instrument] = this.instruments;
    const key =
      typeof endpoint === 'string'
        ? endpoint
        : endpoint(this.plainest(declaration, instrument), this.categoryOf());
    return this.adapter.endpoints[key]?.countsFrames === true;
  }

  /** What is asked of REST again and again, of which instrument and for which channel. */
  get polls(): readonly StagePoll[] {
    return this.instruments.flatMap((instrument) =>
      Object.entries(this.adapter.channels).flatMap(([channel, declaration]) =>
        this.isOf(declaration, instrument)
          ? (declaration.polls ?? [])
              .filter((poll) => this.isOf(poll, instrument))
              .map((poll) => ({ channel: channel as TypedChannel, instrument, poll }))
          : [],
      ),
    );
  }

  /** What is known of the ids of trades of the first instrument. */
  get tradeIds(): 'contiguous' | 'increasing' | 'arbitrary' {
    const declaration = this.channel('trades');
    return (
      declaration?.trades?.(this.plainest(declaration, this.instruments[0]), this.categoryOf()).ids ??
      'arbitrary'
    );
  }

  /** Where an exchange has categories, the twin names that of an instrument before its symbol. */
  private categoryOf(): string | undefined {
    const [category, symbol] = this.instruments[0].market.split(':');
    return symbol === undefined ? this.adapter.categories?.[0] : category;
  }
}

function kindOf(symbol: string): InstrumentKind {
  return parseSymbol(symbol).kind;
}
