const SECRET_NAME =
  /authorization|cookie|token|api[-_]?key|secret|signature|listen[-_]?key|passphrase|password/i;
const QUERY_OF_URL = /\b([a-z][a-z0-9+.-]*:\/\/[^\s?#"'<>]+)\?[^\s"'<>]*/gi;
const CREDENTIALS_OF_URL = /\b([a-z][a-z0-9+.-]*:\/\/)[^\s/?#@"'<>]+@/gi;
const NAMED_IN_TEXT =
  /((?:authorization|token|api[-_]?key|secret|signature|listen[-_]?key|passphrase|password)["']?\s*[:=]\s*["']?)(?:bearer\s+|basic\s+)?[^\s"',;&}]+/gi;
const MAX_DEPTH = 8;

export const REDACTED = '[redacted]';

/** Whether a field of this name holds something that no log may show. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}

/** The text without credentials, query strings of URLs, and values named as secrets. */
export function redactText(text: string): string {
  return text
    .replace(CREDENTIALS_OF_URL, `$1${REDACTED}@`)
    .replace(QUERY_OF_URL, `$1?${REDACTED}`)
    .replace(NAMED_IN_TEXT, `$1${REDACTED}`);
}

/** A copy of the value in which no secret is left; errors become their name, message, code and stack. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return '[deep]';
  if (value instanceof Error) return redactError(value, depth);
  if (Array.isArray(value)) return value.map((item) => redact(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      isSecretName(name) ? REDACTED : redact(item, depth + 1),
    ]),
  );
}

function redactError(error: Error, depth: number): Record<string, unknown> {
  return {
    type: error.name,
    message: redactText(error.message),
    ...('code' in error && { code: error.code }),
    ...(error.stack !== undefined && { stack: redactText(error.stack) }),
    ...(error.cause !== undefined && { cause: redact(error.cause, depth + 1) }),
  };
}
