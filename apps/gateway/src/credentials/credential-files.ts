import { isDeepStrictEqual } from 'node:util';
import type { Timer } from '@exchange-stream/market-data';
import type { ExchangeStream } from '@exchange-stream/nestjs';
import type { Credentials } from '@exchange-stream/nestjs/contract';
import type { LoggerService } from '@nestjs/common';
import { ConfigError } from '../config/config-error.ts';
import type { ConfiguredAccount } from './configured-account.ts';
import type { SecretFileReader } from './read-secret-file.ts';

/** How often the files are looked at. A change holds when the next look finds the same: both of a pair have been written. */
export const LOOK_INTERVAL_MS = 5_000;

/** What becomes of the files of credentials, counted. */
export type CredentialFileOutcome = 'taken' | 'unusable';

/** An account whose credentials stand in files, and what was found in them. */
interface WatchedAccount {
  readonly configured: ConfiguredAccount;
  /** What the engine has. */
  held: Credentials;
  /** What stands there since the last look, where that differs. */
  candidate?: Credentials;
  /** What is wrong with its files, as it was told. */
  problem?: string;
}

/**
 * Takes over what changes in files of credentials, without a restart: connections log in with the new ones before the old
 * ones close. Files that are torn, missing or unreadable change nothing; the log says so once.
 */
export class CredentialFiles {
  readonly #watched: WatchedAccount[];
  readonly #counts = new Map<string, Record<CredentialFileOutcome, number>>();
  private timer: Timer | undefined;
  private looking: Promise<void> | undefined;
  private isStopped = false;

  constructor(
    accounts: readonly ConfiguredAccount[],
    private readonly stream: Pick<ExchangeStream, 'manager' | 'platform'>,
    private readonly readFile: SecretFileReader,
    private readonly logger: Pick<LoggerService, 'log' | 'warn'>,
  ) {
    this.#watched = accounts
      .filter(({ files }) => files.length > 0)
      .map((configured) => ({ configured, held: configured.initial() }));
    for (const { configured } of this.#watched)
      this.#counts.set(configured.exchange, { taken: 0, unusable: 0 });
  }

  start(): void {
    if (this.#watched.length > 0) this.schedule();
  }

  stop(): void {
    this.isStopped = true;
    this.timer?.cancel();
  }

  /** By exchange: changes that were taken over, and looks that found files of no use. */
  counts(): readonly (readonly [
    exchange: string,
    counts: Readonly<Record<CredentialFileOutcome, number>>,
  ])[] {
    return [...this.#counts];
  }

  /**
   * Looks at once and takes over what is found; an account that the exchange has refused is tried once more, changed or not.
   */
  async takeNow(): Promise<void> {
    await this.looking;
    await this.look(true);
  }

  private schedule(): void {
    this.timer = this.stream.platform.clock.after(LOOK_INTERVAL_MS, () => {
      void this.look(false).finally(() => {
        if (!this.isStopped) this.schedule();
      });
    });
  }

  private look(atOnce: boolean): Promise<void> {
    this.looking ??= Promise.all(this.#watched.map((watched) => this.lookAt(watched, atOnce)))
      .then(() => undefined)
      .finally(() => (this.looking = undefined));
    return this.looking;
  }

  private async lookAt(watched: WatchedAccount, atOnce: boolean): Promise<void> {
    const { configured, held, candidate } = watched;
    const texts = await textsOf(configured, this.readFile);
    if (this.isStopped) return;
    let found;
    try {
      found = configured.read((path) => textIn(texts, path));
    } catch (error) {
      return this.unusable(watched, error);
    }
    this.usable(watched);
    const isNew = !isDeepStrictEqual(found, held);
    if (isNew && (atOnce || isDeepStrictEqual(found, candidate))) return this.take(watched, found);
    if (isNew) watched.candidate = found;
    else delete watched.candidate;
    if (!isNew && atOnce && this.isRejected(configured)) this.take(watched, found);
  }

  private take(watched: WatchedAccount, credentials: Credentials): void {
    const { exchange, account } = watched.configured;
    delete watched.candidate;
    try {
      this.stream.manager(exchange).setCredentials(credentials, account);
    } catch (error) {
      return this.unusable(watched, error);
    }
    watched.held = credentials;
    this.count(exchange, 'taken');
    this.logger.log(
      `The credentials of account ${account} at ${exchange} were read again and are taken over`,
    );
  }

  private unusable(watched: WatchedAccount, error: unknown): void {
    const { exchange, account } = watched.configured;
    delete watched.candidate;
    this.count(exchange, 'unusable');
    const problem = error instanceof ConfigError ? error.message.replaceAll('\n', '; ') : kindOf(error);
    if (problem === watched.problem) return;
    watched.problem = problem;
    this.logger.warn(`Account ${account} at ${exchange} keeps the credentials it has: ${problem}`);
  }

  private usable(watched: WatchedAccount): void {
    if (watched.problem === undefined) return;
    delete watched.problem;
    const { exchange, account } = watched.configured;
    this.logger.log(`The files of account ${account} at ${exchange} can be read again`);
  }

  private isRejected({ exchange, account }: ConfiguredAccount): boolean {
    const views = this.stream.manager(exchange).accounts();
    return views.some((view) => view.account === account && view.state === 'rejected');
  }

  private count(exchange: string, outcome: CredentialFileOutcome): void {
    const counts = this.#counts.get(exchange);
    if (counts) counts[outcome]++;
  }
}

/** What was read, or what reading has ended in. */
type ReadText = { readonly text: string } | { readonly error: unknown };

async function textsOf(
  { files }: ConfiguredAccount,
  readFile: SecretFileReader,
): Promise<ReadonlyMap<string, ReadText>> {
  const entries = files.map(async ({ path }): Promise<[string, ReadText]> => {
    try {
      return [path, { text: await readFile(path) }];
    } catch (error) {
      return [path, { error }];
    }
  });
  return new Map(await Promise.all(entries));
}

/** @throws what reading has ended in */
function textIn(texts: ReadonlyMap<string, ReadText>, path: string): string {
  const read = texts.get(path);
  if (read && 'text' in read) return read.text;
  throw read?.error;
}

/** Only its kind: what it says may quote what must not be shown. */
function kindOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
