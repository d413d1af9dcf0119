import { isZeroDecimal } from '@exchange-stream/market-data';
import type { InstrumentMarket, SeededMarket } from '@exchange-stream/simulator/kit';
import { LabAccount } from './lab.account.ts';
import { LabError } from './lab.errors.ts';
import { LAB_KEYS } from './lab.keys.ts';
import type { LabRequest } from './lab.requests.ts';

/** On how many of the listed symbols the accounts trade. */
const TRADED_SYMBOLS = 3;

/** How an account trades by itself. */
interface Habit {
  readonly account: LabAccount;
  /** Orders placed so far. */
  count: number;
  /** The latest of them. */
  last?: string;
}

/** The accounts, and what happens to them: by the wish of their owners, and by themselves. */
export class LabAccounts {
  private readonly habits: ReadonlyMap<string, Habit>;
  private placed = 0;
  private placedAlone = 0;

  constructor(
    private readonly market: SeededMarket,
    now: () => number,
  ) {
    const markets = market.markets.slice(0, TRADED_SYMBOLS);
    this.habits = new Map(
      LAB_KEYS.map((key) => [key, { account: new LabAccount(key, now, markets), count: 0 }]),
    );
  }

  get all(): readonly LabAccount[] {
    return [...this.habits.values()].map(({ account }) => account);
  }

  /** @param key of one of the accounts */
  of(key: string): LabAccount {
    const habit = this.habits.get(key);
    if (habit === undefined) throw new TypeError(`There is no account ${key}.`);
    return habit.account;
  }

  /** @returns the id of the order @throws LabError 8 */
  place(
    account: LabAccount,
    { id, symbol, side, price, amount }: Extract<LabRequest, { op: 'order.place' }>,
  ): string {
    const market = this.market.find(symbol);
    const orderId = `p${this.placed + 1}`;
    if (market === undefined || !isPositive(price) || !isPositive(amount))
      throw new LabError(8, 'order refused', id);
    if (!account.place({ orderId, market, side, price, amount }))
      throw new LabError(8, 'the balance does not cover the order', id);
    this.placed++;
    return orderId;
  }

  /** @returns the id of the order @throws LabError 8 */
  cancel(account: LabAccount, { id, orderId }: Extract<LabRequest, { op: 'order.cancel' }>): string {
    if (!account.cancel(orderId)) throw new LabError(8, 'there is no such order', id);
    return orderId;
  }

  /** Lets every account settle the order that it placed last, and place the next one. */
  trade(): void {
    if (this.market.paused) return;
    for (const habit of this.habits.values()) {
      // Two orders on each symbol: the one that is filled, and the one that is cancelled.
      const rank = Math.floor(habit.count / 2) % Math.min(TRADED_SYMBOLS, this.market.markets.length);
      const market = this.market.markets[rank];
      if (market === undefined || this.market.isHalted(market)) continue;
      this.settle(habit);
      this.placeNext(habit, market);
    }
  }

  /** Fills and cancels in turn. */
  private settle({ account, count, last }: Habit): void {
    if (last === undefined) return;
    if (count % 2 === 1) account.fill(last);
    else account.cancel(last);
  }

  /** Whatever closes the position of the symbol, or opens one: long and short in turn. */
  private placeNext(habit: Habit, market: InstrumentMarket): void {
    const { account, count } = habit;
    const { format, book, instrument } = market;
    const position = account.position(instrument.symbol);
    const opensLong = Math.floor(count / 12) % 2 === 0;
    const side = (position === undefined ? opensLong : position.side === 'short') ? 'buy' : 'sell';
    const orderId = `o${++this.placedAlone}`;
    const price = format.price.text((side === 'buy' ? book.bids : book.asks).price(0) ?? 1);
    const amount = position?.amount ?? format.amount.text(5_000);
    account.place({ orderId, market, side, price, amount });
    habit.count++;
    habit.last = orderId;
  }
}

function isPositive(text: string): boolean {
  return /^\d+(\.\d+)?$/.test(text) && !isZeroDecimal(text);
}
