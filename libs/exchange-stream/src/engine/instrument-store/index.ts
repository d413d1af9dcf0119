export { FileInstrumentStore } from './file-instrument-store.ts';
export type { InstrumentStore } from './instrument-store.ts';
