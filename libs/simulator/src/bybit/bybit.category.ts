/** What Bybit trades comes in categories: each has a socket of its own, and a symbol is unique in its category only. */
export const CATEGORIES = ['spot', 'linear', 'inverse', 'option', 'spread'] as const;
export type Category = (typeof CATEGORIES)[number];

/** What a socket serves: one category, or the notices of the platform. */
export type SocketKind = Category | 'status';

/** The socket that a path opens; undefined for a path that there is not. */
export function socketKind(path: string): SocketKind | undefined {
  if (path === '/v5/public/misc/status') return 'status';
  return CATEGORIES.find((category) => path === `/v5/public/${category}`);
}

export function isCategory(text: string | null): text is Category {
  return CATEGORIES.some((category) => category === text);
}

/** How the market tells symbols apart that several categories have, such as `linear:BTCUSDT`. */
export function marketSymbol(category: Category, symbol: string): string {
  return `${category}:${symbol}`;
}

/** Whether contracts have funding or delivery, positions and liquidations. */
export function isFutures(category: SocketKind): category is 'linear' | 'inverse' {
  return category === 'linear' || category === 'inverse';
}
