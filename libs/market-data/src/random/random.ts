/** A source of random numbers; seeded in tests, so that every run can be repeated. */
export interface Random {
  /** A number in [0, 1). */
  next(): number;
}
