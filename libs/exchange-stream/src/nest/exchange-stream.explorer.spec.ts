import { Logger, type LoggerService } from '@nestjs/common';
import { MetadataScanner, Reflector, type DiscoveryService } from '@nestjs/core';
import type { TradeEvent } from '@exchange-stream/market-data';
import { OnTrade } from './decorators/handler.decorators.ts';
import { ExchangeStreamMetadataAccessor } from './exchange-stream-metadata.accessor.ts';
import { ExchangeStreamExplorer } from './exchange-stream.explorer.ts';

class Base {
  @OnTrade()
  onTrade(_trade: TradeEvent): void {}

  @OnTrade()
  onBigTrade(_trade: TradeEvent): void {}
}

class Derived extends Base {
  /** Overridden without its decorator: not a handler any more. */
  override onBigTrade(): void {}

  get price(): never {
    throw new Error('Getters are not to be touched.');
  }
}

class Plain {
  method(): void {}
}

interface Wrapper {
  readonly token: unknown;
  readonly instance: unknown;
  readonly isStatic?: boolean;
  readonly isTransient?: boolean;
}

const warnings: string[] = [];
const logger: LoggerService = {
  log: () => undefined,
  error: () => undefined,
  warn: (message: string) => warnings.push(message),
};

function explore(...wrappers: Wrapper[]): ReturnType<ExchangeStreamExplorer['explore']> {
  const discovery = {
    getControllers: () => [],
    getProviders: () =>
      wrappers.map(({ isStatic = true, isTransient = false, ...wrapper }) => ({
        ...wrapper,
        isTransient,
        host: { name: 'TradingModule' },
        isDependencyTreeStatic: () => isStatic,
      })),
  } as unknown as DiscoveryService; // the part of it that is used
  const accessor = new ExchangeStreamMetadataAccessor(new Reflector());
  return new ExchangeStreamExplorer(discovery, new MetadataScanner(), accessor).explore();
}

describe('ExchangeStreamExplorer', () => {
  beforeAll(() => void Logger.overrideLogger(logger));
  afterAll(() => void Logger.overrideLogger(['error']));
  beforeEach(() => void warnings.splice(0));

  it('finds decorated methods, inherited ones too, and touches no getter', () => {
    const [derived, ...others] = explore(
      { token: Derived, instance: new Derived() },
      { token: Plain, instance: new Plain() },
      { token: 'a value', instance: 7 },
      { token: 'nothing', instance: undefined },
      { token: 'bare', instance: Object.create(null) },
    );
    expect(derived?.name).toBe('Derived');
    expect(derived?.methods.map(({ name }) => name)).toEqual(['onTrade']);
    expect(others).toEqual([]);
  });

  it('takes an instance once, whatever its tokens', () => {
    const instance = new Base();
    expect(explore({ token: Base, instance }, { token: 'alias', instance })).toHaveLength(1);
    expect(warnings).toEqual([]);
  });

  it('takes a token once, whatever its modules, and says so', () => {
    expect(
      explore({ token: Base, instance: new Base() }, { token: Base, instance: new Base() }),
    ).toHaveLength(1);
    expect(warnings).toEqual([expect.stringContaining('its handlers in TradingModule will not be called')]);
  });

  it('takes several providers of one class under tokens of their own', () => {
    expect(explore({ token: 'a', instance: new Base() }, { token: 'b', instance: new Base() })).toHaveLength(
      2,
    );
  });

  it('skips what does not live as long as the application, and names every method that falls silent', () => {
    expect(
      explore(
        { token: 'request', instance: new Base(), isStatic: false },
        { token: 'transient', instance: new Base(), isTransient: true },
      ),
    ).toEqual([]);
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toContain('Base.onTrade, Base.onBigTrade will never be called');
  });
});
