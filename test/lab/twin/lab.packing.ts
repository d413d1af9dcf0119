import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import type { PeerConnection } from '@exchange-stream/simulator';
import type { PackingDialect } from './lab.options.ts';

type Pack = (bytes: Uint8Array) => Uint8Array;

const PACKS: Readonly<Record<PackingDialect, Pack | undefined>> = {
  text: undefined,
  binary: (bytes) => bytes,
  gzip: gzipSync,
  deflate: deflateSync,
  'deflate-raw': deflateRawSync,
  // Done by the transport, frame by frame.
  'permessage-deflate': undefined,
};

/** The peer as it receives everything in the dialect's packing. */
export function packed(peer: PeerConnection, packing: PackingDialect): PeerConnection {
  const pack = PACKS[packing];
  if (pack === undefined) return peer;
  const send = (bytes: Uint8Array): void => peer.sendBinary(pack(bytes));
  return {
    path: peer.path,
    query: peer.query,
    address: peer.address,
    send: (text) => send(Buffer.from(text)),
    sendBytes: send,
    sendBinary: (bytes) => peer.sendBinary(bytes),
    ping: (payload) => peer.ping(payload),
    close: (code, reason) => peer.close(code, reason),
    closeMalformed: () => peer.closeMalformed(),
    terminate: () => peer.terminate(),
  };
}
