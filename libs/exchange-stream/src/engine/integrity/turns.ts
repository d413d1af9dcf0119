/** Lets a few begin at once; who comes when all places are taken waits in line. */
export class Turns {
  private readonly line = new Set<() => void>();
  private taken = 0;

  constructor(private readonly places: number) {}

  /** Those that wait. */
  get waiting(): number {
    return this.line.size;
  }

  /**
   * Calls `begin` when there is a place, at once if there is. Returns a function that gives the place back, or leaves the
   * line; calling it again does nothing.
   */
  take(begin: () => void): () => void {
    let isOver = false;
    let hasBegun = false;
    const start = (): void => {
      this.line.delete(start);
      this.taken++;
      hasBegun = true;
      begin();
    };
    if (this.taken < this.places) start();
    else this.line.add(start);
    return () => {
      if (isOver) return;
      isOver = true;
      if (!hasBegun) return void this.line.delete(start);
      this.taken--;
      for (const next of this.line) return next();
    };
  }
}
