import type { AcceptanceCard } from './card.ts';
import { CARDS } from './cards/index.ts';
import { Stage } from './stage/stage.ts';
import { Declared, type AcceptanceSubject } from './subject.ts';

/** What a test runner offers, such as Jest, Vitest, Mocha or `node:test`. */
export interface AcceptanceRunner {
  readonly test: (name: string, play: () => Promise<void>) => unknown;
  /** Shows a card that an exchange cannot have. Without it, such cards are left out. */
  readonly skip?: (name: string) => unknown;
}

/** What has become of a card. */
export interface AcceptanceResult {
  readonly card: Pick<AcceptanceCard, 'number' | 'name'>;
  readonly outcome: 'passed' | 'failed' | 'exempt';
  /** Why it failed, or why the exchange cannot have it. */
  readonly reason?: string;
}

/** Hands every card to a test runner. */
export function acceptance(subject: AcceptanceSubject, { test, skip }: AcceptanceRunner): void {
  const declared = new Declared(subject.adapter(), subject.instruments);
  for (const card of CARDS) {
    const reason = card.exempt?.(declared);
    if (reason === undefined) test(titleOf(card), () => play(card, subject));
    else skip?.(`${titleOf(card)} (${reason})`);
  }
}

/** Plays every card, one after the other, and says what has become of each. */
export async function acceptanceResults(subject: AcceptanceSubject): Promise<readonly AcceptanceResult[]> {
  const declared = new Declared(subject.adapter(), subject.instruments);
  const results: AcceptanceResult[] = [];
  for (const card of CARDS) {
    const { number, name } = card;
    const exempt = card.exempt?.(declared);
    if (exempt !== undefined) {
      results.push({ card: { number, name }, outcome: 'exempt', reason: exempt });
      continue;
    }
    try {
      await play(card, subject);
      results.push({ card: { number, name }, outcome: 'passed' });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      results.push({ card: { number, name }, outcome: 'failed', reason });
    }
  }
  return results;
}

async function play(card: AcceptanceCard, subject: AcceptanceSubject): Promise<void> {
  const stage = new Stage(subject, card.stage);
  try {
    await card.play(stage, new Declared(subject.adapter(), subject.instruments));
    stage.expectPromises();
  } finally {
    await stage.close();
  }
  stage.expectNothingLeft();
}

function titleOf({ number, name }: AcceptanceCard): string {
  return `${String(number).padStart(2, '0')} ${name}`;
}
