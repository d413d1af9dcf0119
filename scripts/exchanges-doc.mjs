/**
 * Writes docs/exchanges.md from what the adapters declare; `npm run build` first.
 *
 *     node scripts/exchanges-doc.mjs           writes it
 *     node scripts/exchanges-doc.mjs --check   fails where it is not up to date
 */
import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { ADAPTERS } from '@exchange-stream/adapters';
import { capabilitiesOf } from '@exchange-stream/nestjs/engine';
import { format, resolveConfig } from 'prettier';

/** @typedef {import('@exchange-stream/nestjs/engine').Capabilities} Capabilities */

const DOCUMENT = fileURLToPath(new URL('../docs/exchanges.md', import.meta.url));

const INTRODUCTION = `# Exchanges

What can be had of each exchange. This page is made from what the adapters declare (\`node scripts/exchanges-doc.mjs\`), as
are \`ExchangeStream.capabilities(exchange)\` and \`GET /v1/exchanges/{exchange}/capabilities\`. Of two numbers, the first is
documented by the exchange, the second is what we use.`;

/** @param {unknown} value */
const code = (value) => `\`${String(value).replaceAll('|', '\\|')}\``;

/** @param {readonly unknown[]} values */
const codes = (values) => values.map(code).join(', ');

/** @param {object} params */
const paramsText = (params) =>
  Object.entries(params)
    .map(([name, value]) => code(`${name}=${value}`))
    .join(', ');

/** @param {number} ms */
function time(ms) {
  if (ms % 3_600_000 === 0) return `${ms / 3_600_000} h`;
  if (ms % 60_000 === 0) return `${ms / 60_000} min`;
  return ms % 1_000 === 0 ? `${ms / 1_000} s` : `${ms} ms`;
}

/** @param {import('@exchange-stream/nestjs/contract').Limit} limit */
const both = ({ documented, safe }, show = String) => `${show(documented)} / ${show(safe)}`;

/** @param {import('@exchange-stream/nestjs/contract').RateLimit} limit */
const rate = (limit) => `${both(limit)} in ${time(limit.windowMs)}`;

/** @param {import('@exchange-stream/nestjs/contract').RequestLimit} limit */
const sharedText = ({ pool }) =>
  pool === undefined ? '' : `, shared with the other exchanges of ${code(pool)}`;

/**
 * @param {readonly string[]} head
 * @param {readonly (readonly string[])[]} rows
 */
const table = (head, rows) =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** @param {Capabilities['channels'][number]} channel */
function notes({
  kinds,
  polls = [],
  books = [],
  restIntervals,
  tradeIds,
  sampled,
  cadence,
  firstDataWithinMs,
  exclusive,
}) {
  const found = books.map(({ kind, seed, params }) => {
    const where = Object.keys(params).length > 0 ? ` (${paramsText(params)})` : '';
    return `book ${kind}${seed === undefined ? '' : `, seed from ${seed === 'rest' ? 'REST' : 'the stream'}`}${where}`;
  });
  if (kinds) found.unshift(`of ${kinds.join(', ')}`);
  if (restIntervals) found.push(`by REST alone: ${codes(restIntervals)}`);
  for (const { name, everyMs } of polls) found.push(`${name} by REST every ${time(everyMs)}`);
  if (tradeIds) found.push(`${tradeIds} ids`);
  if (sampled) found.push(`not all: ${sampled}`);
  if (cadence) {
    const when = cadence.provenBy ? ` while ${cadence.provenBy.join(' or ')} move` : '';
    const pace = cadence.everyMs === undefined ? 'rows' : `a row every ${time(cadence.everyMs)}`;
    found.push(`${pace}${when}`);
  }
  if (firstDataWithinMs !== undefined) found.push(`first row within ${time(firstDataWithinMs)}`);
  if (exclusive) found.push(`one variant per symbol and ${exclusive}`);
  return found.join('; ');
}

/** @param {Capabilities['channels'][number]['params'][number]} param */
function param({ name, description, values, also, default: byDefault, required, kinds: of, perKind = {} }) {
  const otherwise = byDefault === undefined ? 'optional' : `default ${code(byDefault)}`;
  const kinds = Object.entries(perKind).map(([kind, own]) => {
    if (own.values.length === 0) return `; not of ${kind}`;
    return `; of ${kind}: ${codes(own.values)}${own.default === undefined ? '' : `, default ${code(own.default)}`}`;
  });
  const takes = [...(values.length > 0 ? [codes(values)] : []), ...(also === undefined ? [] : [also])];
  const only = of === undefined ? '' : `, only of ${of.join(', ')}`;
  return `${code(name)} (${required ? 'required' : otherwise}${only}): ${description}. ${takes.join('; ')}${kinds.join('')}`;
}

/** @param {Capabilities['endpoints'][number]} endpoint */
function endpoint({
  endpoint: key,
  kind,
  environments,
  login,
  limits,
  heartbeat,
  compression,
  countsFrames,
  ackDeadlineMs,
}) {
  const { sender, intervalMs, deadlineMs, asks } = heartbeat;
  const how = asks === 'message' ? 'a message' : 'a WebSocket ping';
  const sign =
    sender === 'exchange'
      ? `the exchange asks every ${time(intervalMs)}`
      : `${how} every ${time(intervalMs)}`;
  /** @type {(readonly [string, string | undefined])[]} */
  const rows = [
    ['kind', kind],
    ['environments', environments.join(', ')],
    ['login', login ? 'needed' : 'none'],
    ['topics per connection', both(limits.topicsPerConnection)],
    [
      'characters of topics per connection',
      limits.topicCharactersPerConnection && both(limits.topicCharactersPerConnection),
    ],
    ['topics per message', both(limits.topicsPerMessage)],
    ['bytes per message', limits.bytesPerMessage && both(limits.bytesPerMessage)],
    ['messages per connection', rate(limits.messages)],
    ['messages per address', limits.messagesPerAddress && rate(limits.messagesPerAddress)],
    ['connections per address', limits.connectionsPerAddress && both(limits.connectionsPerAddress)],
    ['connection attempts per address', limits.connects.map(rate).join('; ')],
    ['age of a connection', limits.lifetimeMs ? both(limits.lifetimeMs, time) : 'not limited'],
    ['sign of life', `${sign}; dead after ${time(deadlineMs)}`],
    ['compression', compression ?? 'none'],
    ['frames', countsFrames && 'numbered in one count over the connection'],
    ['ack', `within ${time(ackDeadlineMs)}`],
  ];
  const shown = rows.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
  return `### Endpoint ${code(key)}\n\n${table(['', ''], shown)}`;
}

/** @param {Capabilities} capabilities */
function section({
  exchange,
  name,
  environments,
  categories,
  channels,
  privateChannels,
  raw,
  endpoints,
  rest,
}) {
  const rows = channels.map((channel) => [
    code(channel.channel),
    codes(channel.endpoints),
    channel.params.map(param).join('<br>') || 'none',
    notes(channel),
  ]);
  if (raw)
    rows.push([
      code('raw'),
      codes(raw.endpoints ?? []),
      raw.endpoints
        ? `${code('endpoint')} (default the likeliest one): Whose topic it is, where several have one of that name. ${codes(raw.endpoints)}`
        : 'none',
      `topics: ${raw.form ?? "the exchange's own names"}`.replace(/,$/, ''),
    ]);
  for (const { channel, endpoint: key, snapshot, hasConsecutiveIds } of privateChannels) {
    const whole =
      snapshot && `begins with all that there is, from ${snapshot === 'rest' ? 'REST' : 'the stream'}`;
    rows.push([
      code(channel),
      code(key),
      'account',
      whole ?? (hasConsecutiveIds ? 'ids count up by one' : ''),
    ]);
  }
  return [
    `## ${name}`,
    `Id ${code(exchange)}; environments ${codes(environments)}${categories ? `; categories ${codes(categories)}` : ''}.`,
    table(['channel', 'endpoint', 'parameters', 'notes'], rows),
    ...endpoints.map(endpoint),
    '### REST',
    `${rate(rest.requests)} of weight per address${sharedText(rest.requests)}. Operations: ${codes(rest.operations)}.`,
  ].join('\n\n');
}

/**
 * What an exchange has, in a row.
 *
 * @param {Capabilities} capabilities
 */
function summary({ exchange, name, facts, channels, endpoints }) {
  const find = (/** @type {string} */ wanted) => channels.find(({ channel }) => channel === wanted);
  const values = (/** @type {string} */ channel, /** @type {string} */ param) =>
    find(channel)
      ?.params.find(({ name: own }) => own === param)
      ?.values.join(' ') ?? '';
  const isCounted = endpoints.some(
    ({ endpoint: key, countsFrames }) => countsFrames && find('book')?.endpoints.includes(key),
  );
  const ways = find('book')?.books?.map(({ kind, seed, hasChecksum, checksumKinds, isUnproven }) =>
    [
      kind,
      ...(seed ? [`seed from ${seed === 'rest' ? 'REST' : 'the stream'}`] : []),
      ...(hasChecksum ? [`checksum${checksumKinds ? ` (${checksumKinds.join(', ')})` : ''}`] : []),
      ...(isCounted ? ['frames counted'] : []),
      ...(isUnproven ? ['nothing shows a missing change'] : []),
    ].join(', '),
  );
  return [
    `[${name}](#${name
      .toLowerCase()
      .replace(/[^a-z0-9 -]/g, '')
      .replaceAll(' ', '-')}) ${code(exchange)}`,
    channels.map(({ channel }) => channel).join(', '),
    values('candles', 'interval'),
    values('book', 'depth'),
    [...new Set(ways)].join('; '),
    facts ? `${facts.source}, ${facts.asOf}` : '',
    facts?.verifiedLive ?? 'never',
  ];
}

const all = Object.values(ADAPTERS).map((make) => capabilitiesOf(make()));
const overview = table(
  ['exchange', 'channels', 'candles', 'depths', 'books', 'facts', 'verified live'],
  all.map(summary),
);
const text = await format([INTRODUCTION, overview, ...all.map(section)].join('\n\n'), {
  ...(await resolveConfig(DOCUMENT)),
  parser: 'markdown',
});
if (!process.argv.includes('--check')) writeFileSync(DOCUMENT, text);
else if (readFileSync(DOCUMENT, 'utf8') !== text) {
  console.error('docs/exchanges.md is not what the adapters declare: run node scripts/exchanges-doc.mjs.');
  process.exitCode = 1;
}
