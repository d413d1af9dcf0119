import type { Environment, ExchangeAdapter } from '../../contract/index.ts';
import type { ExchangeSettings } from '../options.ts';

/** Where a connection or a request goes at this moment. */
export interface Route {
  /** Full URLs, preferred first; tried in turn. */
  readonly urls: readonly string[];
  /** URL of the proxy to dial through. May hold a password: show its host only. */
  readonly proxy?: string;
}

/** What in an exchange's settings decides where it is reached. */
export type RouteSettings = Pick<ExchangeSettings, 'environment' | 'urls' | 'proxy'>;

/**
 * Where one exchange is reached: its environment, its URLs, and the proxy in between. Whoever dials or asks reads it anew
 * each time, so that a change holds from the next attempt on.
 */
export class ExchangeRoute {
  constructor(
    private readonly adapter: ExchangeAdapter,
    private settings: RouteSettings,
    /** For exchanges whose settings name none. */
    private commonProxy: string | undefined,
  ) {}

  get environment(): Environment {
    return this.settings.environment ?? 'live';
  }

  /** URL of the proxy; undefined for the direct way. */
  get proxy(): string | undefined {
    const { proxy = this.commonProxy } = this.settings;
    return proxy === 'direct' ? undefined : proxy;
  }

  /** What is set now. */
  get current(): RouteSettings {
    return this.settings;
  }

  /** To an endpoint. */
  socket(endpointKey: string): Route {
    const endpoint = this.adapter.endpoints[endpointKey];
    return this.to(
      this.baseUrls(endpointKey, endpoint?.baseUrls).map((base) => base + (endpoint?.path ?? '')),
    );
  }

  /** To the REST interface: base URLs. */
  rest(): Route {
    return this.to(this.baseUrls('rest', this.adapter.rest.baseUrls));
  }

  change(change: Partial<RouteSettings>): void {
    this.settings = { ...this.settings, ...change };
  }

  changeCommonProxy(proxy: string | undefined): void {
    this.commonProxy = proxy;
  }

  private to(urls: readonly string[]): Route {
    const { proxy } = this;
    return proxy === undefined ? { urls } : { urls, proxy };
  }

  /** The user's URLs, without trailing slashes, else the exchange's own. */
  private baseUrls(
    key: string,
    own: Readonly<Record<Environment, readonly string[]>> | undefined,
  ): readonly string[] {
    const given = this.settings.urls?.[key];
    const urls = given === undefined ? (own?.[this.environment] ?? []) : [given].flat();
    return urls.map((url) => url.replace(/\/+$/, ''));
  }
}
