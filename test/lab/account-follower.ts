import type { FillEvent, MarketEvent } from '@exchange-stream/market-data';
import type { LabExchange } from './twin/index.ts';

/** What an account has, as one who follows its events by id knows it, and what it cannot know. */
export class AccountFollower {
  /** By id, as the exchange writes it. */
  readonly orders = new Map<string, string>();
  readonly balances = new Map<string, string>();
  readonly positions = new Map<string, string>();
  readonly fills: FillEvent[] = [];
  /** What must not happen: data while it does not count, a fill twice. */
  readonly broken: string[] = [];
  /** Told holes in the fills, and what was told after them. */
  gaps = 0;
  private readonly awaits = new Map<string, string>();

  /** Takes the events of all private channels of one account. */
  readonly receive = (event: MarketEvent): void => {
    switch (event.type) {
      case 'status':
        if (event.channel === 'fills' && event.state === 'gap') this.gaps++;
        this.awaits.set(event.channel, event.state);
        break;
      case 'order':
        this.take('orders', event.snapshot);
        put(
          this.orders,
          event.id,
          `${event.filled} of ${event.amount} at ${event.price}`,
          event.status === 'open',
        );
        break;
      case 'balance':
        this.take('balances', event.snapshot);
        put(this.balances, event.asset, `${event.free} ${event.locked}`, true);
        break;
      case 'position':
        this.take('positions', event.snapshot);
        put(this.positions, event.id, `${event.side} ${event.amount}`, event.amount !== '0');
        break;
      case 'fill':
        if (this.fills.some(({ id }) => id === event.id)) this.broken.push(`fill ${event.id} twice`);
        this.fills.push(event);
        break;
      default:
        this.broken.push(`a ${event.type} of an account`);
    }
  };

  /** Ids of the fills that were told, in the order in which they were. */
  get fillIds(): number[] {
    return this.fills.map(({ id }) => Number(id));
  }

  /** What it knows is what the exchange has. */
  expectTruth(exchange: LabExchange, key: string): void {
    const { orders, balances, positions } = exchange.account(key);
    expect(Object.fromEntries(this.orders)).toEqual(
      Object.fromEntries(
        orders.map((row) => [row.orderId, `${row.filled} of ${row.amount} at ${row.price}`]),
      ),
    );
    expect(Object.fromEntries(this.balances)).toEqual(
      Object.fromEntries(balances.map((row) => [row.asset, `${row.free} ${row.locked}`])),
    );
    expect(Object.fromEntries(this.positions)).toEqual(
      Object.fromEntries(positions.map((row) => [row.symbol, `${row.side} ${row.amount}`])),
    );
    expect(this.broken).toEqual([]);
  }

  /** No update before all that there is, once trust was lost. */
  private take(channel: string, isSnapshot: boolean): void {
    const state = this.awaits.get(channel);
    if (!isSnapshot && state !== undefined && state !== 'live')
      this.broken.push(`an update of ${channel} while ${state}`);
  }
}

function put(map: Map<string, string>, id: string, said: string, stays: boolean): void {
  if (stays) map.set(id, said);
  else map.delete(id);
}
