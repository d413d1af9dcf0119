// Runs the fault catalogue and prints what was measured: npm run test:faults
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SPECS = ['test/faults/', 'test/captures/mutation'];

const folder = mkdtempSync(join(tmpdir(), 'faults-'));
const file = join(folder, 'measured.jsonl');

const { status } = spawnSync(process.execPath, ['node_modules/jest/bin/jest.js', ...SPECS], {
  stdio: 'inherit',
  env: { ...process.env, FAULT_TABLE: file },
});
const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
rmSync(folder, { recursive: true });

const seconds = (ms) => (ms === undefined ? '–' : `${(ms / 1000).toFixed(2)} s`);
const cells = ({ case: name, fault, detectedMs, backMs, outcome }) =>
  [name, fault, seconds(detectedMs), seconds(backMs), outcome].map((cell) =>
    String(cell).replaceAll('|', '\\|'),
  );

console.log('\n| case | fault | detected after | back after | outcome |\n| --- | --- | --- | --- | --- |');
// The numbers of the catalogue in their order, then the names of what it does not have.
const order = (one, other) => String(one.case).localeCompare(String(other.case), 'en', { numeric: true });
const rows = lines.filter((line) => line !== '').map((line) => JSON.parse(line));
for (const row of rows.sort(order)) {
  console.log(`| ${cells(row).join(' | ')} |`);
}
process.exitCode = status ?? 1;
