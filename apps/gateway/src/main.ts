import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { ADAPTERS } from '@exchange-stream/adapters';
import { ExchangeStreamService } from '@exchange-stream/nestjs';
import { InvalidOptionsError, SubscriptionRequestError } from '@exchange-stream/nestjs/engine';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { ConfigError } from './config/config-error.ts';
import { ConfigReload } from './config/config-reload.ts';
import type { GatewayConfig } from './config/gateway-config.ts';
import { configPath, loadConfig, type ConfigSources } from './config/load-config.ts';
import { APP_OPTIONS, configureApp } from './configure-app.ts';
import { CredentialFiles } from './credentials/credential-files.ts';
import { GatewayIdentity } from './gateway-identity.ts';
import { GatewayLifecycle } from './gateway-lifecycle.ts';
import { GatewayModule } from './gateway.module.ts';
import { PinoLogger } from './log/pino-logger.ts';

/** A reason not to start that its user can mend: shown as it is, without a stack. */
class StartError extends Error {}

async function main(): Promise<void> {
  const sources: ConfigSources = {
    env: process.env,
    argv: process.argv.slice(2),
    adapters: ADAPTERS,
    readFile: (path) => readFileSync(path, 'utf8'),
  };
  const config = loadConfig(sources);
  const logger = new PinoLogger(config.logLevel);
  const app = await NestFactory.create<NestExpressApplication>(GatewayModule.with(config), {
    ...APP_OPTIONS,
    logger,
    abortOnError: false,
  });
  configureApp(app);
  process.on('uncaughtException', (error) => {
    logger.fatal({ message: 'The gateway failed and ends', error }, 'Gateway');
    process.exit(1);
  });
  enforceDeadline(config, logger);
  if (configPath(sources) !== undefined) {
    const reload = new ConfigReload(config, sources, app.get(ExchangeStreamService), logger);
    reloadOnHangup(reload, app.get(CredentialFiles));
  }
  await listen(app, config);
  app.get(GatewayLifecycle).serve();
  const { server } = app.get(GatewayIdentity);
  const url = await app.getUrl();
  const exchanges = config.exchanges.join(', ');
  logger.log(`${server} listens on ${url} (feed /feed, docs /docs) for ${exchanges}`, 'Gateway');
}

async function listen(app: NestExpressApplication, { host, port }: GatewayConfig): Promise<void> {
  try {
    await app.listen(port, host);
  } catch (error) {
    await app.close();
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EADDRINUSE')
      throw new StartError(`PORT: ${port} on ${host} is taken; set PORT to a free one.`);
    if (code === 'EACCES')
      throw new StartError(`PORT: ${port} needs privileges; set PORT to one above 1023.`);
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
      throw new StartError(
        `HOST: ${host} is no address of this machine; set HOST to one, or to 0.0.0.0 for all.`,
      );
    }
    throw error;
  }
}

/** A stop is told of, ends by its deadline whatever hangs, and at once for one who asks twice. */
function enforceDeadline({ shutdownDeadlineMs }: GatewayConfig, logger: PinoLogger): void {
  let signals = 0;
  const onSignal = (signal: NodeJS.Signals): void => {
    signals++;
    if (signals > 1) process.exit(1);
    logger.log(`${signal}: stops, within ${shutdownDeadlineMs} ms`, 'Gateway');
    setTimeout(() => {
      logger.fatal(`The stop took longer than ${shutdownDeadlineMs} ms; exiting`, 'Gateway');
      process.exit(1);
    }, shutdownDeadlineMs).unref();
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}

/** SIGHUP means a stop to Nest, as it does where there is no file that could be read again. */
function reloadOnHangup(config: ConfigReload, credentials: CredentialFiles): void {
  process.removeAllListeners('SIGHUP');
  process.on('SIGHUP', () => {
    config.reload();
    void credentials.takeNow();
  });
}

main().catch((error: unknown) => {
  const known =
    error instanceof ConfigError ||
    error instanceof StartError ||
    error instanceof InvalidOptionsError ||
    error instanceof SubscriptionRequestError;
  const text = known
    ? error.message
    : error instanceof Error
      ? (error.stack ?? error.message)
      : String(error);
  process.stderr.write(`The gateway did not start.\n${text}\n`);
  process.exit(1);
});
