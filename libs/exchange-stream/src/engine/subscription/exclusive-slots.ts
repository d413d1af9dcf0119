import { formatSubscription, isPrivateChannel, type SubscriptionRequest } from '@exchange-stream/market-data';
import type { ExchangeAdapter } from '../../contract/index.ts';
import { SubscriptionRequestError } from '../errors.ts';

/** Who holds a slot. */
interface Occupant {
  readonly key: string;
  readonly request: SubscriptionRequest;
  readonly holders: { readonly size: number };
}

/** Which variants of a channel are in each other's way, because the exchange streams only one for each symbol. */
export class ExclusiveSlots {
  private readonly occupants = new Map<string, Occupant>();

  constructor(private readonly adapter: ExchangeAdapter) {}

  /** The same text for all variants of which the exchange streams one; undefined where they go side by side. */
  slotOf({ channel, symbol }: SubscriptionRequest): string | undefined {
    const isExclusive =
      channel !== 'raw' &&
      !isPrivateChannel(channel) &&
      this.adapter.channels[channel]?.exclusive === 'exchange';
    return isExclusive ? JSON.stringify([this.adapter.exchange, channel, symbol]) : undefined;
  }

  /**
   * The refusal of a request whose slot another variant holds.
   * @param released keys of subscriptions about to lose one of their holders
   */
  conflictOf(
    request: SubscriptionRequest,
    key: string,
    released: ReadonlySet<string> = new Set(),
  ): SubscriptionRequestError | undefined {
    const slot = this.slotOf(request);
    const occupant = slot === undefined ? undefined : this.occupants.get(slot);
    if (!occupant || occupant.key === key) return undefined;
    if (released.has(occupant.key) && occupant.holders.size <= 1) return undefined;
    const count = occupant.holders.size;
    return conflict(
      request,
      `${formatSubscription(occupant.request)} (held ${count === 1 ? 'once' : `${count} times`})`,
    );
  }

  take(occupant: Occupant): void {
    const slot = this.slotOf(occupant.request);
    if (slot !== undefined) this.occupants.set(slot, occupant);
  }

  leave(occupant: Occupant): void {
    const slot = this.slotOf(occupant.request);
    if (slot !== undefined && this.occupants.get(slot) === occupant) this.occupants.delete(slot);
  }
}

/** Says that only one variant can be had, and which one is. */
export function conflict(request: SubscriptionRequest, holder: string): SubscriptionRequestError {
  return new SubscriptionRequestError(
    'CONFLICT',
    `${formatSubscription(request)} cannot go beside ${holder}: ${request.exchange} streams only one variant of ${request.channel} for each symbol. Release that one first.`,
  );
}
