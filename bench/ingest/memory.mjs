/** Sockets and REST of memory, for what is measured behind them. */
/* global setImmediate */

/** Confirms what it is asked for, and knows who listens to a topic. */
export class MemorySockets {
  #listeners = new Map();

  /** @param acknowledge what answers a request: its frame as text, by the request's own */
  constructor(acknowledge = ({ id }) => JSON.stringify({ result: null, id })) {
    this.acknowledge = acknowledge;
  }

  open(_url, _options, handlers) {
    setImmediate(() => handlers.onOpen());
    return {
      send: (text) => {
        const request = JSON.parse(text);
        if (request.method === 'SUBSCRIBE') {
          for (const topic of request.params) this.#listeners.set(topic, handlers);
        }
        setImmediate(() => handlers.onFrame(Buffer.from(this.acknowledge(request)), false));
      },
      ping: () => undefined,
      pong: () => undefined,
      close: () => setImmediate(() => handlers.onClose(1000, '')),
      terminate: () => undefined,
      bufferedBytes: 0,
    };
  }

  listener(topic) {
    return this.#listeners.get(topic);
  }
}

/** The same answer to every request. */
export function memoryHttp(body) {
  return { request: () => Promise.resolve({ status: 200, headers: {}, body }) };
}
