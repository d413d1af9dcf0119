/** Why a market is halted. Data ends a halt that is only listed, and not one that the exchange has announced. */
interface MarketHalt {
  readonly reason: string;
  readonly isAnnounced: boolean;
}

/** What stops a flow without any fault: the exchange pauses on the connection, or has stopped the market. */
export class Standstill {
  /** The exchange pauses on the connection. */
  isPaused = false;
  private halt: MarketHalt | undefined;

  /** Whether no data is to be expected. */
  get isHalted(): boolean {
    return this.isPaused || this.halt !== undefined;
  }

  /** Why the market is stopped; undefined while it is not. */
  get haltReason(): string | undefined {
    return this.halt?.reason;
  }

  /** Whether the market is stopped, by its list of instruments or its own word. */
  get isMarketHalted(): boolean {
    return this.halt !== undefined;
  }

  /** Whether the exchange has said itself that it stopped the market. */
  get isAnnounced(): boolean {
    return this.halt?.isAnnounced ?? false;
  }

  /** The list of instruments has the market as stopped. Returns whether that is news. */
  list(reason: string): boolean {
    if (this.halt) return false;
    this.halt = { reason, isAnnounced: false };
    return true;
  }

  announce(reason: string): void {
    this.halt = { reason, isAnnounced: true };
  }

  /** An announced halt is worth no more than a listed one from here on. */
  doubt(): void {
    if (this.halt) this.halt = { ...this.halt, isAnnounced: false };
  }

  /** The market is open again. Returns whether it was stopped. */
  open(): boolean {
    const wasHalted = this.halt !== undefined;
    this.halt = undefined;
    return wasHalted;
  }

  /** Data has come, which a stopped market does not send. */
  dataCame(): void {
    if (this.halt && !this.halt.isAnnounced) this.halt = undefined;
  }
}
