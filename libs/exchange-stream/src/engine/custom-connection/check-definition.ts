import type { ExchangeAdapter } from '../../contract/index.ts';
import { InvalidOptionsError } from '../errors.ts';

const FUNCTIONS = ['authenticate', 'subscriber', 'unsubscriber', 'defaultTopics', 'keyOf', 'requestReporter'];
const SWITCHES = ['needsSubscriptions', 'openAtStart', 'requireMatch'];
const ID_KINDS: readonly unknown[] = [undefined, 'integer', 'text', 'uuid-v7'];
const NUMBERS = ['maxFrameBytes', 'replyDeadlineMs'];
const LIMITS = ['topicsPerConnection', 'topicsPerMessage'];
const KEYS = [
  ...['name', 'url', 'filter', 'handler', 'messages', 'messagesOfKinds', 'heartbeat', 'nextId'],
  ...[...FUNCTIONS, ...SWITCHES, ...LIMITS, ...NUMBERS],
];

const PER: readonly unknown[] = ['connection', 'account', 'address'];

/** Names are a part of the ids of connections. */
const NAME = /^[\w.:-]{1,64}$/;

/**
 * Refuses definitions of connections that cannot work.
 * @throws InvalidOptionsError which names the key, what came, and what is allowed
 */
export function checkDefinitions(path: string, definitions: unknown, adapter: ExchangeAdapter): void {
  if (!Array.isArray(definitions)) throw refusal(path, definitions, 'a list of definitions');
  const names = new Set<string>();
  definitions.forEach((definition: unknown, index) => {
    const name = checkDefinition(`${path}[${index}]`, definition, adapter);
    if (names.has(name)) throw refusal(`${path}[${index}].name`, name, 'each name once');
    names.add(name);
  });
}

/**
 * Refuses one that cannot work.
 * @throws InvalidOptionsError which names the key, what came, and what is allowed
 */
export function checkDefinition(path: string, definition: unknown, adapter: ExchangeAdapter): string {
  if (typeof definition !== 'object' || definition === null)
    throw refusal(path, definition, '{ name, url, handler, … }');
  for (const key of Object.keys(definition))
    if (!KEYS.includes(key))
      throw new InvalidOptionsError(`${path}: no key "${key}". Allowed: ${KEYS.join(', ')}.`);
  const value = (key: string): unknown => Reflect.get(definition, key);
  const check = (key: string, isAllowed: boolean, allowed: string): void => {
    if (!isAllowed) throw refusal(`${path}.${key}`, value(key), allowed);
  };
  const name = value('name');
  if (typeof name !== 'string' || !NAME.test(name))
    throw refusal(`${path}.name`, name, '1 to 64 letters, digits, or . _ : -');
  const endpoints = Object.keys(adapter.endpoints).join(', ');
  const isTaken = Object.hasOwn(adapter.endpoints, name);
  check('name', !isTaken, `a name that no endpoint of ${adapter.exchange} has (${endpoints})`);
  checkUrl(`${path}.url`, value('url'));
  check('handler', typeof value('handler') === 'function', 'a function (frame, connection) => void');
  for (const key of FUNCTIONS) check(key, isOptional(value(key), 'function'), 'a function');
  for (const key of SWITCHES) check(key, isOptional(value(key), 'boolean'), 'true or false');
  const filter = value('filter');
  check('filter', isOptional(filter, 'string') || typeof filter === 'symbol', 'text or a symbol');
  for (const key of LIMITS)
    check(key, isLimit(value(key)), '{ documented, safe } with whole numbers above 0');
  const messages = value('messages');
  check(
    'messages',
    isLimit(messages) && (messages === undefined || isAbove0(partOf(messages, 'windowMs'))),
    '{ documented, safe, windowMs } with numbers above 0',
  );
  checkKinds(`${path}.messagesOfKinds`, value('messagesOfKinds'));
  const heartbeat = value('heartbeat');
  check('heartbeat', isOptional(heartbeat, 'object') && heartbeat !== null, 'a heartbeat');
  for (const key of NUMBERS) check(key, value(key) === undefined || isAbove0(value(key)), 'a number above 0');
  const nextId = value('nextId');
  check(
    'nextId',
    typeof nextId === 'function' || ID_KINDS.includes(nextId),
    'integer, text, uuid-v7, or a function that returns an id',
  );
  return name;
}

function checkKinds(path: string, kinds: unknown): void {
  if (kinds === undefined) return;
  if (typeof kinds !== 'object' || kinds === null)
    throw refusal(path, kinds, 'limits by the names of kinds of messages');
  for (const [kind, limit] of Object.entries(kinds) as [string, unknown][]) {
    const isWhole = limit !== undefined && isLimit(limit) && isAbove0(partOf(limit, 'windowMs'));
    if (isWhole && PER.includes(partOf(limit, 'per'))) continue;
    throw refusal(
      `${path}[${JSON.stringify(kind.slice(0, 64))}]`,
      limit,
      `{ documented, safe, windowMs, per } with numbers above 0, per one of ${PER.join(', ')}`,
    );
  }
}

function checkUrl(path: string, url: unknown): void {
  if (typeof url === 'function') return;
  const parsed = typeof url === 'string' && URL.canParse(url) ? new URL(url) : undefined;
  if (parsed && ['ws:', 'wss:'].includes(parsed.protocol) && parsed.hash === '') return;
  // Not the text itself: a URL may carry credentials.
  const came = parsed ? `${parsed.protocol}//${parsed.host}` : 'no URL';
  throw new InvalidOptionsError(
    `${path}: got ${came}. Allowed: a ws:// or wss:// URL without fragment, or a function that returns one or a promise of it.`,
  );
}

function isOptional(value: unknown, type: 'function' | 'boolean' | 'string' | 'object'): boolean {
  return value === undefined || typeof value === type;
}

function isLimit(value: unknown): boolean {
  if (value === undefined) return true;
  return ['documented', 'safe'].every((key) => isAbove0(partOf(value, key)));
}

function isAbove0(value: unknown): boolean {
  return typeof value === 'number' && value > 0;
}

function partOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

/** Names what came by its type only, unless it is short text: a definition may hold secrets in the wrong place. */
function refusal(path: string, value: unknown, allowed: string): InvalidOptionsError {
  const came =
    path.endsWith('.name') && typeof value === 'string' ? JSON.stringify(value.slice(0, 64)) : typeof value;
  return new InvalidOptionsError(`${path}: got ${came}. Allowed: ${allowed}.`);
}
