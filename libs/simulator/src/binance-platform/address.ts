/** What the address of a socket asks for. */
export interface StreamAddress {
  /** Wrapped frames, `{"stream":…,"data":…}`. */
  readonly combined: boolean;
  readonly streams: readonly string[];
}

/**
 * Reads `/ws`, `/ws/<stream>[/<stream>…]`, `/stream` and `/stream?streams=a/b/c`; undefined for other paths. A segment
 * that is no stream (`/ws/0`, by which some clients tell their sockets apart) is a stream that never sends.
 */
export function parseStreamAddress(path: string, query: URLSearchParams): StreamAddress | undefined {
  const [root, ...segments] = path.split('/').filter((segment) => segment !== '');
  if (root !== 'ws' && root !== 'stream') return undefined;
  const asked = root === 'ws' ? segments.map(decoded) : (query.get('streams') ?? '').split('/');
  return { combined: root === 'stream', streams: asked.filter((name) => name !== '') };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    // A stray percent sign: no stream is called so, and the silence of an unknown name is the answer.
    return segment;
  }
}
