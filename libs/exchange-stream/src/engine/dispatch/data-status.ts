import type { Clock, DataState } from '@exchange-stream/market-data';

/** Where the data of a subscription stands: its state, since when, why, and whether it was ever otherwise. */
export class DataStatus {
  private current: DataState = 'syncing';
  private enteredAt: number;
  private words = 'not yet subscribed';
  private wasLive = false;
  /** Something may have been missed since the data was last live. */
  private hasHole = false;

  constructor(private readonly clock: Clock) {
    this.enteredAt = clock.now();
  }

  get state(): DataState {
    return this.current;
  }

  /** When the state was entered, milliseconds since the epoch. */
  get since(): number {
    return this.enteredAt;
  }

  get reason(): string {
    return this.words;
  }

  /** Whether what came between the last time that the data was live and now may be missing. */
  get mayHaveMissed(): boolean {
    return this.hasHole;
  }

  enter(state: DataState, reason: string): void {
    this.current = state;
    this.enteredAt = this.clock.now();
    this.words = reason;
    if (state !== 'live') return;
    this.wasLive = true;
    this.hasHole = false;
  }

  /** What comes from here on does not follow what came before. */
  interrupted(): void {
    this.hasHole = this.wasLive;
  }
}
