import type { Clock } from '@exchange-stream/market-data';
import type { RestOperation } from '@exchange-stream/nestjs/contract';
import type { HttpTransport } from '@exchange-stream/nestjs/engine';

type HttpRequest = Parameters<HttpTransport['request']>[0];
type HttpResponse = Awaited<ReturnType<HttpTransport['request']>>;

/** A call, and its answer once that has come. */
export interface AskedCall {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly url: URL;
  answer?: HttpResponse;
}

/** Everything that the engine asks of REST, on its way to the exchange. */
export class Asked implements HttpTransport {
  private readonly calls: AskedCall[] = [];

  constructor(
    private readonly http: HttpTransport,
    private readonly clock: Clock,
  ) {}

  async request(request: HttpRequest): Promise<HttpResponse> {
    const call: AskedCall = { at: this.clock.now(), url: new URL(request.url) };
    this.calls.push(call);
    return (call.answer = await this.http.request(request));
  }

  /** The calls of an operation that are about an instrument, or about all of them. */
  of(
    operation: Pick<RestOperation<never, unknown>, 'recognise'>,
    nativeSymbol: string,
  ): readonly AskedCall[] {
    return this.calls.filter(({ url }) => {
      const about = operation.recognise(url);
      return about !== undefined && (about.nativeSymbol ?? nativeSymbol) === nativeSymbol;
    });
  }
}
