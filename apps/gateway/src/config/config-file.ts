import { nearest } from '@exchange-stream/nestjs/engine';
import { parse } from 'yaml';
import { ConfigError } from './config-error.ts';
import { SETTINGS } from './settings.ts';

/** What a file may hold at its top. */
const TOP_KEYS = [...new Set([...SETTINGS.map(({ file }) => file[0] ?? ''), 'exchanges', 'subscriptions'])];
const READINESS_KEYS = ['policy', 'critical'];
const FEED_KEYS = SETTINGS.flatMap(({ file }) => (file[0] === 'feed' && file[1] ? [file[1]] : []));

export type FileTree = Readonly<Record<string, unknown>>;

/**
 * The content of a YAML or JSON file, its top-level and feed keys known.
 * @throws ConfigError
 */
export function readConfigFile(path: string, readFile: (path: string) => string): FileTree {
  const tree = parseFile(path, readFile);
  if (tree === null || tree === undefined) return {};
  if (!isTree(tree)) {
    throw new ConfigError([{ key: path, message: 'the file must hold keys with values' }]);
  }
  const problems = unknownKeys(tree, TOP_KEYS, '');
  if (isTree(tree.feed)) problems.push(...unknownKeys(tree.feed, FEED_KEYS, 'feed.'));
  else if (tree.feed !== undefined) {
    problems.push({ key: 'feed', message: `takes the keys ${FEED_KEYS.join(', ')}` });
  }
  if (isTree(tree.readiness)) problems.push(...unknownKeys(tree.readiness, READINESS_KEYS, 'readiness.'));
  else if (tree.readiness !== undefined) {
    problems.push({ key: 'readiness', message: `takes the keys ${READINESS_KEYS.join(', ')}` });
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return tree;
}

/** What is wrong with keys that nobody knows, the nearest known one named. */
export function unknownKeys(
  tree: FileTree,
  known: readonly string[],
  prefix: string,
): { key: string; message: string }[] {
  return Object.keys(tree)
    .filter((key) => !known.includes(key))
    .map((key) => {
      const [suggestion] = nearest(key, known);
      const hint =
        suggestion === undefined ? `known are ${known.join(', ')}` : `did you mean ${prefix}${suggestion}?`;
      return { key: `${prefix}${key}`, message: `unknown key; ${hint}` };
    });
}

export function isTree(value: unknown): value is FileTree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseFile(path: string, readFile: (path: string) => string): unknown {
  let text: string;
  try {
    text = readFile(path);
  } catch (error) {
    throw new ConfigError([{ key: path, message: `the file cannot be read: ${firstLine(error)}` }]);
  }
  try {
    // JSON is YAML.
    return parse(text) as unknown;
  } catch (error) {
    throw new ConfigError([{ key: path, message: `the file is neither YAML nor JSON: ${firstLine(error)}` }]);
  }
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
}
