import type { Clock } from '@exchange-stream/market-data';
import { SlidingWindow } from '@exchange-stream/simulator/kit';
import type { LabLimits } from './lab.options.ts';

const MESSAGES_WINDOW_MS = 10_000;
const REQUESTS_WINDOW_MS = 60_000;

interface Counts {
  readonly connects: readonly SlidingWindow[];
  readonly messages: SlidingWindow;
  readonly requests: SlidingWindow;
}

/** What is counted by address. */
export class LabAddresses {
  private readonly byAddress = new Map<string, Counts>();

  constructor(
    private readonly clock: Clock,
    private readonly limits: LabLimits,
  ) {}

  /** Counts a handshake, a refused one too. @returns what is wrong with it, in words */
  connect(address: string): string | undefined {
    const { connects } = this.of(address);
    const counts = connects.map((window) => window.add());
    const index = this.limits.connects.findIndex(({ count }, rank) => (counts[rank] ?? 0) > count);
    const limit = this.limits.connects[index];
    return limit && `${counts[index]} handshakes within ${limit.windowMs} ms, ${limit.count} are allowed`;
  }

  /** Counts a message. @returns what is wrong with it, in words */
  message(address: string): string | undefined {
    const { messagesPerAddress } = this.limits;
    const count = this.of(address).messages.add();
    if (count <= messagesPerAddress) return undefined;
    return `${count} messages within ${MESSAGES_WINDOW_MS} ms, ${messagesPerAddress} are allowed`;
  }

  /** Counts a request. @returns the weight within the minute, this request included */
  request(address: string, weight: number): number {
    return this.of(address).requests.add(weight);
  }

  private of(address: string): Counts {
    const known = this.byAddress.get(address);
    if (known !== undefined) return known;
    const counts = {
      connects: this.limits.connects.map(({ windowMs }) => new SlidingWindow(this.clock, windowMs)),
      messages: new SlidingWindow(this.clock, MESSAGES_WINDOW_MS),
      requests: new SlidingWindow(this.clock, REQUESTS_WINDOW_MS),
    };
    this.byAddress.set(address, counts);
    return counts;
  }
}
