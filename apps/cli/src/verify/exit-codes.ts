/** The recording was read, and something in it is wrong. */
export const WRONG = 1;
/** The recording could not be read. */
export const UNREADABLE = 2;
/** Stopped halfway, which says nothing about the recording: what a shell reports of a program ended by SIGINT. */
export const INTERRUPTED = 130;
