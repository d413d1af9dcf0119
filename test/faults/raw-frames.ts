import { constants, deflateRawSync } from 'node:zlib';

const TEXT = 0x01;
const CONTINUES = 0x00;
const FIN = 0x80;
const PACKED = 0x40;

/** A frame of WebSocket as a server sends it, byte by byte: no library would send what the tests need. */
function frame(first: number, payload: Buffer): Buffer {
  const { length } = payload;
  if (length < 126) return Buffer.concat([Buffer.from([first, length]), payload]);
  const header = Buffer.alloc(10);
  header[0] = first;
  header[1] = 127;
  header.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([header, payload]);
}

export const textFrame = (payload: Buffer): Buffer => frame(FIN | TEXT, payload);
export const packedTextFrame = (payload: Buffer): Buffer => frame(FIN | PACKED | TEXT, payload);
export const binaryFrame = (payload: Buffer): Buffer => frame(FIN | 0x02, payload);

/** Begins a message that is not whole. */
export const firstFragment = (payload: Buffer): Buffer => frame(TEXT, payload);
/** Goes on with it, and does not end it. */
export const nextFragment = (payload: Buffer): Buffer => frame(CONTINUES, payload);

const MIB = 1024 * 1024;

/** Raw deflate of so many MiB of nothing, about 1 KiB for each: every part is whole by itself, so that they can be lined up. */
export function bomb(mebibytes: number): Buffer {
  const part = deflateRawSync(Buffer.alloc(MIB), { finishFlush: constants.Z_FULL_FLUSH });
  return Buffer.concat(Array.from({ length: mebibytes }, () => part));
}

/** The same with a head of gzip. */
export const gzipBomb = (mebibytes: number): Buffer =>
  Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]), bomb(mebibytes)]);
