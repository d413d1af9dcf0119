/** What a socket can be told to write otherwise (`conf`), by Bitfinex's names. */
export const FLAGS = {
  /** Decimals as text. */
  DEC_S: 8,
  /** Times as text. */
  TIME_S: 32,
  /** The time of sending, in milliseconds, at the end of every frame. */
  TIMESTAMP: 32_768,
  /** The number of every frame of the socket, before that. */
  SEQ_ALL: 65_536,
  /** Checksums of books. */
  OB_CHECKSUM: 131_072,
  /** Several changes of a book in one frame. */
  BULK_UPDATES: 536_870_912,
} as const;

/** A flag of Bitfinex's. */
export type BitfinexFlag = keyof typeof FLAGS;

/** What every socket is told: without it, a missing frame or a wrong book would not show. */
const ALWAYS = FLAGS.TIMESTAMP + FLAGS.SEQ_ALL + FLAGS.OB_CHECKSUM;

/** Thrown for flags that sessions cannot read frames with. */
export class BitfinexFlagError extends Error {
  readonly code = 'INVALID_FLAG';

  constructor(flag: unknown, reason: string) {
    const added = Object.keys(FLAGS).filter((name) => name !== 'TIME_S');
    super(
      `bitfinex: the flag ${JSON.stringify(flag)} cannot be set: ${reason}. Set any of ${added.join(', ')}.`,
    );
    this.name = 'BitfinexFlagError';
  }
}

/**
 * The flags of every socket in one number: those that are always set, and these. Each `conf` says all of them, as it takes
 * the place of the one before.
 * @throws BitfinexFlagError
 */
export function flagsWith(added: readonly BitfinexFlag[]): number {
  let flags: number = ALWAYS;
  for (const flag of added) {
    if (!Object.hasOwn(FLAGS, flag)) throw new BitfinexFlagError(flag, 'Bitfinex documents no such one');
    if (flag === 'TIME_S')
      throw new BitfinexFlagError(flag, 'how times are written then is documented nowhere');
    flags |= FLAGS[flag];
  }
  return flags;
}

/** What stands at the end of frames, and how changes of books come: by the flags that Bitfinex has confirmed. */
export class FrameLayout {
  /** Frames bear numbers. */
  readonly isNumbered: boolean;
  /** Frames bear times. */
  readonly isTimed: boolean;
  /** A list of rows of a book that has begun is changes. */
  readonly isBulk: boolean;
  /** How many entries of a frame follow its content. */
  readonly trailing: number;

  constructor(flags = 0) {
    this.isNumbered = (flags & FLAGS.SEQ_ALL) !== 0;
    this.isTimed = (flags & FLAGS.TIMESTAMP) !== 0;
    this.isBulk = (flags & FLAGS.BULK_UPDATES) !== 0;
    this.trailing = Number(this.isNumbered) + Number(this.isTimed);
  }
}
