import type { ControlFrame, Refusal, Sink, Stream } from '@exchange-stream/nestjs/contract';
import { isWireObject } from '../decoder/fields.ts';
import { paramsOf, wishOf } from './kraken.topics.ts';
import type { WireMessage } from './kraken.wire.ts';

/** Requests whose answers are remembered as waited for; those whose answer is lost are forgotten when so many came later. */
const MAX_ASKED = 1_000;

const MAX_MESSAGE_LENGTH = 256;

/** Too many messages, and the engine is not there: the same request may pass a little later. */
const TEMPORARY = /^(?:Exceeded msg rate|EService:|EOrder:Rate limit exceeded)/i;

/** What is there already is what was asked for. */
const ALREADY = /^Already subscribed/i;

type Method = 'subscribe' | 'unsubscribe';

/** Of a channel without symbols. */
const NO_SYMBOL = '';

/**
 * What was asked for on one connection. Kraken answers each symbol of a request by itself, all of them with the id of the
 * request: so some may be taken and others refused.
 */
export class Requests<S extends Stream> {
  /** Symbols whose answer has not come, by the id of the request. */
  private readonly asked = new Map<string, Set<string>>();
  /** Ids of requests whose answer nobody waits for. */
  private readonly inPassing = new Set<string>();

  /**
   * The messages that ask for topics, or give them back: one for all symbols of a channel that want the same of it.
   * @param nextId ids are whole numbers of 32 bits, as Kraken wants them
   */
  ask(method: Method, topics: readonly string[], nextId: () => unknown): ControlFrame[] {
    const groups = new Map<string, { params: object; symbols: string[]; topics: string[] }>();
    for (const topic of topics) {
      // What is no topic names a channel that Kraken does not have, and refuses.
      const wish = wishOf(topic) ?? { channel: topic, params: {} };
      const params = { channel: wish.channel, ...paramsOf(wish) };
      const key = JSON.stringify(params);
      const group = groups.get(key) ?? { params, symbols: [], topics: [] };
      groups.set(key, group);
      group.symbols.push(wish.symbol ?? NO_SYMBOL);
      group.topics.push(topic);
    }
    return [...groups.values()].map((group) => {
      const id = Number(nextId());
      this.remember(String(id), group.symbols);
      const symbol = group.symbols.filter((name) => name !== NO_SYMBOL);
      const params = { ...group.params, ...(symbol.length > 0 && { symbol }) };
      return {
        frame: JSON.stringify({ method, params, req_id: id }),
        replies: group.symbols.map((name, index) => ({
          key: keyOf(String(id), name),
          topics: group.topics.slice(index, index + 1),
        })),
      };
    });
  }

  /** A message that asks for a channel whatever Kraken says to it: nobody waits for the answer. */
  askInPassing(channel: string, nextId: () => unknown): ControlFrame {
    const id = Number(nextId());
    this.inPassing.add(String(id));
    const [oldest] = this.inPassing;
    if (this.inPassing.size > MAX_ASKED && oldest !== undefined) this.inPassing.delete(oldest);
    return { frame: JSON.stringify({ method: 'subscribe', params: { channel }, req_id: id }), replies: [] };
  }

  /** What comes unasked is confirmed by a sign of life: there is nothing else to say of it. */
  ping(topics: readonly string[], nextId: () => unknown): ControlFrame {
    const id = Number(nextId());
    return { frame: JSON.stringify({ method: 'ping', req_id: id }), replies: [{ key: String(id), topics }] };
  }

  /** Reads the answer to a request for topics, or to whatever a user has asked. */
  read(message: WireMessage, sink: Sink<S>): void {
    const id = idOf(message.req_id);
    const refusal = message.success === true ? undefined : refusalOf(message);
    if (id === undefined)
      return sink.rejected(undefined, `answer without an id: ${refusal?.message ?? 'taken'}`);
    if (this.inPassing.delete(id)) return sink.ignored('answer that nobody waits for');
    const waiting = this.asked.get(id);
    if (!waiting) return sink.reply(id, refusal);
    const symbol = symbolIn(message);
    const named = symbol === undefined ? [...waiting] : waiting.has(symbol) ? [symbol] : [];
    if (named.length === 0) return sink.ignored(`${String(message.method)} not asked for`);
    for (const name of named) {
      waiting.delete(name);
      // Which of them it is about is seen when each is asked for by itself.
      const isOfSeveral = refusal !== undefined && named.length > 1;
      sink.reply(keyOf(id, name), isOfSeveral ? { ...refusal, isOfSeveral } : refusal);
    }
    if (waiting.size === 0) this.asked.delete(id);
  }

  private remember(id: string, symbols: readonly string[]): void {
    this.asked.set(id, new Set(symbols));
    const [oldest] = this.asked.keys();
    if (this.asked.size > MAX_ASKED && oldest !== undefined) this.asked.delete(oldest);
  }
}

function keyOf(id: string, symbol: string): string {
  return symbol === NO_SYMBOL ? id : `${id} ${symbol}`;
}

/** The symbol that an answer is of; undefined where it names none. */
function symbolIn({ symbol, result }: WireMessage): string | undefined {
  if (typeof symbol === 'string') return symbol;
  return isWireObject(result) && typeof result.symbol === 'string' ? result.symbol : undefined;
}

/** Numbers are their own text (`readExactJson`). */
function idOf(id: unknown): string | undefined {
  return typeof id === 'string' && id !== '' ? id : undefined;
}

/** Undefined for an answer that says no, and means that it is so already. */
function refusalOf({ error }: WireMessage): Refusal | undefined {
  const message = typeof error === 'string' && error !== '' ? error : 'the exchange gave no message';
  if (ALREADY.test(message)) return undefined;
  // `EService:Unavailable`; others are words alone.
  const [, code = 'refused'] = /^(E[A-Za-z]+):/.exec(message) ?? [];
  return { code, message: message.slice(0, MAX_MESSAGE_LENGTH), temporary: TEMPORARY.test(message) };
}
