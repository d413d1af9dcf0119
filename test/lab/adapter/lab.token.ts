import type { SignedOperation, Token, TokenDeclaration, TokenQuery } from '@exchange-stream/nestjs/contract';
import { integer, object, text } from './lab.fields.ts';
import type { LabEntry } from './lab.options.ts';
import { parse } from './lab.rest.ts';
import { signed } from './lab.signing.ts';

const PATH = '/api/token';

const issue: SignedOperation<TokenQuery, Token> = {
  isSigned: true,
  request: (_query, signing) => signed('POST', PATH, signing),
  parse: (body) =>
    parse(`POST ${PATH}`, body, (json) => {
      const { token, lifetimeMs } = object(json, 'body');
      return { value: text(token, 'token'), lifetimeMs: integer(lifetimeMs, 'lifetimeMs') };
    }),
  recognise: (url) => (url.pathname === PATH ? {} : undefined),
};

const prolong: SignedOperation<TokenQuery, Token> = {
  isSigned: true,
  // It holds so long from the last time that it was asked for.
  isIdempotent: true,
  request: ({ token }, signing) => signed('PUT', PATH, signing, JSON.stringify({ token: token?.value })),
  parse: (body, { token }) =>
    parse(`PUT ${PATH}`, body, (json) => ({
      value: token?.value ?? '',
      lifetimeMs: integer(object(json, 'body').lifetimeMs, 'lifetimeMs'),
    })),
  recognise: (url) => (url.pathname === PATH ? {} : undefined),
};

/** The token that private places want in some dialects; undefined in those that begin with a login. */
export function tokenOf(entry: LabEntry): TokenDeclaration | undefined {
  const url = (dialled: string, { value }: Token): string => `${dialled}?token=${encodeURIComponent(value)}`;
  switch (entry) {
    case 'login':
    case 'nonce':
      return undefined;
    case 'token':
      return { issue, prolong, url, opens: 'connection' };
    case 'listen':
      return { issue, url, opens: 'dial' };
  }
}
