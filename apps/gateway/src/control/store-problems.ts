import type { StoreProblem } from '@exchange-stream/nestjs/engine';
import { Injectable } from '@nestjs/common';

/** Counts what goes wrong with the file of subscriptions. */
@Injectable()
export class StoreProblems {
  private readonly counts = new Map<StoreProblem['kind'], number>();

  add(kind: StoreProblem['kind']): void {
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
  }

  entries(): readonly (readonly [StoreProblem['kind'], number])[] {
    return [...this.counts];
  }
}
