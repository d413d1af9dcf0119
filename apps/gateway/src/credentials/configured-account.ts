import type { Credentials } from '@exchange-stream/nestjs/contract';
import { ConfigError, type ConfigProblem } from '../config/config-error.ts';
import { objectionTo } from './secret-text.ts';

/** The values that credentials are made of. */
export const CREDENTIAL_PARTS = ['key', 'secret', 'passphrase'] as const;
export type CredentialPart = (typeof CREDENTIAL_PARTS)[number];

/** Where one value stands. Never the value: a configuration may be shown. */
export interface SecretPlace {
  /** The variable, or the key in the file, that names it. */
  readonly name: string;
  /** The file that holds it, or who knows it. */
  readonly from: { readonly file: string } | (() => string);
}

/** One of our accounts at an exchange, and where its credentials stand. Shows none of them, however it is shown. */
export class ConfiguredAccount {
  #initial: Credentials | undefined;

  constructor(
    readonly exchange: string,
    readonly account: string,
    private readonly places: Readonly<Partial<Record<CredentialPart, SecretPlace>>>,
    private readonly readFile: (path: string) => string,
  ) {}

  /** The files that it is made of, by the variables or keys that name them; none when all of it stands in variables. */
  get files(): readonly { readonly name: string; readonly path: string }[] {
    return Object.values(this.places).flatMap(({ name, from }) =>
      typeof from === 'function' ? [] : [{ name, path: from.file }],
    );
  }

  /**
   * The credentials as they stood when they were first asked for: one answer for all who start with them.
   * @throws ConfigError
   */
  initial(): Credentials {
    return (this.#initial ??= this.read());
  }

  /**
   * The credentials as they stand at this moment.
   * @param textOf the text of a file; reads it where it is left out
   * @throws ConfigError which names variables and keys, and shows neither values nor paths: one may stand in the other's place
   */
  read(textOf: (path: string) => string = this.readFile): Credentials {
    const problems: ConfigProblem[] = [];
    const [key, secret, passphrase] = CREDENTIAL_PARTS.map((part) => {
      const place = this.places[part];
      return place && readPlace(place, textOf, problems);
    });
    if (problems.length > 0) throw new ConfigError(problems);
    return { key: key ?? '', secret: secret ?? '', ...(passphrase !== undefined && { passphrase }) };
  }
}

function readPlace(
  { name, from }: SecretPlace,
  textOf: (path: string) => string,
  problems: ConfigProblem[],
): string {
  let text = '';
  try {
    // Editors end files with a line end, which is no part of the value.
    text = (typeof from === 'function' ? from() : textOf(from.file)).trim();
  } catch (error) {
    problems.push({ key: name, message: `the file cannot be read (${codeOf(error)})` });
    return text;
  }
  const objection = objectionTo(text);
  const what = typeof from === 'function' ? 'the value' : 'the file';
  if (objection !== undefined) problems.push({ key: name, message: `${what} ${objection}` });
  return text;
}

/** Only the code: the message of the file system quotes the path, and a secret may stand in its place. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
