import {
  formatSubscription,
  subscriptionKey,
  type AnyRequest,
  type Instrument,
  type SubscriptionRequest,
} from '@exchange-stream/market-data';
import { SubscriptionRequestError } from '../errors.ts';
import { conflict } from './exclusive-slots.ts';
import type { SubscriptionHandle } from './subscription-handle.ts';
import {
  checkTemplate,
  followsInstruments,
  isTemplate,
  symbolsOf,
  type DefaultSubscription,
  type SubscriptionTemplate,
} from './subscription-template.ts';

/** What replacing one list of subscriptions by another comes down to. Canonical requests, each once. */
export interface SubscriptionDiff {
  readonly added: readonly SubscriptionRequest[];
  readonly kept: readonly SubscriptionRequest[];
  readonly released: readonly SubscriptionRequest[];
  /** Those that the list names more than once; they count once. */
  readonly duplicates: readonly SubscriptionRequest[];
  /** Templates that stand for nothing now, though the instruments of their exchange are known. */
  readonly unmatched: readonly SubscriptionTemplate[];
  /** What an exchange lists anew and cannot be had, with the reason; of a new list, all or nothing is taken. */
  readonly refused: readonly { readonly request: SubscriptionRequest; readonly reason: string }[];
}

/** Who turns requests into subscriptions. */
export interface SubscriptionSource {
  canonical(request: AnyRequest): SubscriptionRequest;
  subscribe(request: SubscriptionRequest): SubscriptionHandle;
  /** What an exchange trades; undefined while it has not told. */
  instrumentsOf(exchange: string): readonly Instrument[] | undefined;
  /**
   * Judges what all symbols of a template share: exchange, channel, parameters.
   * @throws SubscriptionRequestError
   */
  checkChannel(request: Omit<SubscriptionRequest, 'symbol'>): void;
  /** What only one variant can have at a time: the same text for all that are in each other's way. */
  slotOf(canonical: SubscriptionRequest): string | undefined;
  /**
   * Says which subscription, if any, a request cannot go beside.
   * @param released keys of subscriptions about to lose one of their holders
   */
  conflictOf(
    canonical: SubscriptionRequest,
    released: ReadonlySet<string>,
  ): SubscriptionRequestError | undefined;
}

interface Refused {
  readonly request: SubscriptionRequest;
  readonly error: SubscriptionRequestError;
}

/** A list, spelled out. */
interface Wanted {
  /** Canonical requests by key. */
  readonly requests: ReadonlyMap<string, SubscriptionRequest>;
  /** The canonical key of every spelling. */
  readonly spellings: ReadonlyMap<string, string>;
  readonly duplicates: readonly SubscriptionRequest[];
  readonly unmatched: readonly SubscriptionTemplate[];
  /** What cannot be had of an instrument that a template stands for. */
  readonly refused: readonly Refused[];
}

/** The subscriptions that an instance keeps by itself, as a list that can be replaced by another. */
export class DefaultSubscriptions {
  private readonly handles = new Map<string, SubscriptionHandle>();
  private list: readonly DefaultSubscription[] = [];
  private spellings: ReadonlyMap<string, string> = new Map();

  constructor(private readonly source: SubscriptionSource) {}

  /**
   * Holds what this list stands for and nothing else.
   * @throws SubscriptionRequestError before anything is changed
   */
  replace(list: readonly DefaultSubscription[]): SubscriptionDiff {
    const wanted = this.spellOut(list);
    const [refused] = wanted.refused;
    if (refused) throw refused.error;
    const released = this.goneFrom(wanted);
    this.refuseRivals(wanted.requests.values());
    for (const [key, request] of wanted.requests) {
      const refusal = this.handles.has(key) ? undefined : this.source.conflictOf(request, released);
      if (refusal) throw refusal;
    }
    this.list = list;
    return this.apply(wanted, []);
  }

  /** Spells the list out again where it names what an exchange lists: its instruments are known, or known anew. */
  instrumentsChanged(exchange: string): SubscriptionDiff | undefined {
    const follows = (entry: DefaultSubscription): boolean =>
      isTemplate(entry) && entry.exchange === exchange && followsInstruments(entry);
    if (!this.list.some(follows)) return undefined;
    const wanted = this.spellOut(this.list);
    const released = this.goneFrom(wanted);
    const refused = wanted.refused.map(({ request, error }) => ({ request, reason: error.message }));
    for (const [key, request] of wanted.requests) {
      const refusal = this.handles.has(key) ? undefined : this.source.conflictOf(request, released);
      if (refusal) refused.push({ request, reason: refusal.message });
    }
    return this.apply(wanted, refused);
  }

  private spellOut(list: readonly DefaultSubscription[]): Wanted {
    const requests = new Map<string, SubscriptionRequest>();
    const spellings = new Map<string, string>();
    const duplicates = new Map<string, SubscriptionRequest>();
    const unmatched: SubscriptionTemplate[] = [];
    const refused: Refused[] = [];
    for (const entry of list) {
      const spelled = isTemplate(entry) ? this.requestsOf(entry, unmatched) : [entry];
      for (const request of spelled) {
        const canonical = this.canonicalOr(request, isTemplate(entry), refused);
        if (!canonical) continue;
        const key = subscriptionKey(canonical);
        if (requests.has(key)) duplicates.set(key, canonical);
        spellings.set(spellingOf(request), key);
        requests.set(key, canonical);
      }
    }
    return { requests, spellings, duplicates: [...duplicates.values()], unmatched, refused };
  }

  /** What the exchange lists may be of a kind of which it has no such channel: that must not stop all others. */
  private canonicalOr(
    request: AnyRequest,
    isOfTemplate: boolean,
    refused: Refused[],
  ): SubscriptionRequest | undefined {
    try {
      return this.canonical(request);
    } catch (error) {
      if (!isOfTemplate || !(error instanceof SubscriptionRequestError) || !('symbol' in request))
        throw error;
      refused.push({ request, error });
      return undefined;
    }
  }

  private requestsOf(
    template: SubscriptionTemplate,
    unmatched: SubscriptionTemplate[],
  ): SubscriptionRequest[] {
    checkTemplate(template);
    const { exchange, channel, params } = template;
    const instruments = this.source.instrumentsOf(exchange);
    this.source.checkChannel(template);
    const symbols = symbolsOf(template, instruments ?? []);
    if (symbols.length === 0 && (instruments || !followsInstruments(template))) unmatched.push(template);
    return symbols.map((symbol) => ({ exchange, channel, symbol, ...(params && { params }) }));
  }

  /** Two variants in one list, of which the exchange streams only one. */
  private refuseRivals(requests: Iterable<SubscriptionRequest>): void {
    const taken = new Map<string, SubscriptionRequest>();
    for (const request of requests) {
      const slot = this.source.slotOf(request);
      if (slot === undefined) continue;
      const rival = taken.get(slot);
      if (rival) throw conflict(request, formatSubscription(rival));
      taken.set(slot, request);
    }
  }

  private goneFrom({ requests }: Wanted): ReadonlySet<string> {
    return new Set([...this.handles.keys()].filter((key) => !requests.has(key)));
  }

  private apply(
    { requests, spellings, duplicates, unmatched }: Wanted,
    refused: SubscriptionDiff['refused'],
  ): SubscriptionDiff {
    const held = this.handles;
    const out = new Set(refused.map(({ request }) => subscriptionKey(request)));
    const wanted = [...requests].filter(([key]) => !out.has(key));
    const gone = [...held.values()].filter(({ key }) => !requests.has(key));
    const added = wanted.filter(([key]) => !held.has(key)).map(([, request]) => request);
    const kept = wanted.filter(([key]) => held.has(key)).map(([, request]) => request);
    // The new before the old is released: a topic that both share stays on the wire. But where only one of them may be,
    // the old gives way.
    const slots = new Set(added.map((request) => this.source.slotOf(request)));
    for (const handle of gone) {
      const slot = this.source.slotOf(handle.request);
      if (slot !== undefined && slots.has(slot)) this.release(handle);
    }
    for (const request of added) {
      const handle = this.source.subscribe(request);
      held.set(handle.key, handle);
    }
    for (const handle of gone) this.release(handle);
    this.spellings = spellings;
    return { added, kept, released: gone.map(({ request }) => request), duplicates, unmatched, refused };
  }

  private release(handle: SubscriptionHandle): void {
    if (this.handles.delete(handle.key)) void handle.unsubscribe();
  }

  /**
   * What is held is not judged again: a symbol that was delisted since must not stand in the way of every later list that
   * still names it.
   */
  private canonical(request: AnyRequest): SubscriptionRequest {
    const key = this.spellings.get(spellingOf(request));
    const held = key === undefined ? undefined : this.handles.get(key);
    return held?.request ?? this.source.canonical(request);
  }
}

/** Tells requests apart as they are written down. */
function spellingOf(request: AnyRequest): string {
  if ('symbol' in request) return subscriptionKey(request);
  const { exchange, channel, ...others } = request;
  return JSON.stringify([exchange, channel, others]);
}
