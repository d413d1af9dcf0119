import type { FrameCorruption } from './fault.ts';

const NESTING = 100_000;
const DEEP = '['.repeat(NESTING) + ']'.repeat(NESTING);
const QUOTED_DECIMAL = /"\d+\.\d+"/g;
const BARE_NUMBER = /(?<=[:[,]\s*)-?\d+(?:\.\d+)?(?=\s*[,}\]])/g;

/** Spoils one frame. @param text a JSON object or array */
export function corrupted(text: string, how: FrameCorruption): string | Uint8Array {
  switch (how) {
    case 'garbage':
      return `\u0000<${text.length}> not JSON at all }{`;
    case 'truncated':
      return text.slice(0, Math.floor(text.length / 2));
    case 'invalid-utf8':
      // A continuation byte without a beginning, RFC 3629.
      return Buffer.concat([Buffer.from(text), Buffer.from([0x80])]);
    case 'deep-nesting':
      return withFields(text, `"nested":${DEEP}`);
    case 'prototype-keys':
      return withFields(text, '"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}');
    case 'infinite-numbers': {
      // Quoted as the exchange quotes them; where nothing is quoted, every bare number.
      const quoted = text.replace(QUOTED_DECIMAL, '"1e400"');
      return quoted === text ? text.replace(BARE_NUMBER, '1e400') : quoted;
    }
  }
}

/** Puts fields in front of an object's own; an array gets them in an object of their own. */
function withFields(text: string, fields: string): string {
  if (text.startsWith('{')) return text === '{}' ? `{${fields}}` : `{${fields},${text.slice(1)}`;
  return `[{${fields}},${text.slice(1)}`;
}
