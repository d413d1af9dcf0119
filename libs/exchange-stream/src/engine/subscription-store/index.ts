export type { FileStoreOptions } from '../file-store/stored-file.ts';
export type { StoreProblem } from '../file-store/store-problem.ts';
export { FileSubscriptionStore } from './file-subscription-store.ts';
export { MemorySubscriptionStore } from './memory-subscription-store.ts';
export type { SubscriptionStore } from './subscription-store.ts';
