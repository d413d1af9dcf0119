import type { RestResponse } from '../simulated-exchange.ts';
import type { RestFault } from './fault.ts';

const WEB_PAGE = '<!DOCTYPE html><html><body><h1>We are checking your browser</h1></body></html>';

export interface AnswerSources {
  error(status: number): string;
  staleBook(): string;
}

/** What a fault makes of an answer. */
export function spoiledAnswer(fault: RestFault, answer: RestResponse, sources: AnswerSources): RestResponse {
  switch (fault.type) {
    case 'rest-status': {
      const { 'retry-after': _own, ...headers } = answer.headers;
      const { status, retryAfterSeconds } = fault;
      const retryAfter: Record<string, string> =
        retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
      return { status, headers: { ...headers, ...retryAfter }, body: sources.error(status) };
    }
    case 'rest-slow':
      return { ...answer, delayMs: fault.delayMs };
    case 'rest-corrupt':
      if (fault.how === 'truncated') return { ...answer, body: answer.body.slice(0, answer.body.length / 2) };
      return { ...answer, headers: { ...answer.headers, 'content-type': 'text/html' }, body: WEB_PAGE };
    case 'rest-oversize': {
      const bytes = Buffer.byteLength(answer.body);
      const total = Math.max(bytes, fault.bytes);
      const length: Record<string, string> =
        fault.declared === true ? { 'content-length': String(total) } : {};
      return { ...answer, headers: { ...answer.headers, ...length }, paddingBytes: total - bytes };
    }
    case 'rest-stale-book':
      return { ...answer, body: sources.staleBook() };
  }
}
