import type { Stage, StageOptions } from './stage/stage.ts';
import type { Declared } from './subject.ts';

/** One thing that every exchange has to show. */
export interface AcceptanceCard {
  /** Stays the same for good: reports and tables name cards by it. */
  readonly number: number;
  readonly name: string;
  /** What the stage is set up with. */
  readonly stage?: StageOptions;
  /** Why an exchange cannot have this, by what its adapter declares; undefined where it can. */
  exempt?(declared: Declared): string | undefined;
  /** Throws where the promise is not kept. What holds at all times is looked at afterwards, whatever the card. */
  play(stage: Stage, declared: Declared): Promise<void>;
}
