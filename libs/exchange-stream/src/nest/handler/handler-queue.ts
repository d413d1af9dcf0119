import type { Channel } from '@exchange-stream/market-data';
import { checkQueue, InvalidOptionsError, mergeable, type QueueOptions } from '../../engine/index.ts';
import type { HandlerMetadata } from './handler-metadata.ts';

const KEYS: readonly string[] = ['policy', 'capacity'] satisfies readonly (keyof QueueOptions)[];

/**
 * What waits for a handler that is not ready, as its decorator says, else its class.
 * @throws InvalidOptionsError for what its decorator cannot say
 */
export function queueOf(
  { receives, channel, queue = {} }: HandlerMetadata,
  ofClass: QueueOptions,
): QueueOptions {
  checkKeys(queue);
  // Status events wait under every policy.
  if (receives === 'status') {
    checkOnly(queue);
    return { capacity: queue.capacity ?? ofClass.capacity };
  }
  checkQueue(queue, channel);
  return { ...defaultFor(ofClass, channel), ...given(queue) };
}

/**
 * Refuses what a class cannot say of its handlers.
 * @throws InvalidOptionsError
 */
export function checkClassQueue(queue: QueueOptions): void {
  checkKeys(queue);
  checkQueue(queue, undefined);
}

function defaultFor(ofClass: QueueOptions, channel: Channel | undefined): QueueOptions {
  return channel ? mergeable(ofClass, channel) : ofClass;
}

function given(queue: QueueOptions): QueueOptions {
  return Object.fromEntries(Object.entries(queue).filter(([, value]) => value !== undefined));
}

function checkKeys(queue: object): void {
  const unknown = Object.keys(queue).find((key) => !KEYS.includes(key));
  if (unknown !== undefined)
    throw new InvalidOptionsError(`no key "${unknown}". Allowed: ${KEYS.join(', ')}.`);
}

function checkOnly({ policy, capacity }: QueueOptions): void {
  if (policy !== undefined && policy !== 'all')
    throw new InvalidOptionsError(
      `policy: got ${JSON.stringify(policy)} for status events. Allowed for status events: all.`,
    );
  checkQueue({ capacity }, undefined);
}
