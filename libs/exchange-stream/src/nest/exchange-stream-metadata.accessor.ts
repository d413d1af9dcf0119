import { Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { QueueOptions } from '../engine/index.ts';
import type { HandlerMetadata } from './handler/handler-metadata.ts';

const HANDLERS = 'exchange-stream:handlers';
const CLASS_QUEUE = 'exchange-stream:class-queue';

/** Key under which Nest finds the parameters of a handler when it has to pipe them. */
export const HANDLER_PARAMETERS = 'exchange-stream:handler-parameters';

/**
 * Where Nest itself keeps what `@UseGuards()` and its kin say; these keys are the same in Nest 11 and 12 and have no
 * public constant in both.
 */
const FILTERS = '__exceptionFilters__';
const ENHANCERS = ['__guards__', '__interceptors__', '__pipes__', FILTERS];

/** Notes on a method what a decorator says about it; one method may carry several decorators. */
export function appendHandlerMetadata<T extends (event: never) => unknown>(
  prototype: object,
  method: string | symbol,
  { value }: TypedPropertyDescriptor<T>,
  metadata: HandlerMetadata,
): void {
  if (!value) throw new TypeError(`@${metadata.decorator}() belongs above a method, not ${String(method)}.`);
  const earlier = (Reflect.getOwnMetadata(HANDLERS, value) ?? []) as readonly HandlerMetadata[]; // only written below
  Reflect.defineMetadata(HANDLERS, [metadata, ...earlier], value);
  // The one parameter of a handler is the event: this is how Nest learns to send it through pipes.
  const parameters = { '0:0': { index: 0, data: undefined, pipes: [] } };
  Reflect.defineMetadata(HANDLER_PARAMETERS, parameters, prototype.constructor, method);
}

/** Notes on a class what waits for its handlers where they do not say. */
export function setClassQueue(type: object, queue: QueueOptions): void {
  Reflect.defineMetadata(CLASS_QUEUE, queue, type);
}

/** Reads what decorators have written. */
@Injectable()
export class ExchangeStreamMetadataAccessor {
  constructor(private readonly reflector: Reflector) {}

  /** What the method handles, in the order of its decorators; nothing for a method without any. */
  handlersOf(method: unknown): readonly HandlerMetadata[] {
    if (typeof method !== 'function') return [];
    return (
      this.reflector.get<readonly HandlerMetadata[] | undefined, string>(HANDLERS, method as () => void) ?? []
    );
  }

  /** What waits for the handlers of a class where they do not say; a class has it from those that it extends. */
  queueOf(type: object): QueueOptions | undefined {
    return Reflect.getMetadata(CLASS_QUEUE, type) as QueueOptions | undefined; // only written above
  }

  /** Whether guards, interceptors, pipes or filters stand on the method or on its class. */
  isEnhanced(type: unknown, method: unknown): boolean {
    return ENHANCERS.some((key) => isMarked(key, type, method));
  }

  /** Whether filters do. */
  hasFilters(type: unknown, method: unknown): boolean {
    return isMarked(FILTERS, type, method);
  }
}

function isMarked(key: string, ...targets: readonly unknown[]): boolean {
  return targets.some((target) => typeof target === 'function' && Reflect.hasMetadata(key, target));
}
