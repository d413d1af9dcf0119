import type { LabError, LabErrorCode, LabId } from './lab.errors.ts';
import type { AckDialect } from './lab.options.ts';

/** What became of one topic of a request. */
export type TopicOutcome =
  | { readonly topic: string; readonly channel?: number }
  | { readonly topic: string; readonly error: LabError };

/** The frames that answer a request which was not refused as a whole. */
export function acknowledgements(
  acks: AckDialect,
  id: LabId,
  outcomes: readonly TopicOutcome[],
): readonly string[] {
  if (acks === 'request') return [JSON.stringify({ ack: id })];
  return outcomes.map((outcome) => {
    if ('error' in outcome)
      return refusal(outcome.error.code, outcome.error.message, { id, topic: outcome.topic });
    const { topic, channel } = outcome;
    return JSON.stringify({ ack: id, topic, ...(acks === 'channel' && { channel }) });
  });
}

/** The frames that refuse a request as a whole. */
export function refusals(
  acks: AckDialect,
  id: LabId,
  topics: readonly string[],
  { code, message }: LabError,
): readonly string[] {
  if (acks === 'request') return [refusal(code, message, { id })];
  return topics.map((topic) => refusal(code, message, { id, topic }));
}

export function refusal(
  code: LabErrorCode,
  message: string,
  of: { readonly id?: LabId | undefined; readonly topic?: string },
): string {
  return JSON.stringify({ error: { code, message }, ...of });
}
