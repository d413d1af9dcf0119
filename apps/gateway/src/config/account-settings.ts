import { ACCOUNT_NAME_FORM, DEFAULT_ACCOUNT, isAccountName } from '@exchange-stream/nestjs/engine';
import {
  ConfiguredAccount,
  CREDENTIAL_PARTS,
  type CredentialPart,
  type SecretPlace,
} from '../credentials/configured-account.ts';
import type { ConfigProblem } from './config-error.ts';
import { isTree, unknownKeys, type FileTree } from './config-file.ts';
import { commaList } from './settings.ts';

type Places = Partial<Record<CredentialPart, SecretPlace>>;

const VARIABLE_OF: Readonly<Record<CredentialPart, string>> = {
  key: 'API_KEY',
  secret: 'API_SECRET',
  passphrase: 'API_PASSPHRASE',
};
const FILE_KEY_OF: Readonly<Record<CredentialPart, string>> = {
  key: 'keyFile',
  secret: 'secretFile',
  passphrase: 'passphraseFile',
};
const FILE_KEYS = Object.values(FILE_KEY_OF);

/** The beginning of an exchange's variables: `BINANCE` for `binance`. */
export function variablePrefix(exchange: string): string {
  return exchange.toUpperCase().replaceAll('-', '_');
}

/** Names the further accounts of an exchange: `BINANCE_ACCOUNTS`. */
export function accountsVariable(exchange: string): string {
  return `${variablePrefix(exchange)}_ACCOUNTS`;
}

/**
 * The variables that credentials stand in, and with `_FILE` behind them name files that hold them: `BINANCE_API_KEY`, or
 * `BINANCE_ACCOUNT_HEDGE_API_KEY` for the account `hedge`.
 */
export function credentialVariables(
  exchange: string,
  account: string = DEFAULT_ACCOUNT,
): Record<CredentialPart, string> {
  const prefix = variablePrefix(exchange);
  const ofAccount =
    account === DEFAULT_ACCOUNT
      ? prefix
      : `${prefix}_ACCOUNT_${account.toUpperCase().replaceAll(/[-.]/g, '_')}`;
  const name = (part: CredentialPart): string => `${ofAccount}_${VARIABLE_OF[part]}`;
  return { key: name('key'), secret: name('secret'), passphrase: name('passphrase') };
}

/** Where one exchange's accounts are told of. */
export interface AccountSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The exchange's part of the file. */
  readonly file: unknown;
  readonly readFile: (path: string) => string;
}

/** Reads where the credentials of one exchange stand, not what they are. Says what is wrong, and never a value. */
export function readAccounts(
  exchange: string,
  sources: AccountSources,
  problems: ConfigProblem[],
): ConfiguredAccount[] {
  const reader = new AccountsReader(exchange, sources, problems);
  return reader.read();
}

class AccountsReader {
  private readonly file: FileTree;
  private readonly path: string;

  constructor(
    private readonly exchange: string,
    private readonly sources: AccountSources,
    private readonly problems: ConfigProblem[],
  ) {
    this.file = isTree(sources.file) ? sources.file : {};
    this.path = `exchanges.${exchange}`;
  }

  read(): ConfiguredAccount[] {
    const ofFile = this.accountsOfFile();
    const names = this.names(Object.keys(ofFile));
    this.refuseStrayVariables(names);
    const accounts = [this.account(DEFAULT_ACCOUNT, 'credentials', this.file.credentials)];
    for (const name of names) accounts.push(this.account(name, `accounts.${name}`, ofFile[name]));
    return accounts.filter((account) => account !== undefined);
  }

  private accountsOfFile(): FileTree {
    const { accounts } = this.file;
    if (accounts === undefined || accounts === null) return {};
    if (isTree(accounts)) return accounts;
    const message = `takes names of accounts, each with the keys ${FILE_KEYS.join(', ')}`;
    this.problems.push({ key: `${this.path}.accounts`, message });
    return {};
  }

  /** Like exchanges: those of the environment, or else those of the file. */
  private names(ofFile: readonly string[]): string[] {
    const variable = accountsVariable(this.exchange);
    const ofEnvironment = commaList(this.sources.env[variable] ?? '');
    const [names, key] =
      ofEnvironment.length > 0 ? [ofEnvironment, variable] : [ofFile, `${this.path}.accounts`];
    const taken = new Set<string>();
    return [...new Set(names)].filter((name) => {
      // Not the name itself: it may be a key in the wrong place.
      if (!isAccountName(name) || name === DEFAULT_ACCOUNT) {
        const message = `a name that none can have; takes ${ACCOUNT_NAME_FORM}, and not "${DEFAULT_ACCOUNT}"`;
        this.problems.push({ key, message });
        return false;
      }
      const { key: ofKey } = credentialVariables(this.exchange, name);
      if (taken.has(ofKey)) this.problems.push({ key, message: `two accounts have the variable ${ofKey}` });
      taken.add(ofKey);
      return true;
    });
  }

  /** A variable of an account that is not listed would be passed over, and nobody would know why. */
  private refuseStrayVariables(names: readonly string[]): void {
    const prefix = `${variablePrefix(this.exchange)}_ACCOUNT_`;
    const known = names.flatMap((name) => Object.values(credentialVariables(this.exchange, name)));
    const endings = Object.values(VARIABLE_OF).flatMap((name) => [`_${name}`, `_${name}_FILE`]);
    for (const [variable, value] of Object.entries(this.sources.env)) {
      if (value === undefined || value === '' || !variable.startsWith(prefix)) continue;
      if (!endings.some((ending) => variable.endsWith(ending))) continue;
      if (known.includes(variable.replace(/_FILE$/, ''))) continue;
      const message = `its account is not listed in ${accountsVariable(this.exchange)}`;
      this.problems.push({ key: variable, message });
    }
  }

  private account(name: string, fileKey: string, ofFile: unknown): ConfiguredAccount | undefined {
    const variables = credentialVariables(this.exchange, name);
    const problemsBefore = this.problems.length;
    const fromFile = this.placesOfFile(`${this.path}.${fileKey}`, ofFile);
    const fromEnvironment = this.placesOfEnvironment(variables);
    // One or the other as a whole: half of each would be nobody's credentials.
    const isOfEnvironment = Object.keys(fromEnvironment).length > 0;
    const places = isOfEnvironment ? fromEnvironment : fromFile;
    const wanted = name !== DEFAULT_ACCOUNT || Object.keys(places).length > 0 || isTree(ofFile);
    if (!wanted || this.problems.length > problemsBefore) return undefined;
    const isFile = !isOfEnvironment && ofFile !== undefined;
    const missing = (['key', 'secret'] as const).filter((part) => !places[part]);
    for (const part of missing) {
      this.problems.push(
        isFile
          ? {
              key: `${this.path}.${fileKey}.${FILE_KEY_OF[part]}`,
              message: 'is missing; takes the path of a file',
            }
          : {
              key: variables[part],
              message: `is missing, and so is ${variables[part]}_FILE; takes one of the two`,
            },
      );
    }
    if (missing.length > 0) return undefined;
    return new ConfiguredAccount(this.exchange, name, places, this.sources.readFile);
  }

  private placesOfEnvironment(variables: Readonly<Record<CredentialPart, string>>): Places {
    const { env } = this.sources;
    const places: Places = {};
    for (const part of CREDENTIAL_PARTS) {
      const name = variables[part];
      const ofFile = `${name}_FILE`;
      const path = env[ofFile]?.trim() ?? '';
      const value = env[name] ?? '';
      if (path !== '' && value !== '')
        this.problems.push({ key: ofFile, message: `stands beside ${name}; takes one of the two` });
      if (path !== '') places[part] = { name: ofFile, from: { file: path } };
      else if (value !== '') places[part] = { name, from: () => value };
    }
    return places;
  }

  private placesOfFile(prefix: string, tree: unknown): Places {
    if (tree === undefined || tree === null) return {};
    if (!isTree(tree)) {
      this.problems.push({ key: prefix, message: `takes the keys ${FILE_KEYS.join(', ')}` });
      return {};
    }
    this.problems.push(...unknownKeys(tree, FILE_KEYS, `${prefix}.`));
    const places: Places = {};
    for (const part of CREDENTIAL_PARTS) {
      const name = `${prefix}.${FILE_KEY_OF[part]}`;
      const path = tree[FILE_KEY_OF[part]];
      if (path === undefined || path === null) continue;
      if (typeof path === 'string' && path.trim() !== '')
        places[part] = { name, from: { file: path.trim() } };
      else this.problems.push({ key: name, message: 'takes the path of a file' });
    }
    return places;
  }
}
