import { isHostAllowed } from './host-policy.ts';

describe('isHostAllowed', () => {
  const origins = ['https://dashboard.example'];
  it.each([
    ['an address', '127.0.0.1:3000', '127.0.0.1', true],
    ['an address of IPv6', '[::1]:3000', '::1', true],
    ['localhost', 'LOCALHOST:3000', '127.0.0.1', true],
    ['the host of a listed origin', 'dashboard.example', '127.0.0.1', true],
    ['a program that names none', undefined, '127.0.0.1', true],
    ['a name that points here', 'evil.example:3000', '127.0.0.1', false],
    ['a name that ends like ours', 'evil-localhost:3000', '127.0.0.1', false],
    ['nonsense', '%%%', '127.0.0.1', false],
    ['any name where the gateway is reachable from elsewhere', 'gateway.internal:3000', '0.0.0.0', true],
  ])('judges %s', (_what, host, listensOn, verdict) => {
    expect(isHostAllowed(host, listensOn, origins)).toBe(verdict);
  });
});
