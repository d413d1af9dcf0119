/**
 * Added to every bound: timers of a busy process come late, some deadlines are judged twice, and what one look finds
 * takes a moment to be acted upon.
 */
export const GRACE_MS = 5_000;
