import type { Answer, AnswerableRequest } from '@exchange-stream/simulator/kit';
import { LabError, type LabId } from './lab.errors.ts';
import type { Payload } from './lab.frames.ts';
import type { IdDialect } from './lab.options.ts';
import { refusal } from './lab.replies.ts';

/** No client counts this far, and none calls its messages so. */
export const STRAY_IDS: Readonly<Record<IdDialect, LabId>> = {
  integer: Number.MAX_SAFE_INTEGER,
  text: 'stray',
};

/** A request about something else than topics, which is confirmed by an answer of its own. */
export interface OwnRequest {
  readonly op: string;
  readonly id: LabId;
  /** What confirms it where nothing is done. */
  readonly unmeant: Payload;
  /** Its refusal for good. */
  readonly refused: LabError;
  /** @returns what confirms it @throws LabError */
  perform(): Payload;
}

/** What can be said in answer to it. */
export function answerable(
  { op, id, unmeant, refused, perform }: OwnRequest,
  ids: IdDialect,
): AnswerableRequest {
  const confirmed = (result: Payload, of: LabId): Answer => JSON.stringify({ ...result, id: of });
  const refusedBy = ({ code, message }: LabError): Answer => refusal(code, message, { id });
  let done = unmeant;
  return {
    subscribes: false,
    topics: [op],
    perform: () => {
      try {
        done = perform();
        return confirmed(done, id);
      } catch (error) {
        if (error instanceof LabError) return refusedBy(error);
        throw error;
      }
    },
    acknowledgement: () => confirmed(unmeant, id),
    strayAcknowledgement: () => confirmed(done, STRAY_IDS[ids]),
    refusal: (passes) => refusedBy(passes === true ? new LabError(3, 'not now, try again') : refused),
  };
}
