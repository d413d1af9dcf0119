import { addDecimals, compareDecimals } from '@exchange-stream/market-data';
import type { LabBalance } from './lab.private-rows.ts';

/** The balances of one account. */
export class LabWallet {
  private readonly balances = new Map<string, LabBalance>();
  private readonly changed = new Set<string>();

  constructor(
    private readonly now: () => number,
    initial: Readonly<Record<string, string>>,
  ) {
    for (const [asset, free] of Object.entries(initial))
      this.balances.set(asset, { asset, free, locked: '0', time: now() });
  }

  get rows(): readonly LabBalance[] {
    return [...this.balances.values()];
  }

  /** Whether so much is free. */
  covers(asset: string, amount: string): boolean {
    return compareDecimals(this.of(asset).free, amount) >= 0;
  }

  lock(asset: string, amount: string): void {
    this.add(asset, minus(amount), amount);
  }

  release(asset: string, amount: string): void {
    this.add(asset, amount, minus(amount));
  }

  /** Takes what is locked away. */
  spend(asset: string, amount: string): void {
    this.add(asset, '0', minus(amount));
  }

  receive(asset: string, amount: string): void {
    this.add(asset, amount, '0');
  }

  /** The balances that changed since the last call. */
  takeChanges(): readonly LabBalance[] {
    const rows = [...this.changed].map((asset) => this.of(asset));
    this.changed.clear();
    return rows;
  }

  private add(asset: string, free: string, locked: string): void {
    const before = this.of(asset);
    this.changed.add(asset);
    this.balances.set(asset, {
      asset,
      free: addDecimals(before.free, free),
      locked: addDecimals(before.locked, locked),
      time: this.now(),
    });
  }

  private of(asset: string): LabBalance {
    return this.balances.get(asset) ?? { asset, free: '0', locked: '0', time: this.now() };
  }
}

export function minus(amount: string): string {
  return amount.startsWith('-') ? amount.slice(1) : `-${amount}`;
}
