/**
 * What ccxt watches on each simulated exchange, and how what it holds is compared with the truth.
 *
 * exchange     id of the simulated exchange
 * client       name of ccxt's class
 * types        which of its instrument lists it loads, in its own words
 * symbols      ccxt's symbol and the market's, which is the exchange's own; with its category where those share symbols
 * depth        levels of the books that it asks for by default; without it whole books
 * hasNonce     whether its books bear the number of their latest change
 * marketId     the market's number of a trade, read from the exchange's id: of the last, where it tells several as one
 * fillsOf      how many trades of the market it tells as one; without it each by itself
 * hasPrints    whether its raw tape shows more than trades, which the client takes for trades
 * hasMakerSide whether the client takes the side of the maker, which the exchange tells, for that of the taker
 * credentials  what it does not watch books without; any will do
 */
export const CASES = [
  {
    exchange: 'binance',
    client: 'binance',
    types: ['spot'],
    symbols: [
      ['BTC/USDT', 'BTCUSDT'],
      ['ETH/USDT', 'ETHUSDT'],
    ],
    hasNonce: true,
    marketId: Number,
  },
  {
    exchange: 'binance-usdm',
    client: 'binanceusdm',
    types: ['linear'],
    symbols: [
      ['BTC/USDT:USDT', 'BTCUSDT'],
      ['ETH/USDT:USDT', 'ETHUSDT'],
      ['BTC/USDC:USDC', 'BTCUSDC'],
    ],
    hasNonce: true,
    marketId: Number,
    // ccxt does not look at `X`: what the insurance fund took over is a trade to it.
    hasPrints: true,
  },
  {
    exchange: 'binance-coinm',
    client: 'binancecoinm',
    types: ['inverse'],
    symbols: [
      ['BTC/USD:BTC', 'BTCUSD_PERP'],
      ['ETH/USD:ETH', 'ETHUSD_PERP'],
    ],
    hasNonce: true,
    marketId: Number,
    hasPrints: true,
  },
  {
    exchange: 'bitfinex',
    client: 'bitfinex',
    types: ['spot', 'swap'],
    symbols: [
      ['BTC/USD', 'tBTCUSD'],
      ['BTC/USDT:USDT', 'tBTCF0:USTF0'],
      ['DOGE/USD', 'tDOGE:USD'],
    ],
    // Nothing below a millionth: Bitfinex writes that with an exponent, and ccxt takes checksums without.
    depth: 25,
    // Checksums prove its books, and nothing numbers them.
    hasNonce: false,
    marketId: Number,
  },
  {
    exchange: 'bybit',
    client: 'bybit',
    // Not of options: ccxt asks for their trades by symbol, and Bybit has them by coin.
    types: ['spot', 'linear', 'inverse'],
    symbols: [
      ['BTC/USDT', 'spot:BTCUSDT'],
      ['BTC/USDT:USDT', 'linear:BTCUSDT'],
      ['BTC/USDC:USDC', 'linear:BTCPERP'],
      ['BTC/USD:BTC', 'inverse:BTCUSD'],
    ],
    depth: 50,
    // Bybit counts what it sends and not the changes of its books, and ccxt does not look at it.
    hasNonce: false,
    marketId: (id) =>
      id.includes('-') ? Number.parseInt(id.slice(-12), 16) : Number(BigInt(id) - 2_280_000_000_000_000_000n),
  },
  {
    exchange: 'coinbase',
    client: 'coinbase',
    types: ['spot', 'future'],
    symbols: [
      ['BTC/USD', 'BTC-USD'],
      ['ETH/USD', 'ETH-USD'],
    ],
    hasNonce: false,
    marketId: Number,
    hasMakerSide: true,
  },
  {
    exchange: 'coinbase-exchange',
    client: 'coinbaseexchange',
    types: ['spot'],
    symbols: [
      ['BTC/USD', 'BTC-USD'],
      ['ETH/BTC', 'ETH-BTC'],
    ],
    hasNonce: false,
    marketId: Number,
    credentials: { apiKey: 'any', secret: 'YW55', password: 'any' },
  },
  {
    exchange: 'kraken',
    client: 'kraken',
    types: ['spot'],
    symbols: [
      ['BTC/USD', 'BTC/USD'],
      ['DOGE/USD', 'DOGE/USD'],
    ],
    depth: 10,
    // Nothing counts the changes of a book.
    hasNonce: false,
    marketId: Number,
  },
  {
    exchange: 'kraken-futures',
    client: 'krakenfutures',
    types: ['linear', 'inverse'],
    symbols: [
      ['BTC/USD:USD', 'PF_XBTUSD'],
      ['ETH/USD:USD', 'PF_ETHUSD'],
      ['BTC/USD:BTC', 'PI_XBTUSD'],
    ],
    // ccxt does not look at the number of a change.
    hasNonce: false,
    // The end of a trade's `uid`.
    marketId: (id) => Number.parseInt(id.slice(-12), 16),
  },
  {
    exchange: 'okx',
    client: 'okx',
    types: ['spot', 'swap', 'future', 'option'],
    symbols: [
      ['BTC/USDT', 'BTC-USDT'],
      ['BTC/USDT:USDT', 'BTC-USDT-SWAP'],
      ['BTC/USD:BTC', 'BTC-USD-SWAP'],
    ],
    hasNonce: true,
    marketId: Number,
    // Fills of one taker at one price.
    fillsOf: ({ info }) => Number(info.count),
  },
];
