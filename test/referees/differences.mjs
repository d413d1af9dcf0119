/** No exchange counts amounts to more decimal places. */
const PLACES = 8;

/** Where a client's book is not the exchange's, in words. */
export function bookDifferences(book, truth, { hasNonce, depth = Infinity }) {
  if (book === undefined) return ['no book'];
  if (hasNonce && book.nonce !== truth.lastUpdateId)
    return [`book at ${book.nonce}, the exchange is at ${truth.lastUpdateId}`];
  return ['bids', 'asks'].flatMap((side) => {
    const found = [];
    const levels = truth[side].slice(0, depth);
    for (let rank = 0; rank < Math.max(book[side].length, levels.length); rank++) {
      const [price, amount] = book[side][rank] ?? [];
      const [truePrice, trueAmount] = (levels[rank] ?? []).map(Number);
      if (price === truePrice && amount === trueAmount) continue;
      found.push(`${side}[${rank}] is ${price} × ${amount}, on the exchange ${truePrice} × ${trueAmount}`);
    }
    return found;
  });
}

/** From the first trade the client saw, it must have seen every one, once, in order. */
export function tradeDifferences(
  tape,
  truth,
  { marketId, fillsOf = () => 1, hasPrints = false, hasMakerSide = false },
) {
  const seen = hasPrints ? withoutPrints(tape, truth, marketId) : tape;
  if (seen.length === 0) return ['no trade'];
  const start = truth.findIndex(({ id }) => id === marketId(seen[0].id)) - fillsOf(seen[0]) + 1;
  if (start < 0) return [`the exchange does not know trade ${seen[0].id}, or has forgotten it`];
  const expected = merged(truth.slice(start), seen.map(fillsOf));
  const found = [];
  for (let index = 0; index < Math.max(seen.length, expected.length); index++) {
    const trade = seen[index] && tradeText(seen[index], marketId);
    const trueTrade = expected[index] && trueTradeText(expected[index], hasMakerSide);
    if (trade !== trueTrade) found.push(`trade ${index} is ${trade}, on the exchange ${trueTrade}`);
  }
  return found;
}

/** The market's trades as they should have been told: so many as one, with the number of the last. */
function merged(fills, counts) {
  let next = 0;
  const told = counts.flatMap((count) => {
    const several = fills.slice(next, (next += count));
    const sum = several.reduce((total, { amount }) => total + Number(amount), 0);
    return several.length === 0 ? [] : [{ ...several.at(-1), amount: sum.toFixed(PLACES) }];
  });
  return [...told, ...fills.slice(next)];
}

/** What is no trade takes ids that no trade has, each once; what came twice stays, and is a difference. */
function withoutPrints(tape, truth, marketId) {
  const ids = new Set(truth.map(({ id }) => id));
  const prints = new Set();
  return tape.filter((row) => {
    const id = marketId(row.id);
    if (ids.has(id) || prints.has(id)) return true;
    prints.add(id);
    return false;
  });
}

export function tickerDifferences(ticker, lastTrade) {
  const last = Number(lastTrade.price);
  return ticker?.last === last ? [] : [`ticker's last is ${ticker?.last}, on the exchange ${last}`];
}

function tradeText({ id, timestamp, price, amount, side }, marketId) {
  return [marketId(id), timestamp, price, amount, side].join(' ');
}

/** A client that takes the side of the maker for that of the taker must do so every time. */
function trueTradeText({ id, time, price, amount, takerSide }, hasMakerSide) {
  const makerSide = takerSide === 'buy' ? 'sell' : 'buy';
  return [id, time, Number(price), Number(amount), hasMakerSide ? makerSide : takerSide].join(' ');
}
