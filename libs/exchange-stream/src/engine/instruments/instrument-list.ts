import type { Instrument } from '@exchange-stream/market-data';
import type { InstrumentsOperation, InstrumentsQuery, RestOperation } from '../../contract/index.ts';
import type { RestClient } from '../rest/rest-client.ts';

/** Pages of one part at most: an exchange whose pages lead to one another in a circle is not asked for ever. */
const MAX_PAGES = 100;

type PagedOperation = RestOperation<
  InstrumentsQuery,
  { readonly instruments: readonly Instrument[]; readonly next: string | undefined }
>;

/**
 * Asks for all instruments: part by part and page by page, each call once.
 * @throws what `RestClient.call` does, of the first call that fails: a list that lacks a page is none
 */
export async function listInstruments(
  rest: Pick<RestClient, 'call'>,
  operation: InstrumentsOperation,
): Promise<readonly Instrument[]> {
  const instruments: Instrument[] = [];
  for (const part of operation.parts ?? [undefined]) {
    let cursor: string | undefined;
    let pages = 0;
    do {
      if (pages++ === MAX_PAGES) {
        throw new Error(`the list of instruments has no end: ${MAX_PAGES} pages, and the last names another`);
      }
      const query = {
        ...(part !== undefined && { part }),
        ...(cursor !== undefined && { cursor }),
      };
      const page = await rest.call(paged(operation), query, { attempts: 1 });
      for (const instrument of page.instruments) instruments.push(instrument);
      cursor = page.next;
    } while (cursor !== undefined);
  }
  return instruments;
}

/** The operation, with what its body says of the next page. */
function paged(operation: InstrumentsOperation): PagedOperation {
  return {
    ...(operation.limit && { limit: operation.limit }),
    ...(operation.isIdempotent !== undefined && { isIdempotent: operation.isIdempotent }),
    request: (query) => operation.request(query),
    parse: (body, query, reject) => ({
      instruments: operation.parse(body, query, reject),
      next: operation.nextPage?.(body),
    }),
    recognise: (url) => operation.recognise(url),
  };
}
