/** What must show up nowhere, each value once: which one is found says what has leaked. */
export const CANARIES = {
  refused: {
    key: 'canary-refused-key-1f9c',
    secret: 'canary-refused-secret-77ab',
    passphrase: 'canary-refused-phrase-e0d4',
  },
  accepted: {
    key: 'canary-accepted-key-2b0a',
    secret: 'canary-accepted-secret-9d31',
    passphrase: 'canary-accepted-phrase-c55e',
  },
  ofToken: { key: 'canary-token-key-8e17', secret: 'canary-token-secret-41fd' },
  withoutToken: { key: 'canary-barred-key-63c2', secret: 'canary-barred-secret-f00b' },
  token: { value: 'canary-token-value-a7b8' },
  proxy: { user: 'canary-proxy-user-30aa', password: 'canary-proxy-password-be4e' },
  url: { query: 'canary-url-query-5d5d', user: 'canary-url-user-19ce', closedPort: 'canary-url-port-7a3f' },
  frame: { sent: 'canary-frame-sent-e2c9', received: 'canary-frame-received-84d6' },
  page: { key: 'canary-page-key-0c0c', link: 'canary-page-link-d1d1' },
  user: { lookup: 'canary-user-lookup-6f6f', login: 'canary-user-login-b2b2' },
} as const;

/** Every canary by its name. */
export const NAMED: ReadonlyMap<string, string> = new Map(
  Object.entries(CANARIES).flatMap(([group, values]) =>
    Object.entries(values).map(([name, value]): [string, string] => [`${group}.${name}`, value]),
  ),
);

/** Names of the canaries that stand in a text, as they are or as some encoding has them. */
export function canariesIn(text: string): string[] {
  const found: string[] = [];
  for (const [name, value] of NAMED) {
    const bytes = Buffer.from(value);
    const forms = [
      value,
      encodeURIComponent(value),
      bytes.toString('hex'),
      bytes.toString('base64').slice(0, -4),
    ];
    if (forms.some((form) => text.includes(form))) found.push(name);
  }
  return found;
}
