import { UseGuards, UsePipes } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { CandleEvent, StatusEvent, TradeEvent } from '@exchange-stream/market-data';
import { OnBook, OnCandle, OnStatus, OnTrade } from './decorators/handler.decorators.ts';
import { ExchangeStreamMetadataAccessor } from './exchange-stream-metadata.accessor.ts';
import { formatDecorator } from './handler/handler-metadata.ts';

const accessor = new ExchangeStreamMetadataAccessor(new Reflector());

class Handlers {
  @OnTrade({ exchange: 'lab', symbol: 'BTC/USDT', aggregated: true })
  @OnTrade({ exchange: 'lab', symbol: 'ETH/USDT', instance: 'second' })
  onTrade(_trade: TradeEvent): void {}

  @OnCandle({ exchange: 'lab', symbol: 'BTC/USDT', interval: '1m', params: { timezone: 'UTC' } })
  onCandle(_candle: CandleEvent): void {}

  @OnBook()
  onBook(): void {}

  @OnStatus({ exchange: 'lab', channel: 'book' })
  onStatus(_status: StatusEvent): void {}

  @UseGuards(
    class {
      canActivate = (): boolean => true;
    },
  )
  guarded(): void {}

  plain(): void {}
}

@UsePipes()
class Piped {
  plain(): void {}
}

describe('ExchangeStreamMetadataAccessor', () => {
  const { prototype } = Handlers;

  it('reads every decorator of a method, top first', () => {
    expect(accessor.handlersOf(prototype.onTrade)).toMatchObject([
      {
        decorator: 'OnTrade',
        receives: 'data',
        channel: 'trades',
        symbol: 'BTC/USDT',
        params: { aggregated: true },
      },
      { decorator: 'OnTrade', symbol: 'ETH/USDT', params: undefined, instance: 'second' },
    ]);
  });

  it('joins named and further parameters', () => {
    expect(accessor.handlersOf(prototype.onCandle)).toMatchObject([
      { channel: 'candles', params: { interval: '1m', timezone: 'UTC' } },
    ]);
  });

  it('knows wildcards and statuses', () => {
    expect(accessor.handlersOf(prototype.onBook)).toMatchObject([{ receives: 'data', channel: 'book' }]);
    expect(accessor.handlersOf(prototype.onStatus)).toMatchObject([
      { receives: 'status', channel: 'book', exchange: 'lab', symbol: undefined },
    ]);
  });

  it('finds nothing on what has no decorator', () => {
    expect(accessor.handlersOf(prototype.plain)).toEqual([]);
    expect(accessor.handlersOf(undefined)).toEqual([]);
  });

  it('sees what Nest has to run before a method', () => {
    expect(accessor.isEnhanced(Handlers, prototype.guarded)).toBe(true);
    expect(accessor.isEnhanced(Handlers, prototype.plain)).toBe(false);
    expect(accessor.isEnhanced(Piped, Piped.prototype.plain)).toBe(true);
  });

  it('refuses a decorator above something that is not a method', () => {
    expect(() => OnTrade()({}, 'price', {})).toThrow('@OnTrade() belongs above a method, not price.');
  });

  it('writes a decorator as its author did', () => {
    const [book] = accessor.handlersOf(prototype.onBook);
    const [candle] = accessor.handlersOf(prototype.onCandle);
    expect(book && formatDecorator(book)).toBe('@OnBook()');
    expect(candle && formatDecorator(candle)).toBe(
      '@OnCandle({"exchange":"lab","symbol":"BTC/USDT","timezone":"UTC","interval":"1m"})',
    );
  });
});
