export { FileSubscriptionStore, type FileStoreOptions } from './file-subscription-store.ts';
export { MemorySubscriptionStore } from './memory-subscription-store.ts';
export type { StoreProblem, SubscriptionStore } from './subscription-store.ts';
