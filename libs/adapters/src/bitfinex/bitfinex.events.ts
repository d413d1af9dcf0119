import type { PlatformState } from '@exchange-stream/market-data';
import type { Sink, Stream } from '@exchange-stream/nestjs/contract';
import type { OpenChannels } from './bitfinex.open-channels.ts';
import {
  AUTH,
  CONF,
  chanIdOf,
  leaveKey,
  messageOf,
  platformStatusOf,
  refusalOf,
  type AskedTopics,
  type WireAnswer,
} from './bitfinex.requests.ts';
import { PLATFORM, topicOf } from './bitfinex.topics.ts';

/** The version of the protocol that sessions speak. */
const VERSION = '2';
/** The server stops, or starts anew: to be left at once. */
const RESTART = '20051';
const MAINTENANCE_BEGINS = '20060';
const MAINTENANCE_ENDS = '20061';

const DUPLICATE = '10301';
const CONF_FAILED = '10050';
/** Of unsubscribing: no such channel, not subscribed. */
const LEAVE_CODES = new Set(['10400', '10401']);
/** Of logins. */
const AUTH_CODES = new Set(['10100', '10111', '10112', '10113', '10114']);

/** What events change in a session. */
export interface EventReader<S extends Stream> {
  readonly asked: AskedTopics;
  readonly channels: OpenChannels;
  /** Frames look so from here on. */
  confirmed(flags: number, sink: Sink<S>): void;
}

/** Reads an object: what is said of the connection. */
export function readEvent<S extends Stream>(
  event: WireAnswer,
  reader: EventReader<S>,
  frame: Buffer,
  sink: Sink<S>,
): void {
  switch (event.event) {
    case 'info':
      return readInfo(event, sink);
    case 'conf':
      return readConf(event, reader, sink);
    case 'subscribed':
      return readSubscribed(event, reader, sink);
    case 'unsubscribed':
      return readUnsubscribed(event, reader, sink);
    case 'error':
      return readError(event, reader, sink);
    case 'pong':
      return sink.pong();
    case 'auth':
      return sink.reply(AUTH, event.status === 'OK' ? undefined : refusalOf(event, event.code ?? '10100'));
    default:
      return sink.unhandled(frame);
  }
}

/** Only codes count, never what `msg` says. */
function readInfo<S extends Stream>(event: WireAnswer, sink: Sink<S>): void {
  const reason = messageOf(event.msg);
  switch (event.code) {
    case RESTART:
      return sink.closing(reason);
    case MAINTENANCE_BEGINS:
      tellPlatform('ongoing', reason, sink);
      return sink.paused(reason);
    case MAINTENANCE_ENDS:
      tellPlatform('completed', reason, sink);
      return sink.resumed(reason);
  }
  if (event.version === undefined) return sink.ignored('info');
  if (event.version !== VERSION)
    return sink.rejected(
      undefined,
      `version: expected ${VERSION}, got ${JSON.stringify(event.version).slice(0, 32)}`,
    );
  switch (platformStatusOf(event)) {
    case 'operative':
      return tellPlatform('completed', 'the platform operates', sink);
    case 'maintenance':
      return tellPlatform('ongoing', 'the platform is in maintenance', sink);
    default:
      return sink.ignored('info');
  }
}

function tellPlatform<S extends Stream>(state: PlatformState, text: string, sink: Sink<S>): void {
  const stream = sink.stream(PLATFORM);
  if (stream) sink.platformStatus(stream, undefined, { id: '', state, text });
  else sink.ignored('info');
}

function readConf<S extends Stream>(event: WireAnswer, reader: EventReader<S>, sink: Sink<S>): void {
  const flags = Number(event.flags);
  if (event.status !== 'OK') return sink.reply(CONF, refusalOf(event, event.code ?? CONF_FAILED));
  if (!Number.isSafeInteger(flags)) return sink.rejected(undefined, 'conf: it confirms no flags');
  reader.confirmed(flags, sink);
  sink.reply(CONF);
}

function readSubscribed<S extends Stream>(event: WireAnswer, reader: EventReader<S>, sink: Sink<S>): void {
  const { asked, channels } = reader;
  const request = asked.answered(event);
  const topic = request?.topic ?? topicOf(event);
  const chanId = chanIdOf(event);
  if (chanId === undefined || topic === undefined)
    return sink.rejected(undefined, 'subscribed: it names no channel');
  // Nobody waits for it any more, and it would take a place on the socket.
  if (request?.isAbandoned && !asked.isAwaited(topic)) {
    channels.giveBack(chanId);
    sink.ignored('confirmed too late');
    return sink.answer(JSON.stringify({ event: 'unsubscribe', chanId }));
  }
  channels.open(chanId, topic);
  if (request?.isAbandoned) return sink.ignored('confirmed too late');
  if (request) sink.reply(request.id);
  // A request of a user's, who waits under its id.
  else if (typeof event.subId === 'string') sink.reply(event.subId);
  else sink.ignored('subscribed without being asked for');
}

function readUnsubscribed<S extends Stream>(
  event: WireAnswer,
  { channels }: EventReader<S>,
  sink: Sink<S>,
): void {
  const chanId = chanIdOf(event);
  if (chanId === undefined) return sink.rejected(undefined, 'unsubscribed: it names no channel');
  channels.closed(chanId);
  if (channels.isGivenBack(chanId)) return sink.ignored('confirmed too late');
  sink.reply(leaveKey(chanId), event.status === 'OK' ? undefined : refusalOf(event));
}

/** An error repeats the request that it refuses. */
function readError<S extends Stream>(event: WireAnswer, reader: EventReader<S>, sink: Sink<S>): void {
  const { code, subId } = event;
  const chanId = chanIdOf(event);
  const refusal = refusalOf(event);
  if (code === CONF_FAILED) return sink.reply(CONF, refusal);
  if (AUTH_CODES.has(String(code))) return sink.reply(AUTH, refusal);
  if (LEAVE_CODES.has(String(code)) && chanId !== undefined) {
    if (reader.channels.isGivenBack(chanId)) return sink.ignored('confirmed too late');
    return sink.reply(leaveKey(chanId), refusal);
  }
  const request = reader.asked.answered(event);
  // It is open already, and how it is called stands here: before the answer to the first request, it may be.
  if (code === DUPLICATE && request && !request.isAbandoned && chanId !== undefined) {
    reader.channels.open(chanId, request.topic);
    return sink.reply(request.id);
  }
  if (request?.isAbandoned) return sink.ignored('refused too late');
  if (request) return sink.reply(request.id, refusal);
  if (typeof subId === 'string') return sink.reply(subId, refusal);
  sink.rejected(undefined, `error without a request: ${refusal.code} ${refusal.message}`);
}
