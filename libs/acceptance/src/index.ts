export { acceptance, acceptanceResults, type AcceptanceResult, type AcceptanceRunner } from './acceptance.ts';
export type { AcceptanceCard } from './card.ts';
export { CARDS } from './cards/index.ts';
export { Stage, type Followed, type StageOptions } from './stage/stage.ts';
export { Declared, type AcceptanceSubject, type StageInstrument } from './subject.ts';
