/** The recording was read, and something in it is wrong. */
export const WRONG = 1;
/** The recording could not be read. */
export const UNREADABLE = 2;
