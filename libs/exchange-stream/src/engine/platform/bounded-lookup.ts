import type { LookupFunction } from 'node:net';

/** How long a name may take to resolve. The system's resolver may try for minutes, and other names wait behind it. */
const LOOKUP_DEADLINE_MS = 5_000;

/** The same lookup, with a deadline; what answers after it is not listened to. */
export function boundedLookup(lookup: LookupFunction, deadlineMs = LOOKUP_DEADLINE_MS): LookupFunction {
  return (hostname, options, done) => {
    let isDone = false;
    const deadline = setTimeout(() => {
      isDone = true;
      done(
        Object.assign(new Error(`no address of ${hostname} within ${deadlineMs} ms`), { code: 'ETIMEOUT' }),
        '',
      );
    }, deadlineMs);
    lookup(hostname, options, (...answer) => {
      clearTimeout(deadline);
      if (!isDone) done(...answer);
    });
  };
}
