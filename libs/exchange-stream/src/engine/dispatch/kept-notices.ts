import type { PlatformStatusEvent } from '@exchange-stream/market-data';

/** Notices that are kept; exchanges have a handful at a time. */
const MAX_NOTICES = 100;

/** The exchange's notices that are not over, for those who come later. */
export class KeptNotices {
  private readonly byId = new Map<string, PlatformStatusEvent>();
  /** Texts of what was told last of each id. */
  private readonly told = new Map<string, string>();

  /** Takes a notice up. Returns whether it says anything new: exchanges repeat all of them to whoever subscribes. */
  add(event: PlatformStatusEvent): boolean {
    const { id, state, text, begin, end } = event;
    const said = JSON.stringify([state, text, begin, end]);
    if (this.told.get(id) === said) return false;
    this.told.delete(id);
    this.told.set(id, said);
    if (this.told.size > MAX_NOTICES) this.forget(first(this.told.keys()));
    this.byId.delete(id);
    if (state === 'scheduled' || state === 'ongoing') this.byId.set(id, event);
    return true;
  }

  /** Those that are not over, the newest last. */
  current(): readonly PlatformStatusEvent[] {
    return [...this.byId.values()];
  }

  /** The newest of what goes on now, by the exchange's word or by the times that it gave. */
  ongoing(now: number): PlatformStatusEvent | undefined {
    const isOn = ({ state, begin, end = Infinity }: PlatformStatusEvent): boolean =>
      now < end && (state === 'ongoing' || (begin !== undefined && begin <= now));
    return this.current().findLast(isOn);
  }

  private forget(id: string | undefined): void {
    if (id === undefined) return;
    this.told.delete(id);
    this.byId.delete(id);
  }
}

function first<T>(values: Iterable<T>): T | undefined {
  for (const value of values) return value;
  return undefined;
}
