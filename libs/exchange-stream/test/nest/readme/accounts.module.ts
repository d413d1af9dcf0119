import { readFile } from 'node:fs/promises';
import { Global, Injectable, Module } from '@nestjs/common';
import { binance } from '@exchange-stream/adapters';
import { CredentialsProvider, ExchangeStreamModule, ExchangeStreamService } from '@exchange-stream/nestjs';
import type { Credentials } from '@exchange-stream/nestjs/contract';

function fromEnvironment(): Credentials {
  const { BINANCE_KEY: key, BINANCE_SECRET: secret } = process.env;
  if (!key || !secret) throw new Error('BINANCE_KEY and BINANCE_SECRET have to be set.');
  return { key, secret };
}

/** Asked, for every socket that logs in, for accounts that the settings say nothing of. */
@Injectable()
export class Vault extends CredentialsProvider {
  async credentialsOf(exchange: string, account: string): Promise<Credentials> {
    return JSON.parse(await readFile(`/run/secrets/${exchange}-${account}.json`, 'utf8')) as Credentials;
  }
}

@Global()
@Module({
  providers: [{ provide: CredentialsProvider, useClass: Vault }],
  exports: [CredentialsProvider],
})
export class VaultModule {}

@Injectable()
export class Desk {
  constructor(private readonly stream: ExchangeStreamService) {}

  /** Why an account cannot be used at this moment, in words. */
  obstacle(exchange: string, account?: string): string | undefined {
    const { canUse, reason } = this.stream.canUseAuthenticated(exchange, account);
    return canUse ? undefined : reason;
  }

  /** The vault holds other credentials: connections log in with them before the old ones close. */
  rotate(exchange: string, account?: string): void {
    this.stream.manager(exchange).setCredentials(undefined, account);
  }
}

@Module({
  imports: [
    VaultModule,
    ExchangeStreamModule.forRoot({
      exchanges: [binance()],
      // The account of subscriptions that name none. All others are the vault's.
      settings: { binance: { credentials: fromEnvironment } },
    }),
  ],
  providers: [Desk],
})
export class AccountsModule {}
