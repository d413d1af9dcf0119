import { Injectable } from '@nestjs/common';
import { InjectConnectionManager, type ConnectionManager } from '@exchange-stream/nestjs';
import {
  RequestRefusedError,
  RequestTimeoutError,
  type EndpointHandle,
} from '@exchange-stream/nestjs/engine';

@Injectable()
export class WireInspector {
  private readonly wire: EndpointHandle;

  constructor(@InjectConnectionManager('binance') exchange: ConnectionManager) {
    // Keeps a connection open, whether topics are wanted there or not.
    this.wire = exchange.hold('public');
  }

  /** What the exchange believes to be subscribed, in its own words. */
  async subscribed(signal: AbortSignal): Promise<string> {
    const id = this.wire.nextId();
    const frame = JSON.stringify({ method: 'LIST_SUBSCRIPTIONS', id });
    try {
      const [answer] = await this.wire.send(frame, { match: { key: id }, deadlineMs: 5_000, signal });
      return answer?.frame ?? '';
    } catch (error) {
      if (error instanceof RequestRefusedError) return `refused: ${error.refusal.message}`;
      // `wasSent`: the exchange may have done what was asked.
      if (error instanceof RequestTimeoutError) return error.wasSent ? 'no answer' : 'never sent';
      throw error;
    }
  }
}
