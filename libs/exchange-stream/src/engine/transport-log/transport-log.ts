/** One thing that went over a socket, as it may be shown: without query strings, credentials and values named as secrets. */
export type TransportEntry = {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly exchange: string;
  /** Id of the connection. */
  readonly connection: string;
} & (
  | { readonly event: 'dial'; readonly url: string; readonly proxied: boolean }
  | { readonly event: 'open' }
  | {
      readonly event: 'sent' | 'received';
      /** Size of the whole frame. */
      readonly bytes: number;
      /**
       * Its beginning: text, or hexadecimal where `binary` is true, with `[redacted]` in place of secrets. Of a login only
       * that it is one, and likewise of binary frames that come during one.
       */
      readonly beginning: string;
      readonly binary: boolean;
    }
  | { readonly event: 'ping-sent' | 'ping-received' | 'pong-sent' | 'pong-received' }
  | { readonly event: 'error'; readonly message: string }
  /** We close, or cut the connection without a word. */
  | { readonly event: 'close-sent'; readonly code: number | undefined }
  | { readonly event: 'cut' }
  /** The last one of a socket. */
  | { readonly event: 'closed'; readonly code: number; readonly reason: string }
);

/** Is told everything that goes over the sockets, for whoever has to find out what an exchange really says. */
export type TransportLog = (entry: TransportEntry) => unknown;
