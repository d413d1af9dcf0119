import { acceptanceResults } from '@exchange-stream/acceptance';
import { lab } from './adapter/lab.adapter.ts';
import { LabExchange } from './twin/index.ts';

const results = await acceptanceResults({
  adapter: () => lab({ books: 'chain', checksums: true }),
  twin: ({ clock, seed = 1, market }) =>
    new LabExchange({ clock, seed, ...market, books: 'chain', checksums: true }),
  instruments: [{ symbol: 'BTC/USDT', market: 'BTC-USDT' }],
});
const failed = results.filter(({ outcome }) => outcome === 'failed');
for (const { card, reason } of failed) console.error(`${card.number} ${card.name}: ${reason}`);
if (failed.length > 0) process.exitCode = 1;
const passed = results.filter(({ outcome }) => outcome === 'passed').length;
console.log(`${passed} of ${results.length} cards passed by an exchange that the packages do not know`);
