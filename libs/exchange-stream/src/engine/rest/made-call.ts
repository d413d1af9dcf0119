import type {
  Credentials,
  RestAnswer,
  RestOperation,
  RestRequest,
  SignedOperation,
  Signing,
  SigningRefusal,
} from '../../contract/index.ts';
import { redactText } from '../connection/redaction.ts';
import { secretsAmong, withoutSecrets } from '../connection/secrets.ts';
import type { Account } from '../credentials/account.ts';
import { CredentialsError, kindOf, messageOf } from '../errors.ts';

/** What of an operation says how it is called, signed or not. */
export type CalledOperation = Pick<RestOperation<never, unknown>, 'isIdempotent' | 'limit'>;

/** One call of an operation, from its first request to its last. */
export interface MadeCall<Result> {
  readonly operation: CalledOperation;
  /** What was built last. */
  readonly request: RestRequest;
  /**
   * The request has had to wait, or is sent once more.
   * @throws CredentialsError when it must not be sent any more
   */
  renew(): void;
  /** Path of the request as it may be shown. */
  readonly path: string;
  /** A text without what must not be shown. */
  shown(text: string): string;
  /** What an answer has against its signature. */
  refusalOf(answer: RestAnswer): SigningRefusal | undefined;
  /** It ends with that: the exchange does not take the credentials. */
  refused(reason: string): void;
  /** Reads a successful answer. */
  parse(body: string, reject: (reason: string) => void): Result;
  /** The words of what reading has thrown. */
  unreadable(error: unknown): string;
}

/** A call that anybody may make: as it was built, it is sent. */
export class PlainCall<Query, Result> implements MadeCall<Result> {
  readonly request: RestRequest;

  constructor(
    readonly operation: RestOperation<Query, Result>,
    private readonly query: Query,
  ) {
    this.request = operation.request(query);
  }

  get path(): string {
    return this.request.path;
  }

  renew(): void {
    // Nothing in it grows old.
  }

  shown(text: string): string {
    return redactText(text);
  }

  refusalOf(): undefined {
    return undefined;
  }

  refused(): void {
    // Nobody's credentials.
  }

  parse(body: string, reject: (reason: string) => void): Result {
    return this.operation.parse(body, this.query, reject);
  }

  unreadable(error: unknown): string {
    return messageOf(error);
  }
}

/** Who signs a call, and what with. */
export interface Signatory {
  readonly account: Account;
  readonly credentials: Credentials;
  /** The account hears nothing of what the exchange thinks of them. */
  readonly isJudgedByCaller: boolean;
  /** The exchange's time, milliseconds since the epoch. */
  now(): number;
  refusalOf(answer: RestAnswer): SigningRefusal | undefined;
}

/** A call in the name of an account. What is secret about it stands in no text. */
export class SignedCall<Query, Result> implements MadeCall<Result> {
  private readonly secrets: readonly string[];
  private current: RestRequest;

  constructor(
    readonly operation: SignedOperation<Query, Result>,
    private readonly query: Query,
    private readonly signatory: Signatory,
  ) {
    this.secrets = secretsAmong(Object.values({ ...signatory.credentials }));
    this.current = this.build();
  }

  get request(): RestRequest {
    return this.current;
  }

  get path(): string {
    const [path = ''] = this.current.path.split('?', 1);
    return withoutSecrets(path, this.secrets);
  }

  /** Of many that wait, the first whose credentials are refused is the last that shows them. */
  renew(): void {
    const { account, credentials, isJudgedByCaller } = this.signatory;
    const objection = isJudgedByCaller ? undefined : account.objection(this.operation, credentials);
    if (objection !== undefined) throw new CredentialsError(objection, false);
    this.current = this.build();
  }

  shown(text: string): string {
    return withoutSecrets(redactText(text), this.secrets);
  }

  refusalOf(answer: RestAnswer): SigningRefusal | undefined {
    return this.signatory.refusalOf(answer);
  }

  refused(reason: string): void {
    const { account, credentials, isJudgedByCaller } = this.signatory;
    if (!isJudgedByCaller) account.refusedCall(this.operation, credentials, reason);
  }

  parse(body: string, reject: (reason: string) => void): Result {
    const { account, credentials, isJudgedByCaller } = this.signatory;
    if (!isJudgedByCaller) account.acceptedCall(this.operation, credentials);
    return this.operation.parse(body, this.query, (reason) => reject(this.shown(reason)));
  }

  /** Who reads JSON quotes it, and what answers a signed call may itself be a secret. */
  unreadable(error: unknown): string {
    return error instanceof SyntaxError ? kindOf(error) : this.shown(messageOf(error));
  }

  private build(): RestRequest {
    const { account, credentials } = this.signatory;
    const signing: Signing = {
      credentials,
      nowMs: this.signatory.now(),
      nextNonce: () => account.nextNonce(credentials.key),
    };
    return this.operation.request(this.query, signing);
  }
}
