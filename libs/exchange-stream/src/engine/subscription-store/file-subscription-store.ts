import type { SubscriptionRequest } from '@exchange-stream/market-data';
import { StoredFile, type FileStoreOptions } from '../file-store/stored-file.ts';
import { SUBSCRIPTION_LIST } from './subscription-document.ts';
import type { SubscriptionStore } from './subscription-store.ts';

/**
 * Remembers in a JSON file. It is replaced whole or not at all, and a file that this store did not write, or cannot read,
 * is never overwritten: it is renamed first. One process to a file: whoever saves last replaces what others saved.
 */
export class FileSubscriptionStore implements SubscriptionStore {
  private readonly file: StoredFile<SubscriptionRequest>;

  constructor(path: string, options: FileStoreOptions = {}) {
    this.file = new StoredFile(path, SUBSCRIPTION_LIST, options);
  }

  get path(): string {
    return this.file.path;
  }

  async load(): Promise<readonly SubscriptionRequest[]> {
    return (await this.file.load()) ?? [];
  }

  save(requests: readonly SubscriptionRequest[]): Promise<void> {
    return this.file.save(requests);
  }
}
