import { Injectable } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import type {
  BalanceEvent,
  FillEvent,
  OrderEvent,
  PositionEvent,
  StatusEvent,
} from '@exchange-stream/market-data';
import {
  ExchangeStreamModule,
  OnBalance,
  OnFill,
  OnOrder,
  OnPosition,
  OnStatus,
} from '@exchange-stream/nestjs';
import { AccountWorld, accountAdapter, fill, order } from '../engine/private/account-exchange.ts';
import { FakeSocket } from '../engine/fake-exchange.ts';

@Injectable()
class Desk {
  readonly seen: string[] = [];

  @OnOrder({ exchange: 'fake' })
  onOrder({ id, account }: OrderEvent): void {
    this.seen.push(`${account} order ${id}`);
  }

  @OnOrder({ account: 'main' })
  onMain({ id }: OrderEvent): void {
    this.seen.push(`heard of main ${id}`);
  }

  @OnFill({ exchange: 'fake' }, { capacity: 100 })
  onFill({ id }: FillEvent): void {
    this.seen.push(`fill ${id}`);
  }

  @OnBalance()
  onBalance({ asset, free }: BalanceEvent): void {
    this.seen.push(`${asset} ${free}`);
  }

  @OnStatus({ channel: 'orders' })
  onStatus({ state }: StatusEvent): void {
    this.seen.push(state);
  }
}

/** An application over the sockets of a world. */
async function start(world: AccountWorld, provider: new () => object): Promise<TestingModule> {
  const { clock } = world;
  const module = await Test.createTestingModule({
    imports: [
      ExchangeStreamModule.forRoot({
        exchanges: [accountAdapter()],
        settings: {
          fake: { credentials: { key: 'k', secret: 's' }, accounts: { main: { key: 'm', secret: 's' } } },
        },
        platform: {
          clock,
          random: { next: () => 0.5 },
          http: { request: (request) => world.respond(request) },
          sockets: {
            open: (url, options, handlers) => {
              const socket = new FakeSocket(url, clock, handlers, options);
              world.sockets.push(socket);
              return socket;
            },
          },
        },
      }),
    ],
    providers: [provider],
  }).compile();
  await module.init();
  return module;
}

describe('handlers of what an account has', () => {
  test('are called with whole states first, then with changes, in order with their status', async () => {
    const world = new AccountWorld();
    const module = await start(world, Desk);
    const desk = module.get(Desk);
    for (let round = 0; round < 4; round++) {
      await world.settle();
      if (!world.socket.accepted) world.socket.accept();
      await world.settle();
      world.socket.ackAll();
      await world.clock.advance(500);
    }
    world.socket.push({ topic: 'orders', snapshot: true, rows: [order('1')] });
    world.socket.push({ topic: 'fills', rows: [fill(9)] });
    world.socket.push({
      topic: 'balances',
      snapshot: true,
      rows: [{ type: 'balance', asset: 'BTC', free: '1', locked: '0' }],
    });
    expect(desk.seen).toEqual(['syncing', 'default order 1', 'live', 'fill 9']);
    const closed = module.close();
    await world.clock.advance(10_000);
    await closed;
  });

  test('cannot ask for what the exchange does not tell', async () => {
    @Injectable()
    class Wrong {
      @OnPosition({ exchange: 'fake', account: 'main' })
      onPosition(_event: PositionEvent): void {
        // Never called.
      }
    }
    await expect(start(new AccountWorld(), Wrong)).rejects.toThrow(
      '@OnPosition({"exchange":"fake","account":"main"}) above Wrong.onPosition cannot work: fake has no channel "positions".',
    );
  });
});
