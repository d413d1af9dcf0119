import type { ExchangeSettings } from '@exchange-stream/nestjs';
import type { Credentials } from '@exchange-stream/nestjs/contract';
import { DEFAULT_ACCOUNT } from '@exchange-stream/nestjs/engine';
import type { GatewayConfig } from '../config/gateway-config.ts';

/**
 * The settings of the exchanges with the credentials of their accounts: what the engine gets, and nobody else.
 * @throws ConfigError
 */
export function settingsWithCredentials({
  accounts,
  exchangeSettings,
}: GatewayConfig): Record<string, ExchangeSettings> {
  const settings: Record<string, ExchangeSettings> = { ...exchangeSettings };
  for (const of of accounts)
    settings[of.exchange] = withCredentials(settings[of.exchange] ?? {}, of.account, of.initial());
  return settings;
}

function withCredentials(
  settings: ExchangeSettings,
  account: string,
  credentials: Credentials,
): ExchangeSettings {
  if (account === DEFAULT_ACCOUNT) return { ...settings, credentials };
  return { ...settings, accounts: { ...settings.accounts, [account]: credentials } };
}
