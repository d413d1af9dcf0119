import { CHANNEL_OF_EVENT, type Channel, type MarketEvent } from '@exchange-stream/market-data';
import type { HandlerLane } from './handler-lane.ts';

/** What the events of one lane have in common. */
export interface LaneKey {
  readonly exchange: string;
  readonly channel: Channel;
  readonly symbol: string;
  readonly nativeSymbol: string;
}

/** Lanes by what an event says of itself; finding one builds no key, because it happens for every event. */
export class LaneMap {
  private readonly byChannel = new Map<Channel, Map<string, Map<string, HandlerLane>>>();
  private readonly entries: { readonly key: LaneKey; readonly lane: HandlerLane }[] = [];

  constructor(private readonly create: (key: LaneKey) => HandlerLane) {}

  of(event: MarketEvent): HandlerLane {
    const channel = event.type === 'status' ? event.channel : CHANNEL_OF_EVENT[event.type];
    const { exchange, symbol, nativeSymbol } = event;
    const lane = this.byChannel.get(channel)?.get(exchange)?.get(symbol);
    return lane ?? this.add({ exchange, channel, symbol, nativeSymbol });
  }

  all(): readonly { readonly key: LaneKey; readonly lane: HandlerLane }[] {
    return this.entries;
  }

  private add(key: LaneKey): HandlerLane {
    const lane = this.create(key);
    const byExchange = this.byChannel.get(key.channel) ?? new Map<string, Map<string, HandlerLane>>();
    const bySymbol = byExchange.get(key.exchange) ?? new Map<string, HandlerLane>();
    this.byChannel.set(key.channel, byExchange.set(key.exchange, bySymbol.set(key.symbol, lane)));
    this.entries.push({ key, lane });
    return lane;
  }
}
