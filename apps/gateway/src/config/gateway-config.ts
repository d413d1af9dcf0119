import type { SubscriptionRequest } from '@exchange-stream/market-data';
import type { ExchangeSettings } from '@exchange-stream/nestjs';
import { parseProxy, PROXY_FORMS, type DefaultSubscription } from '@exchange-stream/nestjs/engine';
import {
  ArrayNotEmpty,
  IsArray,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsOptional,
  IsString,
  Matches,
  Max,
  Min,
  ValidateBy,
  type ValidationOptions,
} from 'class-validator';

import type { ConfiguredAccount } from '../credentials/configured-account.ts';

/** A URL of a proxy; the engine knows which it can go through. */
function IsProxy(options: ValidationOptions): PropertyDecorator {
  return ValidateBy(
    {
      name: 'isProxy',
      validator: {
        validate: (value: unknown) => typeof value === 'string' && parseProxy(value) !== undefined,
      },
    },
    options,
  );
}

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export const READINESS = ['gateway', 'any', 'all', 'critical'] as const;
export type Readiness = (typeof READINESS)[number];

/** `https://dashboard.example`: scheme, host and port, nothing behind. */
const ORIGIN = /^https?:\/\/[^\s/?#@]+$/;

/** Everything the gateway can be told, with what it does when told nothing. Each message says what the key takes. */
export class GatewayConfig {
  @IsInt({ message: 'a whole number from 0 to 65535; 0 takes any free port' })
  @Min(0, { message: 'a whole number from 0 to 65535; 0 takes any free port' })
  @Max(65_535, { message: 'a whole number from 0 to 65535; 0 takes any free port' })
  readonly port: number = 3000;

  @IsNotEmpty({ message: 'the address to listen on, such as 127.0.0.1 or 0.0.0.0' })
  @IsString({ message: 'the address to listen on, such as 127.0.0.1 or 0.0.0.0' })
  readonly host: string = '127.0.0.1';

  @IsIn(LOG_LEVELS, { message: `one of ${LOG_LEVELS.join(', ')}` })
  readonly logLevel: LogLevel = 'info';

  @IsInt({ message: 'milliseconds, a whole number from 1000 to 120000' })
  @Min(1_000, { message: 'milliseconds, a whole number from 1000 to 120000' })
  @Max(120_000, { message: 'milliseconds, a whole number from 1000 to 120000' })
  readonly shutdownDeadlineMs: number = 10_000;

  /** What it takes to be ready, besides serving: nothing, or exchanges, or the subscriptions in `readinessCritical`. */
  @IsIn(READINESS, { message: `one of ${READINESS.join(', ')}` })
  readonly readiness: Readiness = 'gateway';

  @IsArray({ message: 'origins such as https://dashboard.example, or none' })
  @Matches(ORIGIN, {
    each: true,
    message: 'origins such as https://dashboard.example: scheme, host and port only',
  })
  readonly feedOrigins: readonly string[] = [];

  @IsInt({ message: 'a whole number from 1 to 10000' })
  @Min(1, { message: 'a whole number from 1 to 10000' })
  @Max(10_000, { message: 'a whole number from 1 to 10000' })
  readonly feedMaxSubscriptions: number = 200;

  @IsInt({ message: 'bytes, a whole number from 16384 to 67108864' })
  @Min(16_384, { message: 'bytes, a whole number from 16384 to 67108864' })
  @Max(67_108_864, { message: 'bytes, a whole number from 16384 to 67108864' })
  readonly feedMaxPendingBytes: number = 1_048_576;

  @IsInt({ message: 'a whole number from 100 to 1000000' })
  @Min(100, { message: 'a whole number from 100 to 1000000' })
  @Max(1_000_000, { message: 'a whole number from 100 to 1000000' })
  readonly feedMaxPendingMessages: number = 10_000;

  @ArrayNotEmpty({ message: 'at least one exchange id' })
  readonly exchanges: readonly string[] = ['binance'];

  /** By exchange id. */
  readonly exchangeSettings: Readonly<Record<string, ExchangeSettings>> = {};

  /** Our accounts at the exchanges, and where their credentials stand. */
  readonly accounts: readonly ConfiguredAccount[] = [];

  /** Held from start to close. */
  readonly subscriptions: readonly DefaultSubscription[] = [];

  /** Must be subscribed and live for the gateway to be ready, if `readiness` is `critical`. */
  readonly readinessCritical: readonly SubscriptionRequest[] = [];

  /** Proxy for every exchange whose settings name none. */
  @IsOptional()
  @IsProxy({ message: `a proxy: ${PROXY_FORMS}` })
  readonly proxy?: string;

  /** Exchanges of which every frame is logged. */
  @IsArray({ message: 'ids of exchanges, or none' })
  readonly transportLog: readonly string[] = [];

  /** Where the subscriptions that REST adds are remembered; without it, until the stop. */
  @IsOptional()
  @IsNotEmpty({ message: 'the path of a file, such as /var/lib/gateway/subscriptions.json' })
  @IsString({ message: 'the path of a file, such as /var/lib/gateway/subscriptions.json' })
  readonly subscriptionsFile?: string;

  /** Where it is remembered what exchanges trade; without it, nowhere. */
  @IsOptional()
  @IsNotEmpty({ message: 'the path of a folder, such as /var/lib/gateway' })
  @IsString({ message: 'the path of a folder, such as /var/lib/gateway' })
  readonly instrumentsDir?: string;
}
