import { isDeepStrictEqual } from 'node:util';
import type { LoggerService } from '@nestjs/common';
import { SubscriptionRequestError, type ExchangeStream } from '@exchange-stream/nestjs/engine';
import { ConfigError } from './config-error.ts';
import type { GatewayConfig } from './gateway-config.ts';
import { loadConfig, type ConfigSources } from './load-config.ts';
import { SETTINGS } from './settings.ts';

const CONTEXT = 'Configuration';

/**
 * Reads the configuration again while the gateway runs. Its list of subscriptions takes effect, as a difference; other
 * keys are made of sockets and modules that stand, and take effect with a restart. Nothing here ends the gateway.
 */
export class ConfigReload {
  constructor(
    private readonly running: GatewayConfig,
    private readonly sources: ConfigSources,
    private readonly stream: Pick<ExchangeStream, 'setDefaults'>,
    private readonly logger: LoggerService,
  ) {}

  reload(): void {
    try {
      const config = loadConfig(this.sources, false);
      this.reportOthers(config);
      const { added, released, kept, unmatched } = this.stream.setDefaults(config.subscriptions);
      this.logger.log(
        `Read again; subscriptions: ${added.length} added, ${released.length} released, ${kept.length} kept`,
        CONTEXT,
      );
      for (const template of unmatched) {
        this.logger.warn({ message: 'No listed instrument is meant by a template', template }, CONTEXT);
      }
    } catch (error) {
      const isOfTheUser = error instanceof ConfigError || error instanceof SubscriptionRequestError;
      const reason = isOfTheUser ? error.message : error;
      this.logger.error({ message: 'Read again, and nothing is changed', reason }, CONTEXT);
    }
  }

  private reportOthers(config: GatewayConfig): void {
    const changed = SETTINGS.filter(({ property }) => this.isChanged(config, property)).map(({ file }) =>
      file.join('.'),
    );
    const moved = !isDeepStrictEqual(placesOf(config), placesOf(this.running));
    if (moved || this.isChanged(config, 'exchanges') || this.isChanged(config, 'exchangeSettings')) {
      changed.push('exchanges');
    }
    if (changed.length > 0) {
      this.logger.warn(`Changed keys that take effect with a restart: ${changed.join(', ')}`, CONTEXT);
    }
  }

  private isChanged(config: GatewayConfig, property: keyof GatewayConfig): boolean {
    return !isDeepStrictEqual(config[property], this.running[property]);
  }
}

/** Where credentials stand; what they are is looked after elsewhere. */
function placesOf({ accounts }: GatewayConfig): unknown {
  return accounts.map(({ exchange, account, files }) => ({ exchange, account, files }));
}
