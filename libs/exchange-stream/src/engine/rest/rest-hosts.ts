import type { Clock } from '@exchange-stream/market-data';
import type { Route } from '../route/exchange-route.ts';

/** Where one request goes. */
export interface RestHost {
  /** Base URL. May hold a password. */
  readonly url: string;
  readonly proxy: string | undefined;
  /** Which of the route's URLs it is. */
  readonly index: number;
}

/** The base URLs of one exchange: the preferred one, the next while that does not answer, and back after a while. */
export class RestHosts {
  private index = 0;
  private avoidedSince = 0;

  constructor(
    /** Read anew before each request. */
    private readonly route: () => Route,
    /** How long after a failure of the preferred URL it is tried again. */
    private readonly preferAgainMs: number,
    private readonly clock: Clock,
  ) {}

  next(): RestHost {
    const { urls, proxy } = this.route();
    if (this.clock.monotonic() - this.avoidedSince >= this.preferAgainMs) this.index = 0;
    const { index } = this;
    return { url: urls[index % urls.length] ?? '', proxy, index };
  }

  /** A request got no answer there. */
  failed({ index }: RestHost): void {
    // Of several requests that fail together, one is enough to move on.
    if (index !== this.index) return;
    if (index === 0) this.avoidedSince = this.clock.monotonic();
    this.index++;
  }

  /** The preferred URL is next. */
  prefer(): void {
    this.index = 0;
  }
}
