/** What tells the messages of one connection apart; exchanges repeat it in their answers. */
export type MessageId = number | string;

/** What generators of ids may draw on. */
export interface MessageIdSource {
  /** Milliseconds since the epoch. */
  now(): number;
  /** At least 0, below 1. */
  random(): number;
}

/**
 * The ids that an exchange takes. `integer`: 1, 2, 3 …; `text`: the same as text. A function makes a generator of its own
 * for each connection, which never gives an id twice there.
 */
export type MessageIds = 'integer' | 'text' | ((source: MessageIdSource) => () => MessageId);
