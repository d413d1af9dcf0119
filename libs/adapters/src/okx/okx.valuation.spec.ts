import type { Session } from '@exchange-stream/nestjs/contract';
import { RecordingSink, type Call } from '../../test/recording-sink.ts';
import { okx } from './okx.adapter.ts';
import { argOf } from './okx.args.ts';
import { valueTopics } from './okx.topics.ts';

function open(): Session {
  return okx().createSession({
    endpoint: 'public',
    url: 'wss://ws.okx.com/ws/v5/public',
    nextId: () => '1',
  });
}

/** What a session makes of the data of one topic. */
function read(topic: string, data: unknown, session = open()): readonly Call[] {
  const sink = new RecordingSink(topic);
  session.onFrame(Buffer.from(JSON.stringify({ arg: argOf(topic), data })), false, 0, sink);
  return sink.calls;
}

const SWAPS = 'liquidation-orders:instType=SWAP';
const LIQUIDATION = {
  details: [
    { bkLoss: '0', bkPx: '0.007831', ccy: '', posSide: 'short', side: 'buy', sz: '13', ts: '1692266434010' },
  ],
  ...{ instFamily: 'IOST-USDT', instId: 'IOST-USDT-SWAP', instType: 'SWAP', uly: 'IOST-USDT' },
};

describe('OKX liquidations', () => {
  it('are told by instrument, with the side of the order that closes the position', () => {
    expect(read(SWAPS, [LIQUIDATION])).toEqual([
      [
        ...['liquidation', `${SWAPS} of IOST-USDT-SWAP`, 1692266434010],
        { side: 'buy', price: '0.007831', priceKind: 'bankruptcy', amount: '13' },
      ],
    ]);
  });

  it('of the past, with which OKX greets, are not told again', () => {
    const session = open();
    session.subscribe([SWAPS]);
    expect(read(SWAPS, [LIQUIDATION], session)).toEqual([['ignored', 'liquidations of the past']]);
    expect(read(SWAPS, [LIQUIDATION], session)[0]?.[0]).toBe('liquidation');
    session.unsubscribe([SWAPS]);
    session.subscribe([SWAPS]);
    expect(read(SWAPS, [LIQUIDATION], session)).toEqual([['ignored', 'liquidations of the past']]);
  });

  it('come several of an instrument, and a bad one leaves the others', () => {
    const [detail] = LIQUIDATION.details;
    const calls = read(SWAPS, [{ ...LIQUIDATION, details: [{ ...detail, side: '' }, 7, detail] }]);
    expect(calls.map(([name]) => name)).toEqual(['rejected', 'rejected', 'liquidation']);
    expect(read(SWAPS, [{ ...LIQUIDATION, instId: '' }])[0]?.[0]).toBe('rejected');
  });
});

describe('what OKX values derivatives at', () => {
  const TS = '1597026383085';

  it('comes in a topic each', () => {
    expect(
      read('mark-price:BTC-USDT-SWAP', [
        { instType: 'SWAP', instId: 'BTC-USDT-SWAP', markPx: '84660.1', ts: TS },
      ]),
    ).toEqual([
      ['derivatives', 'mark-price:BTC-USDT-SWAP', Number(TS), { markPrice: '84660.1' }],
      ['option', 'mark-price:BTC-USDT-SWAP', Number(TS), { markPrice: '84660.1' }],
    ]);
    expect(
      read('index-tickers:BTC-USDT', [{ instId: 'BTC-USDT', idxPx: '84661', high24h: '1', ts: TS }])[0],
    ).toEqual([...['derivatives', 'index-tickers:BTC-USDT', Number(TS), { indexPrice: '84661' }]]);
    expect(read('mark-price:BTC-USDT-SWAP', [{ markPx: '', ts: TS }])[0]?.[0]).toBe('rejected');
  });

  it('with the rate of funding that is paid next, when, and how often', () => {
    const row = {
      ...{ instId: 'BTC-USDT-SWAP', fundingRate: '-0.0001', fundingTime: '1744590349506' },
      ...{
        nextFundingTime: '1744619149506',
        ts: '1744590349000',
        method: 'current_period',
        settState: 'settled',
      },
    };
    const topic = 'funding-rate:BTC-USDT-SWAP';
    const told = { fundingRate: '-0.0001', nextFundingTime: 1744590349506, fundingIntervalMs: 28_800_000 };
    expect(read(topic, [row])).toEqual([['derivatives', topic, 1744590349000, told]]);
    // As it was written once: with a rate for the payment after that, and without a time.
    const old = { instId: 'BTC-USD-SWAP', fundingRate: '0.018', nextFundingRate: '0.02', fundingTime: TS };
    expect(read(topic, [old])).toEqual([
      [
        ...['derivatives', topic, undefined],
        { fundingRate: '0.018', nextFundingTime: Number(TS), predictedFundingRate: '0.02' },
      ],
    ]);
    expect(read(topic, [{ ...old, nextFundingRate: '' }])[0]?.[3]).not.toHaveProperty('predictedFundingRate');
  });

  it('with open interest in contracts, in base currency, and in dollars where these are its quote currency', () => {
    const row = { instId: 'BTC-USD-SWAP', oi: '5000', oiCcy: '555.55', oiUsd: '500000', ts: TS };
    const topic = 'open-interest:BTC-USD-SWAP';
    const told = { openInterestContracts: '5000', openInterest: '555.55' };
    expect(read(topic, [row])).toEqual([
      ['derivatives', topic, Number(TS), { ...told, openInterestValue: '500000' }],
      ['option', topic, Number(TS), told],
    ]);
    const [call] = read(topic, [{ ...row, instId: 'BTC-USDT-SWAP' }]);
    expect(call?.[3]).toEqual(told);
    expect(read(topic, [{ ...row, oi: '' }])[0]?.[0]).toBe('rejected');
  });

  it.each([
    ['BTC-USD-SWAP', 'index-tickers:BTC-USD', 'funding-rate:BTC-USD-SWAP'],
    ['BTC-USD_UM-SWAP', 'index-tickers:BTC-USD', 'funding-rate:BTC-USD_UM-SWAP'],
    ['BTC-USDT-261225', 'index-tickers:BTC-USDT', ''],
    ['BTC-USD-261225-60000-C', 'index-tickers:BTC-USD', ''],
  ])('of %s has the index %s, and funding where there is any: %s', (symbol, index, funding) => {
    expect([valueTopics.indexPrice(symbol), valueTopics.fundingRate(symbol)]).toEqual([index, funding]);
  });
});

describe('OKX options', () => {
  const FAMILY = 'opt-summary:instFamily=BTC-USD';
  const SUMMARY = {
    ...{ instType: 'OPTION', instId: 'BTC-USD-200103-5500-C', uly: 'BTC-USD', delta: '0.74', gamma: '-0.67' },
    ...{ theta: '-0.00008', vega: '0.000007', deltaBS: '0.75', gammaBS: '0.000012', thetaBS: '-12.5' },
    ...{ vegaBS: '3.4', realVol: '0', bidVol: '', askVol: '1.5625', markVol: '0.9987', lever: '4.0342' },
    ...{ fwdPx: '39016.8143629068452065', ts: '1597026383085' },
  };

  it('are told by instrument, with the greeks of Black and Scholes, and without what is empty', () => {
    expect(read(FAMILY, [SUMMARY])).toEqual([
      [
        ...['option', `${FAMILY} of BTC-USD-200103-5500-C`, 1597026383085],
        {
          ...{ underlyingPrice: '39016.8143629068452065', markImpliedVolatility: '0.9987' },
          ...{
            askImpliedVolatility: '1.5625',
            delta: '0.75',
            gamma: '0.000012',
            vega: '3.4',
            theta: '-12.5',
          },
        },
      ],
    ]);
  });

  it('are asked for by family, as their underlying is taken no more', () => {
    expect(argOf(okx().channels.options!.topic('BTC-USD-200103-5500-C', {}))).toEqual({
      channel: 'opt-summary',
      instFamily: 'BTC-USD',
    });
  });
});

describe('notices of OKX', () => {
  const NOTICE = {
    ...{ title: 'Spot System Upgrade', state: 'scheduled', begin: '1672823400000', href: '' },
    ...{ end: '1672823520000', serviceType: '1', system: 'unified', scheDesc: '', ts: '1672823400000' },
  };

  it.each([
    ['scheduled', 'scheduled'],
    ['ongoing', 'ongoing'],
    ['pre_open', 'ongoing'],
    ['completed', 'completed'],
    ['canceled', 'cancelled'],
  ])('that are %s are %s', (state, told) => {
    expect(read('status', [{ ...NOTICE, state, href: 'https://www.okx.com/help' }])).toEqual([
      [
        ...['platformStatus', 'status', 1672823400000],
        {
          ...{ id: '1672823400000 Spot System Upgrade', state: told, text: 'Spot System Upgrade' },
          ...{ begin: 1672823400000, end: 1672823520000, url: 'https://www.okx.com/help' },
        },
      ],
    ]);
  });

  it('have times in seconds, too, or none', () => {
    const [call] = read('status', [{ ...NOTICE, begin: '1610019546', end: '' }]);
    expect(call?.[3]).toMatchObject({ begin: 1610019546000 });
    expect(call?.[3]).not.toHaveProperty('end');
    expect(call?.[3]).not.toHaveProperty('url');
  });

  it('in a state that is none are refused', () => {
    expect(read('status', [{ ...NOTICE, state: 'maybe' }])[0]?.[0]).toBe('rejected');
  });
});
