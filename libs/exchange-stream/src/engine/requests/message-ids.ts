import type { MessageId, MessageIds, MessageIdSource } from '../../contract/index.ts';
import { uuidsV7 } from './uuids-v7.ts';

/** The ids for messages of one connection, as its exchange wants them. */
export function createMessageIds(ids: MessageIds = 'integer', source: MessageIdSource): () => MessageId {
  if (typeof ids === 'function') return ids(source);
  let last = 0;
  switch (ids) {
    case 'integer':
      return () => ++last;
    case 'text':
      return () => String(++last);
    case 'uuid-v7':
      return uuidsV7(source);
  }
}
