import type { TypedChannel } from '@exchange-stream/market-data';
import type { ChannelDeclaration, TopicDescription } from './channel.ts';
import type { SocketEndpoint } from './endpoint.ts';
import type { MessageIds } from './message-id.ts';
import type { PrivateChannels } from './private-channel.ts';
import type { RestDeclaration } from './rest.ts';
import type { NonceUnit, Session, SessionContext } from './session.ts';
import type { Stream } from './sink.ts';

/** Where what an adapter knows of an exchange comes from. */
export interface ProtocolFacts {
  /** Documentation, clients or recordings, in words. */
  readonly source: string;
  /** The day as of which it holds, `2026-10-09`. */
  readonly asOf: string;
  /** The day on which the adapter last met the exchange itself (`npm run live-check`); absent where it never has. */
  readonly verifiedLive?: string;
}

/** Everything the engine knows of an exchange: a declaration, and sessions that speak its protocol. */
export interface ExchangeAdapter {
  /** Id of the exchange, `binance`. */
  readonly exchange: string;
  /** Its name for people, `Binance Spot`. */
  readonly name: string;
  /**
   * The categories of its instruments (`Instrument.category`), where the same native symbol may be several of them. Each of
   * its instruments is in one.
   */
  readonly categories?: readonly string[];
  /** What the adapter was written from; shown to users. */
  readonly facts?: ProtocolFacts;
  /** The kinds of socket it has, by a key that channels refer to. */
  readonly endpoints: Readonly<Record<string, SocketEndpoint>>;
  readonly channels: Readonly<Partial<Record<TypedChannel, ChannelDeclaration>>>;
  /** What it tells of an account, to those who log in as it. */
  readonly privateChannels?: PrivateChannels;
  /** The exchange takes topics by its own names, whatever they carry: who serves which. Without it, no `raw` channel. */
  readonly raw?: {
    /**
     * Key of the endpoint that serves the topic; undefined for a name that cannot be a topic. Several where it may be a topic
     * of each of them: users name one by the parameter `endpoint`, and mean the first without it. Nothing else stands
     * between users and the wire: it judges length and letters too.
     */
    endpoint(topic: string): string | readonly string[] | undefined;
    /** All that users may name, where they may. */
    readonly endpoints?: readonly string[];
    /** What its topics look like, for users: `stream names such as "btcusdt@trade"`. */
    readonly form?: string;
  };
  readonly rest: RestDeclaration;
  /** The ids of messages to the exchange. Default `integer`. */
  readonly messageIds?: MessageIds;
  /** What the nonces of signed messages are made of, where the exchange wants any. Default `milliseconds`. */
  readonly nonces?: NonceUnit;
  createSession<S extends Stream>(context: SessionContext): Session<S>;
  /** What a topic of an endpoint (by its key) carries; undefined for one that no channel builds. */
  describeTopic(topic: string, endpoint: string): TopicDescription | undefined;
  /** How to find out, from a recorded session, what was subscribed on it. */
  readonly recording: {
    /** Topics that the URL of a connection subscribes. */
    topicsInUrl(url: URL): readonly string[];
    /** Topics that a frame sent by the client subscribes. */
    topicsInFrame(frame: string): readonly string[];
  };
}
