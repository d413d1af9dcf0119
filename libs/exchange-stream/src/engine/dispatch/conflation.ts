/** Several events that wait as one; what they come to is made when the consumer is ready for it. */
export abstract class Merged<E> {
  abstract build(): E;
}

/** How events become one while they wait for a consumer. */
export interface Conflation<E> {
  /** Events of the same key become one; `undefined` for one that stays by itself. */
  keyOf(event: E): unknown;
  /** What stands for both from here on; `undefined` where that would grow too large. */
  combine(waiting: E | Merged<E>, event: E): E | Merged<E> | undefined;
}
