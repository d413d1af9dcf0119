import { gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';
import type { SocketEndpoint } from '../../contract/index.ts';

/** In larger steps than zlib's own 16 KiB: a frame at the bound, and a bomb up to it, cost a fraction of the time. */
const CHUNK_BYTES = 64 * 1024;

const UNPACKING = { gzip: gunzipSync, deflate: inflateSync, 'deflate-raw': inflateRawSync };

/** A frame that would unpack to more than a frame may have. */
export class OversizeFrameError extends Error {
  constructor(maxFrameBytes: number) {
    super(`a frame would unpack to more than ${maxFrameBytes} bytes`);
    this.name = 'OversizeFrameError';
  }
}

/** Turns a packed binary frame into what it holds. Throws what zlib stumbles over, or an `OversizeFrameError`. */
export type Unpack = (frame: Buffer) => Buffer;

/**
 * How the frames of an endpoint are unpacked; undefined where they come as they are, or where the socket itself unpacks
 * them. Synchronous, so that no frame overtakes another: within the bound it costs less than a trip through the thread
 * pool.
 */
export function unpackerOf(
  compression: SocketEndpoint['compression'],
  maxFrameBytes: number,
): Unpack | undefined {
  if (compression === undefined || compression === 'permessage-deflate') return undefined;
  const unpack = UNPACKING[compression];
  const options = { maxOutputLength: maxFrameBytes, chunkSize: CHUNK_BYTES };
  return (frame) => {
    try {
      return unpack(frame, options);
    } catch (error) {
      const isOversize =
        typeof error === 'object' &&
        error !== null &&
        'code' in error &&
        error.code === 'ERR_BUFFER_TOO_LARGE';
      throw isOversize ? new OversizeFrameError(maxFrameBytes) : error;
    }
  };
}
