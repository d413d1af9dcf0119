import { join } from 'node:path';
import type { Instrument } from '@exchange-stream/market-data';
import type { Environment } from '../../contract/index.ts';
import { StoredFile, type FileStoreOptions } from '../file-store/stored-file.ts';
import { INSTRUMENT_LIST } from './instrument-list.ts';
import type { InstrumentStore } from './instrument-store.ts';

/**
 * Remembers in JSON files of one folder, which must be there: `instruments.binance.live.json`. A file is replaced whole or
 * not at all; one that holds something else, or cannot be read, is renamed and reported.
 */
export class FileInstrumentStore implements InstrumentStore {
  private readonly files = new Map<string, StoredFile<Instrument>>();

  constructor(
    readonly folder: string,
    private readonly options: FileStoreOptions = {},
  ) {}

  async load(exchange: string, environment: Environment): Promise<readonly Instrument[]> {
    const instruments = (await this.file(exchange, environment).load()) ?? [];
    // A file that was copied from another exchange's.
    return instruments.filter((instrument) => instrument.exchange === exchange);
  }

  save(exchange: string, environment: Environment, instruments: readonly Instrument[]): Promise<void> {
    return this.file(exchange, environment).save(instruments);
  }

  private file(exchange: string, environment: Environment): StoredFile<Instrument> {
    const name = `instruments.${encodeURIComponent(exchange)}.${environment}.json`;
    let file = this.files.get(name);
    if (!file) {
      file = new StoredFile(join(this.folder, name), INSTRUMENT_LIST, this.options);
      this.files.set(name, file);
    }
    return file;
  }
}
