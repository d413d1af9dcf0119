import type { LostRange, TradeEvent } from '@exchange-stream/market-data';
import type { TradeRow, TradeRules } from '../../../src/contract/index.ts';
import {
  createTradeSeries,
  type TradesAnswer,
  type TradeSeries,
  type TradesNeed,
} from '../../../src/engine/trades/trade-series.ts';

/** A trade made at ten times its number. */
export const row = (id: number | string, exchangeTime = Number(id) * 10): TradeRow => ({
  id: String(id),
  price: '1',
  amount: '1',
  side: 'buy',
  ...(Number.isFinite(exchangeTime) && { exchangeTime }),
});

function eventOf(row: TradeRow): TradeEvent {
  return { type: 'trade', exchange: 'lab', symbol: 'A/B', nativeSymbol: 'AB', receivedAt: 0, ...row };
}

/** A series of trades, and what is told of it: `7`, `late 7`, `gap 7-9 asked`, `live`, `live filled 7-9`. */
export class ToldSeries {
  readonly told: string[] = [];
  readonly series: TradeSeries;
  needs: TradesNeed[] = [];
  need: TradesNeed | undefined;
  /** Whether what is needed can be asked for. */
  canAsk: (need: TradesNeed) => boolean = () => true;
  /** Called with everything that is told, as consumers are. */
  onTold: (what: string) => void = () => undefined;
  counts = { received: 0, delivered: 0, dropped: 0 };
  private isLive = false;

  constructor(rules: TradeRules) {
    this.series = createTradeSeries(rules, {
      backfilled: (row) => ({ ...eventOf(row), backfilled: true }),
      deliver: (event) => {
        this.counts.delivered++;
        this.tell(`${event.backfilled ? 'late ' : ''}${event.id}`);
      },
      added: (rows) => (this.counts.received += rows),
      dropped: (rows) => (this.counts.dropped += rows),
      flows: () => this.flows(),
      broken: (_reason, lost) => {
        this.isLive = false;
        this.tell(`gap${rangeOf(lost)}`);
      },
      need: (need) => {
        this.need = need && this.canAsk(need) ? need : undefined;
        if (this.need) this.needs.push(this.need);
        return this.need !== undefined;
      },
    });
  }

  /** Rows come on the stream. */
  comes(...ids: (number | string)[]): void {
    for (const id of ids) this.arrives(row(id));
  }

  arrives(trade: TradeRow): void {
    this.counts.received++;
    const fate = this.series.judge(trade.id, trade.exchangeTime);
    if (fate === 'drop') this.counts.dropped++;
    else if (fate === 'hold') this.series.hold(eventOf(trade));
    else {
      this.flows();
      this.counts.delivered++;
      this.tell(trade.id);
    }
  }

  /** The exchange greets with its latest trades. */
  greets(...ids: (number | string)[]): void {
    this.counts.received += ids.length;
    this.series.recent(ids.map((id) => row(id)));
  }

  /** REST answers what is asked for. */
  answers(
    ids: readonly (number | string)[],
    { isAll = false, pagesBy = 'id' }: Partial<TradesAnswer> = {},
  ): void {
    this.series.found({ rows: ids.map((id) => row(id)), isAll, pagesBy });
  }

  loses(): void {
    this.isLive = false;
    this.series.interrupt();
    this.tell('stale');
  }

  /** What has been told since this was last asked. */
  take(): string[] {
    return this.told.splice(0);
  }

  private flows(): void {
    if (this.isLive) return;
    this.isLive = true;
    const filled = this.series.takeFilled();
    this.tell(`live${filled ? ` filled${rangeOf(filled)}` : ''}`);
  }

  private tell(what: string): void {
    this.told.push(what);
    this.onTold(what);
  }
}

/** ` 7-9`, times as `t70-t90`. */
function rangeOf(lost: LostRange | undefined): string {
  if (!lost) return '';
  const { from, to, fromTime, toTime, asked } = lost;
  const ids = from === undefined ? '' : ` ${from}-${to}`;
  const times = fromTime === undefined && toTime === undefined ? '' : ` t${fromTime ?? ''}-t${toTime ?? ''}`;
  return `${ids}${times}${asked ? ' asked' : ''}`;
}
