/** The longest value that can be one: private keys in PEM have a few thousand characters. */
export const MAX_SECRET_LENGTH = 16_384;

/** Line ends and tabs belong to private keys; other control characters are what a torn file is full of. */
// eslint-disable-next-line no-control-regex -- they are what is looked for
const UNPRINTABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffd]/;

/** Why a text can be no part of credentials; undefined when it can. Says nothing of what it holds. */
export function objectionTo(text: string): string | undefined {
  if (text === '') return 'is empty';
  if (text.length > MAX_SECRET_LENGTH) return `is longer than ${MAX_SECRET_LENGTH} characters`;
  return UNPRINTABLE.test(text) ? 'holds characters that no text has' : undefined;
}
