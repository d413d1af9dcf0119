import type { AccountStateEvent, FillEvent } from '@exchange-stream/market-data';
import type { AccountStateRow, FillRow } from '../../contract/index.ts';
import type { AccountRules } from './account-rules.ts';

/** Makes the events of one account's channel: what its rows say, with what is true of all of them. */
export class AccountEvents {
  constructor(
    private readonly exchange: string,
    private readonly rules: Pick<AccountRules, 'account' | 'symbolOf'>,
  ) {}

  state(receivedAt: number, row: AccountStateRow, snapshot: boolean): AccountStateEvent {
    const { time, version, ...said } = row;
    const nativeSymbol = row.type === 'balance' ? '' : row.nativeSymbol;
    return { ...said, ...this.origin(receivedAt, nativeSymbol, time, version), snapshot };
  }

  fill(receivedAt: number, row: FillRow, recovered: boolean): FillEvent {
    const { time, ...said } = row;
    return { ...said, ...this.origin(receivedAt, row.nativeSymbol, time, undefined), recovered };
  }

  private origin(
    receivedAt: number,
    nativeSymbol: string,
    exchangeTime: number | undefined,
    sequence: number | string | undefined,
  ): Pick<
    FillEvent,
    'exchange' | 'account' | 'symbol' | 'nativeSymbol' | 'exchangeTime' | 'receivedAt' | 'sequence'
  > {
    const { exchange, rules } = this;
    return {
      exchange,
      account: rules.account,
      symbol: nativeSymbol === '' ? '' : rules.symbolOf(nativeSymbol),
      nativeSymbol,
      ...(exchangeTime !== undefined && { exchangeTime }),
      receivedAt,
      ...(sequence !== undefined && { sequence }),
    };
  }
}
