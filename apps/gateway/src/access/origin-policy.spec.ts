import { isOriginAllowed } from './origin-policy.ts';

describe('isOriginAllowed', () => {
  const allowed = ['https://dashboard.example'];
  it.each([
    ['a program without origin', undefined, true],
    ['a listed origin', 'https://dashboard.example', true],
    ['the same origin', 'http://gateway:3000', true],
    ['another port of the same host', 'http://gateway:3001', false],
    ['a longer name', 'https://dashboard.example.evil.test', false],
    ['another scheme of a listed origin', 'http://dashboard.example', false],
    ['a page without origin', 'null', false],
    ['nonsense', '%%%', false],
  ])('judges %s', (_what, origin, verdict) => {
    const headers = { host: 'gateway:3000', ...(origin !== undefined && { origin }) };
    expect(isOriginAllowed({ headers }, allowed)).toBe(verdict);
  });
});
