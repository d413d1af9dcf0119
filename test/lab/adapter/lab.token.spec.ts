import type { Signing } from '@exchange-stream/nestjs/contract';
import { lab, type LabOptions } from './lab.adapter.ts';

const SIGNING: Signing = {
  credentials: { key: 'lab-key', secret: 'lab-secret' },
  nowMs: 1767225600123,
  nextNonce: () => 17,
};

const tokenOf = (entry: LabOptions['entry'], endpoint = 'private') =>
  lab(entry === undefined ? {} : { entry }).endpoints[endpoint]?.token;

describe('Lab’s tokens', () => {
  it('are needed where the dialect has them, by places that want a login', () => {
    for (const endpoint of ['private', 'trading']) {
      expect(tokenOf(undefined, endpoint)).toBeUndefined();
      expect(tokenOf('nonce', endpoint)).toBeUndefined();
      expect(tokenOf('token', endpoint)?.opens).toBe('connection');
      expect(tokenOf('listen', endpoint)?.opens).toBe('dial');
    }
    expect(tokenOf('token', 'public')).toBeUndefined();
    expect(tokenOf('listen', 'market')).toBeUndefined();
  });

  it('stand in the URL', () => {
    expect(tokenOf('token')?.url?.('wss://lab.test/private', { value: 'a&b' })).toBe(
      'wss://lab.test/private?token=a%26b',
    );
  });

  it('are asked for with a signature of method, path, nonce and body', () => {
    // printf 'POST\n/api/token\n17\n' | openssl dgst -sha256 -hmac lab-secret
    expect(tokenOf('token')?.issue.request({}, SIGNING)).toEqual({
      method: 'POST',
      path: '/api/token',
      weight: 1,
      headers: {
        'lab-key': 'lab-key',
        'lab-nonce': '17',
        'lab-signature': '774e892603642920d7f7214647ba47e83943393d2d9a0e693dc40d6d99d96936',
      },
    });
  });

  it('are prolonged by a body that is signed too', () => {
    const query = { token: { value: 'T1' } };
    // printf 'PUT\n/api/token\n17\n{"token":"T1"}' | openssl dgst -sha256 -hmac lab-secret
    expect(tokenOf('token')?.prolong?.request(query, SIGNING)).toMatchObject({
      method: 'PUT',
      path: '/api/token',
      headers: { 'lab-signature': 'c2a67df3103cd8ff1244bf8533cd635c33868be481ceb876423eab4ccb4fcccb' },
      body: '{"token":"T1"}',
    });
    expect(tokenOf('token')?.prolong?.parse('{"lifetimeMs":5}', query, () => {})).toEqual({
      value: 'T1',
      lifetimeMs: 5,
    });
    // Who outlives his token has no use for a longer one.
    expect(tokenOf('listen')?.prolong).toBeUndefined();
  });

  it('hold as long as the answer says', () => {
    const issue = tokenOf('token')?.issue;
    expect(issue?.parse('{"token":"T1","lifetimeMs":60000}', {}, () => {})).toEqual({
      value: 'T1',
      lifetimeMs: 60_000,
    });
    for (const body of ['{"token":"T1"}', '{"token":7,"lifetimeMs":1}', '{"lifetimeMs":1}', '[]', '<html>']) {
      expect(() => issue?.parse(body, {}, () => {})).toThrow('the answer to POST /api/token breaks');
    }
  });

  it.each([
    [401, '{"error":{"code":7,"message":"wrong key or signature"}}', 'credentials'],
    [401, '{"error":{"code":9,"message":"the time is off"}}', 'time'],
    [401, '{"error":{"code":10,"message":"the nonce is too small"}}', 'nonce'],
    [404, '{"error":{"code":11,"message":"no such token"}}', undefined],
    [200, '{"token":"T1","lifetimeMs":60000}', undefined],
    [403, '<html>', undefined],
  ])('answered with %d %s have nothing, or something, against the signature', (status, body, refusal) => {
    expect(lab({ entry: 'token' }).rest.signingRefusal?.({ status, headers: {}, body })).toBe(refusal);
  });
});
