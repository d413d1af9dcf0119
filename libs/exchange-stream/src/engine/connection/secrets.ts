import { REDACTED } from './redaction.ts';

/** Shorter values are no secrets, and taking them out of every text would make it unreadable. */
const MIN_SECRET_LENGTH = 4;

/** Those values that can be secrets, longest first: one may hold another. */
export function secretsAmong(values: readonly unknown[]): string[] {
  return values
    .filter((value): value is string => typeof value === 'string' && value.length >= MIN_SECRET_LENGTH)
    .sort((one, other) => other.length - one.length);
}

/** A text without the secrets: exchanges quote what they refuse. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  let redacted = text;
  for (const secret of secrets) redacted = withoutBeginning(redacted.replaceAll(secret, REDACTED), secret);
  return redacted;
}

/** Texts are cut, and the cut may go through a secret: no beginning of it stays at the end. */
function withoutBeginning(text: string, secret: string): string {
  for (let length = secret.length - 1; length >= MIN_SECRET_LENGTH; length--)
    if (text.endsWith(secret.slice(0, length))) return text.slice(0, -length) + REDACTED;
  return text;
}
