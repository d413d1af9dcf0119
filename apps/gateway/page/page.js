/* global document, fetch, FormData, Option, requestAnimationFrame, window */

// A client of the feed in its simplest form; docs/feed-protocol.md says what it relies on.

const BOOK_ROWS = 15;
/** How much of a raw frame is shown. */
const RAW_LETTERS = 120;
const byId = (id) => document.getElementById(id);
const form = byId('subscribe');
const feed = window.io('/feed', { transports: ['websocket'] });

/** What is shown of each channel, by its name. */
const channels = new Map();
/** The channels in use by exchange and channel, with the parameters they take. */
let exchanges = [];
let drawing = false;

feed.on('hello', ({ server }) => {
  byId('connection').textContent = `connected to ${server}`;
  const wanted = [...channels.values()].map(({ request }) => request);
  channels.clear();
  if (wanted.length > 0) subscribe(wanted);
});
feed.on('disconnect', (reason) => {
  byId('connection').textContent = `disconnected (${reason}), trying again…`;
  for (const channel of channels.values()) channel.state = 'stale';
  draw();
});
feed.on('reconnect', ({ reason }) => (byId('connection').textContent = reason));
feed.on('error', ({ message }) => (byId('refusal').textContent = message));
feed.on('data', (messages) => {
  for (const message of messages) take(message);
  draw();
});

function subscribe(requests) {
  feed.emit('subscribe', { channels: requests }, ({ ok, failed, error }) => {
    const refusals = [...failed, ...(error ? [error] : [])];
    byId('refusal').textContent = refusals.map(({ message }) => message).join(' ');
    for (const { ch, seq, state, request } of ok) {
      if (channels.has(ch)) continue;
      channels.set(ch, { request, state, last: seq, shown: '', count: 0, book: undefined });
    }
    draw();
  });
}

function unsubscribe(ch) {
  channels.delete(ch);
  feed.emit('unsubscribe', { channels: [{ ch }] }, draw);
}

function take({ t, ch, s, p, d, state, reason }) {
  const channel = channels.get(ch);
  if (!channel || t === 'synced') return;
  if (p !== channel.last) {
    // Something was lost on the way: begin anew.
    unsubscribe(ch);
    subscribe([channel.request]);
    return;
  }
  channel.last = s;
  if (t === 'status') {
    Object.assign(channel, { state, reason });
    return;
  }
  channel.count++;
  if (t === 'snap') channel.book = { bids: levelsOf(d.bids), asks: levelsOf(d.asks) };
  if (t === 'upd')
    for (const side of ['bids', 'asks']) for (const row of d[side]) change(channel.book[side], row);
  // A later gateway may send kinds that this page does not know.
  channel.shown = shown[t]?.(d, channel) ?? t;
}

/** Of levels, or of orders. */
function levelsOf(rows) {
  return new Map(rows.map((row) => [keyOf(row), priceAndAmount(row)]));
}

/** Money is lent at one rate for different periods: each is a level. */
function keyOf(row) {
  return Array.isArray(row) ? `${row[0]} ${row[3] ?? ''}` : row.id;
}

function priceAndAmount(row) {
  return Array.isArray(row) ? row : [row.price, row.amount];
}

function change(side, row) {
  const level = priceAndAmount(row);
  if (Number(level[1]) === 0) side.delete(keyOf(row));
  else side.set(keyOf(row), level);
}

const shown = {
  trade: ({ side, amount, price }) => `${side} ${amount} at ${price}`,
  ticker: ({ last, changePercent }) => `${last} (${changePercent ?? '–'} %)`,
  quote: ({ bid, ask }) => `${bid} / ${ask}`,
  candle: ({ open, high, low, close, closed }) => `${open} ${high} ${low} ${close}${closed ? ' closed' : ''}`,
  derivatives: ({ markPrice, fundingRate }) => `mark ${markPrice ?? '–'}, funding ${fundingRate ?? '–'}`,
  liquidation: ({ side, amount, price }) => `${side} ${amount} at ${price}`,
  option: ({ markPrice, delta }) => `mark ${markPrice ?? '–'}, delta ${delta ?? '–'}`,
  'platform-status': ({ state, text }) => `${state}: ${text}`,
  raw: ({ json }) => (json.length > RAW_LETTERS ? `${json.slice(0, RAW_LETTERS)}…` : json),
  snap: (_, { book }) => best(book),
  upd: (_, { book }) => best(book),
};

function best(book) {
  return `${top(book.bids, -1, 1)[0]?.[0] ?? '–'} / ${top(book.asks, 1, 1)[0]?.[0] ?? '–'}`;
}

function top(side, direction, count) {
  return [...side.values()].sort(([a], [b]) => direction * (Number(a) - Number(b))).slice(0, count);
}

/** Draws once a frame, however much arrives. */
function draw() {
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(() => {
    drawing = false;
    drawChannels();
    drawBook();
  });
}

function drawChannels() {
  const body = byId('channels');
  for (const row of [...body.rows]) if (!channels.has(row.dataset.ch)) row.remove();
  for (const [ch, { state, reason, shown, count }] of channels) {
    const row = [...body.rows].find(({ dataset }) => dataset.ch === ch) ?? newRow(body, ch);
    const [, stateCell, last, messages] = row.cells;
    stateCell.textContent = state;
    stateCell.dataset.state = state;
    stateCell.title = reason ?? '';
    last.textContent = shown;
    messages.textContent = count;
  }
}

function newRow(body, ch) {
  const row = body.insertRow();
  row.dataset.ch = ch;
  row.insertCell().textContent = ch;
  for (let index = 0; index < 4; index++) row.insertCell();
  row.cells[3].className = 'number';
  const button = document.createElement('button');
  button.textContent = 'Leave';
  button.setAttribute('aria-label', `Leave ${ch}`);
  button.onclick = () => unsubscribe(ch);
  row.cells[4].append(button);
  return row;
}

function drawBook() {
  const [ch, channel] = [...channels].filter(([, { book }]) => book).at(-1) ?? [];
  const table = byId('book');
  byId('book-state').textContent = channel
    ? `${ch}: ${channel.state}${channel.reason ? `, ${channel.reason}` : ''}`
    : 'Subscribe to a book to see it here.';
  table.dataset.state = channel?.state ?? '';
  const bids = channel ? top(channel.book.bids, -1, BOOK_ROWS) : [];
  const asks = channel ? top(channel.book.asks, 1, BOOK_ROWS) : [];
  const rows = Array.from({ length: Math.max(bids.length, asks.length) }, (_, index) => {
    const row = document.createElement('tr');
    const [bid, bidAmount] = bids[index] ?? ['', ''];
    const [ask, askAmount] = asks[index] ?? ['', ''];
    for (const [text, kind] of [
      [bidAmount, ''],
      [bid, 'bid'],
      [ask, 'ask'],
      [askAmount, ''],
    ]) {
      const cell = row.insertCell();
      cell.textContent = text;
      cell.className = `number ${kind}`;
    }
    return row;
  });
  table.tBodies[0].replaceChildren(...rows);
}

function fill(select, values) {
  select.replaceChildren(...values.map((value) => new Option(String(value), String(value))));
}

function channelsOfExchange() {
  return exchanges.find(({ id }) => id === form.exchange.value)?.channels ?? [];
}

function offerParams() {
  const { params = [] } = channelsOfExchange().find(({ channel }) => channel === form.channel.value) ?? {};
  // Notices are of the whole exchange.
  form.symbol.disabled = form.channel.value === 'status';
  byId('params').replaceChildren(
    ...params.filter(isChoice).map(({ name, description, values, required, default: byDefault }) => {
      const label = document.createElement('label');
      label.title = description;
      const select = document.createElement('select');
      select.name = `params.${name}`;
      fill(select, values);
      if (!required) select.prepend(new Option(byDefault === undefined ? '–' : `${byDefault} (default)`, ''));
      select.selectedIndex = required ? Math.max(0, values.indexOf('1m')) : 0;
      label.append(`${name} `, select);
      return label;
    }),
  );
}

/** What has one value only is left at that. */
function isChoice({ values, required }) {
  return required || values.length > 1;
}

async function offerSymbols() {
  const response = await fetch(`v1/instruments?exchange=${encodeURIComponent(form.exchange.value)}`);
  const instruments = response.ok ? await response.json() : [];
  byId('symbols').replaceChildren(...instruments.map(({ symbol }) => new Option(symbol, symbol)));
}

async function offerExchanges() {
  exchanges = await (await fetch('v1/exchanges')).json();
  fill(
    form.exchange,
    exchanges.map(({ id }) => id),
  );
  offerChannels();
}

function offerChannels() {
  fill(
    form.channel,
    channelsOfExchange().map(({ channel }) => channel),
  );
  offerParams();
  void offerSymbols();
}

form.exchange.onchange = offerChannels;
form.channel.onchange = offerParams;
form.onsubmit = (event) => {
  event.preventDefault();
  const data = new FormData(form);
  const params = [...data].filter(([name, value]) => name.startsWith('params.') && value !== '');
  subscribe([
    {
      exchange: data.get('exchange'),
      channel: data.get('channel'),
      ...(data.has('symbol') && { symbol: data.get('symbol') }),
      params: Object.fromEntries(params.map(([name, value]) => [name.slice('params.'.length), value])),
    },
  ]);
};

await offerExchanges();
const [first] = exchanges;
if (first) {
  const offered = new Set(first.channels.map(({ channel }) => channel));
  const wanted = ['trades', 'ticker', 'book'].filter((channel) => offered.has(channel));
  subscribe(wanted.map((channel) => ({ exchange: first.id, channel, symbol: 'BTC/USDT' })));
}
