import type { Route } from '../route/exchange-route.ts';

/** Where a connection dials next, and what of that may be shown. */
export class DialAddress {
  /** Which of the route's URLs is next: the preferred one at first. */
  private index = 0;
  private found = '';

  /**
   * @param route asked anew each time
   * @param isFound the URL is found out before each attempt, in place of the route's; it may hold a token
   */
  constructor(
    private readonly route: () => Route,
    private readonly isFound: boolean,
  ) {}

  get url(): string {
    return this.isFound ? this.found : this.base;
  }

  /** Of the route's URLs the one that is next. */
  get base(): string {
    const { urls } = this.route();
    return urls[this.index % urls.length] ?? '';
  }

  get proxy(): string | undefined {
    return this.route().proxy;
  }

  /** Takes what was found out. Returns whether that is the URL of a WebSocket. */
  find(url: unknown): boolean {
    if (!isSocketUrl(url)) return false;
    this.found = url;
    return true;
  }

  /** The next attempt goes to the next URL. */
  failOver(): void {
    this.index++;
  }

  /** The next attempt goes to the preferred URL. */
  prefer(): void {
    this.index = 0;
  }

  /** A URL without what must not be shown. */
  shown(url: string): string {
    if (!this.isFound) return withoutCredentials(url);
    return url && new URL(url).origin;
  }
}

function isSocketUrl(url: unknown): url is string {
  return typeof url === 'string' && URL.canParse(url) && /^wss?:$/.test(new URL(url).protocol);
}

function withoutCredentials(url: string): string {
  const shown = new URL(url);
  shown.username = shown.password = '';
  shown.search = '';
  return shown.href;
}
