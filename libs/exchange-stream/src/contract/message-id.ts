/** What tells the messages of one connection apart; exchanges repeat it in their answers. */
export type MessageId = number | string;

/** What generators of ids may draw on. */
export interface MessageIdSource {
  /** Milliseconds since the epoch. */
  now(): number;
  /** At least 0, below 1. */
  random(): number;
}

/** `integer`: 1, 2, 3 …; `text`: the same as text; `uuid-v7`: UUIDs of RFC 9562 that ascend with time. */
export type MessageIdKind = 'integer' | 'text' | 'uuid-v7';

/** The ids that an exchange takes: a kind, or a function that makes a generator for an endpoint, which gives no id twice. */
export type MessageIds = MessageIdKind | ((source: MessageIdSource) => () => MessageId);
