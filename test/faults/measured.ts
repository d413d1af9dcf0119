import { appendFileSync } from 'node:fs';

/** What one fault came to. */
export interface Measured {
  /** Of the fault catalogue, `4`; for what the catalogue does not have, a short name (`handler never resolves`). */
  readonly case: number | string;
  /** What went wrong. */
  readonly fault: string;
  /** From the fault to the first status that tells of it. */
  readonly detectedMs?: number;
  /** From the end of the fault to everything being live again. */
  readonly backMs?: number;
  readonly outcome: string;
}

/** Notes a row for the table, where one is wanted: FAULT_TABLE names the file. */
export function measured(row: Measured): void {
  const { FAULT_TABLE } = process.env;
  if (FAULT_TABLE) appendFileSync(FAULT_TABLE, `${JSON.stringify(row)}\n`);
}
