/**
 * Code that the README shows and a check runs stands in the README alone: it is marked there by an HTML comment and
 * taken from there.
 *
 *     <!-- example -->   the TypeScript example that the packed-library test compiles
 *     <!-- demo -->      the command of the first minute, run until data comes
 *     <!-- test -->      the commands that install and test a clone, run by continuous integration
 *
 * As a command it prints the shell block behind a mark: node scripts/readme-block.mjs test
 */
import { existsSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const README = fileURLToPath(new URL('../README.md', import.meta.url));

/**
 * @param {string} mark such as `example`
 * @param {string} languages of the block, as a pattern: `ts`, `bash|sh`
 * @returns {string | undefined} the first such block behind the mark; undefined without a README
 */
export function readmeBlock(mark, languages) {
  if (!existsSync(README)) return undefined;
  const [, behindMark] = readFileSync(README, 'utf8').split(`<!-- ${mark} -->`);
  const block = behindMark?.match(new RegExp(`^\`\`\`(?:${languages})\\n(.*?)^\`\`\``, 'ms'))?.[1];
  if (block === undefined) throw new Error(`README.md has no ${languages} block behind <!-- ${mark} -->.`);
  return block;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , mark, fallback = ''] = process.argv;
  console.log(readmeBlock(mark, 'bash|sh|shell|console')?.replace(/^\$ /gm, '') ?? fallback);
}
