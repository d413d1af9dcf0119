import {
  Injectable,
  Logger,
  Module,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { ExchangeStream, getExchangeStreamToken } from '@exchange-stream/nestjs';
import { GatewayConfig } from '../config/gateway-config.ts';
import { CredentialFiles } from './credential-files.ts';
import { readSecretFile } from './read-secret-file.ts';

/** Looks at the files of credentials from start to stop. */
@Injectable()
class CredentialFilesRunner implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(private readonly files: CredentialFiles) {}

  onApplicationBootstrap(): void {
    this.files.start();
  }

  beforeApplicationShutdown(): void {
    this.files.stop();
  }
}

@Module({
  providers: [
    {
      provide: CredentialFiles,
      inject: [GatewayConfig, getExchangeStreamToken()],
      useFactory: ({ accounts }: GatewayConfig, stream: ExchangeStream) =>
        new CredentialFiles(accounts, stream, readSecretFile, new Logger('Credentials')),
    },
    CredentialFilesRunner,
  ],
  exports: [CredentialFiles],
})
export class CredentialsModule {}
