import type { DataMessage, FeedMessage } from '../feed/feed-message.ts';

/** What is shown of one symbol. */
interface Latest {
  bid?: unknown;
  ask?: unknown;
  change?: unknown;
  trade?: DataMessage['d'];
  trades: number;
}

/** Sums the feed up in one line at a time, so that a terminal stays readable. */
export class Digest {
  private readonly bySymbol = new Map<string, Latest>();
  private messages = 0;

  /** @param symbols in the order in which the line shows them */
  constructor(symbols: readonly string[]) {
    for (const symbol of symbols) this.bySymbol.set(symbol, { trades: 0 });
  }

  add(message: FeedMessage): void {
    this.messages++;
    if (message.t !== 'data') return;
    const latest = this.bySymbol.get(message.ch.split(' ')[2] ?? '');
    if (!latest) return;
    const { kind, d } = message;
    if (kind === 'quote') {
      latest.bid = d.bid;
      latest.ask = d.ask;
    } else if (kind === 'ticker') {
      latest.change = d.changePercent;
    } else if (kind === 'trade') {
      latest.trade = d;
      latest.trades++;
    }
  }

  /** One line about what has come since the line before. */
  line(now: number): string {
    const time = new Date(now).toISOString().slice(11, 19);
    const parts = [...this.bySymbol].map(([symbol, latest]) => `${symbol} ${text(latest)}`);
    const line = `${time}  ${parts.join('   ')}   ${this.messages} messages`;
    this.messages = 0;
    for (const latest of this.bySymbol.values()) latest.trades = 0;
    return line;
  }
}

function text({ bid, ask, change, trade, trades }: Latest): string {
  const quote = `${shown(bid)} / ${shown(ask)}`;
  const day = change === undefined ? '' : ` (${shown(change)} %)`;
  const deal = trade ? `, ${shown(trade.side)} ${shown(trade.amount)}` : '';
  return `${quote}${day} ${trades} trades${deal}`;
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : '–';
}
