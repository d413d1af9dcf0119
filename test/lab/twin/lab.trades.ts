import type { InstrumentMarket, Trade } from '@exchange-stream/simulator/kit';
import { tradeRow, type Payload } from './lab.frames.ts';
import type { LabDialects, TradeIdDialect } from './lab.options.ts';

/** Trades of a greeting, and of an answer. */
const MOST_IN_GREETING = 20;
const MOST_IN_ANSWER = 100;

const SPREAD = 0x9e3779b1;

/** The trades of all symbols, in the words of the dialect. */
export class LabTrades {
  constructor(private readonly dialects: Pick<LabDialects, 'tradeIds' | 'trades' | 'tradeHistory'>) {}

  get greets(): boolean {
    return this.dialects.trades === 'recent';
  }

  get tellsTwice(): boolean {
    return this.dialects.trades === 'twice';
  }

  /** Whether trades can be asked for. */
  get hasHistory(): boolean {
    return this.dialects.tradeHistory !== 'none';
  }

  rows(market: InstrumentMarket, trades: readonly Trade[]): readonly Payload[] {
    return trades.map((trade) => ({ ...tradeRow(market, trade), id: this.idOf(trade) }));
  }

  greeting(market: InstrumentMarket): readonly Payload[] {
    return this.rows(market, market.tape.latest(MOST_IN_GREETING));
  }

  /** What is answered to a question for trades. */
  history(
    market: InstrumentMarket,
    asked: { readonly after: string | undefined; readonly from: number | undefined; readonly limit: number },
  ): readonly Payload[] {
    const limit = Math.min(asked.limit, MOST_IN_ANSWER);
    const kept = market.tape.latest(Infinity);
    const { tradeHistory } = this.dialects;
    if (tradeHistory === 'id' && asked.after !== undefined) {
      const { after } = asked;
      const index = kept.findIndex((trade) => this.idOf(trade) === after);
      return this.rows(market, kept.slice(index + 1, index + 1 + limit));
    }
    if (tradeHistory === 'time' && asked.from !== undefined) {
      const { from } = asked;
      return this.rows(market, kept.filter(({ time }) => time >= from).slice(0, limit));
    }
    return this.rows(market, kept.slice(-limit));
  }

  /** The id that a trade has in this dialect. */
  idOf({ id }: Pick<Trade, 'id'>): string {
    return labTradeId(id, this.dialects.tradeIds);
  }
}

/** @param id which counts up by one */
export function labTradeId(id: number, dialect: TradeIdDialect): string {
  switch (dialect) {
    case 'count':
      return String(id);
    case 'grow':
      return String(id * 7 + (id % 5));
    case 'text':
      return `t-${(Math.imul(id, SPREAD) >>> 0).toString(36)}`;
  }
}
