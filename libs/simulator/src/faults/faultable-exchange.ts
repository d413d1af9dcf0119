import type { RestRequest } from '../simulated-exchange.ts';
import type { BookError } from './fault.ts';
import type { FaultyLink } from './faulty-link.ts';

/** What faults need of one connection of an exchange. */
export interface FaultableConnection {
  readonly id: number;
  readonly link: FaultyLink;
  close(code: number | undefined, reason: string): void;
  terminate(): void;
  /** A data frame in the form that this connection receives. @param data JSON text */
  frame(topic: string, data: string): string;
  /** The exchange's announcement that it is about to go down, in the form that this connection receives; undefined where it announces nothing. */
  shutdownNotice(closeAfterMs: number): string | undefined;
  /** The code by which it then closes. Default 1001. */
  readonly shutdownCode?: number;
}

/** The books of one moment: gives the body for a request that asks for one of them. */
export type FrozenBooks = (request: RestRequest) => string | undefined;

/** What faults need of an exchange: its words, and its connections. */
export interface FaultableExchange {
  connections(): Iterable<FaultableConnection>;
  /** The body that the exchange sends along with an HTTP error. */
  restError(status: number): string;
  freezeBooks(): FrozenBooks;
  /** Absent where the exchange announces nothing. */
  readonly notices?: ExchangeNotices;
  /** Absent where nothing happens to books. */
  readonly books?: ExchangeBooks;
  /** The clock by which it lives, which can be set. Absent where it cannot. */
  readonly clock?: { shift(byMs: number): void };
}

/** What an exchange can announce. */
export interface ExchangeNotices {
  /** Tells one connection, or all, that nothing comes for a while. Absent where there is no such thing. */
  pause?(connectionId?: number): void;
  /** Ends the pauses. */
  resume?(connectionId?: number): void;
  /** Stops the market of one symbol, or of all. */
  halt(symbol?: string): void;
  reopen(symbol?: string): void;
}

/** What can happen to the books of an exchange. */
export interface ExchangeBooks {
  /** Counts the changes of one symbol's book anew, or of all. Absent where they are not counted. */
  recount?(symbol?: string): void;
  /**
   * Sends the whole book of one symbol again, or of all, to those who have it from the stream. Absent where books are not had
   * from there.
   */
  sendWhole?(symbol?: string): void;
  /** @returns a data frame with something wrong in its book; undefined where there is nothing that could be */
  spoiled(topic: string, frame: string, how: BookError): string | undefined;
}

/** A request to log in, with everything that can be said in answer to it. */
export interface AnswerableLogin {
  /** Does what is asked. @returns the answer, which may be a refusal */
  perform(): Answer;
  /** @param passes whether it is to say that the same may be asked again later, where the exchange has such words */
  refusal(passes?: boolean): Answer;
}

/** One frame or several. */
export type Answer = string | readonly string[];

/** A request to subscribe or unsubscribe, or another, with everything that can be said in answer to it. */
export interface AnswerableRequest {
  readonly subscribes: boolean;
  /** What it names; of another request its own name. */
  readonly topics: readonly string[];
  /** Does what is asked. @returns the answer, which may be a refusal */
  perform(): Answer;
  /**
   * The answer as it reads when it leaves later than it was made, where it tells how things stand then; without it, it reads as
   * it was made.
   */
  restated?(answer: Answer): Answer;
  acknowledgement(): Answer;
  /** Called after what was done has been answered, or the answer has been lost: where data waits for the acknowledgement. */
  follow?(): void;
  /** An acknowledgement of a request that nobody made. */
  strayAcknowledgement(): Answer;
  /** @param passes whether it is to say that the same may be asked again later, where the exchange has such words */
  refusal(passes?: boolean): Answer;
  /**
   * Does what is asked of all topics but one, which is refused. Absent where a request is answered as a whole, or has one topic
   * only.
   */
  refusalOf?(topic: string, passes?: boolean): Answer;
}
