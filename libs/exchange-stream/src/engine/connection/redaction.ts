/** What stands in place of a secret. */
export const REDACTED = '[redacted]';

// Every pattern reads a text once, however long a hostile text makes it look: none can backtrack over itself.
const QUERY = /\?[^\s"'<>]+/g;
const CREDENTIALS_OF_URL = /\/\/[^\s/?#@"'<>]+@/g;
/** Credentials behind which the cut has taken the `@`, or a host: nobody can tell. */
const AUTHORITY_AT_END = /\/\/[^\s/?#@"'<>]+$/;
const JSON_WEB_TOKEN = /\beyJ[\w-]+(?:\.[\w-]*)+/g;
const NAMED =
  /((?:authorization|cookie|token|api[-_]?key|secret|signature|listen[-_]?key|passphrase|password)\\?["']?\s*[:=]\s*\\?["']?)(?:bearer\s+|basic\s+)?[^\s"',;&}<\\]+/gi;

/** A text from outside without query strings, credentials and values named as secrets. */
export function redactText(text: string): string {
  return text
    .replace(QUERY, `?${REDACTED}`)
    .replace(CREDENTIALS_OF_URL, `//${REDACTED}@`)
    .replace(JSON_WEB_TOKEN, REDACTED)
    .replace(NAMED, `$1${REDACTED}`);
}

/** The same of a text that was cut, as the cut may go through a secret. */
export function redactCut(text: string): string {
  return redactText(text.replace(AUTHORITY_AT_END, `//${REDACTED}`));
}

/** The beginning of a text from outside as a log may show it: redacted, on one line, at most so many characters. */
export function excerpt(text: string, maxLength: number): string {
  return redactText(text)
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, maxLength);
}

/** The beginning of a frame as it may be shown. Cut before it is decoded, so that a large frame costs no more than a small one. */
export function frameExcerpt(frame: Buffer, maxBytes: number): string {
  const beginning = frame.toString('utf8', 0, maxBytes);
  return excerpt(frame.length > maxBytes ? redactCut(beginning) : beginning, maxBytes);
}
