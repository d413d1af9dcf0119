import { Injectable } from '@nestjs/common';
import { ExternalContextCreator } from '@nestjs/core';
import type { QueueOptions } from '../engine/index.ts';
import type { DiscoveredMethod, DiscoveredProvider } from './exchange-stream.explorer.ts';
import { ExchangeStreamMetadataAccessor, HANDLER_PARAMETERS } from './exchange-stream-metadata.accessor.ts';
import { ExchangeStreams, type RegisteredStream } from './exchange-streams.ts';
import { HandlerBinding, type HandlerCall } from './handler/handler-binding.ts';
import { formatDecorator } from './handler/handler-metadata.ts';
import { checkClassQueue, queueOf } from './handler/handler-queue.ts';
import { ProviderHandlers } from './handler/provider-handlers.ts';

/** What `ExecutionContext.getType()` says in guards, interceptors and filters of a handler. */
export const HANDLER_CONTEXT_TYPE = 'exchange-stream';

/** A decorator that asks for something that does not exist; the message names method or class and what would work. */
export class InvalidHandlerError extends Error {
  readonly code = 'INVALID_HANDLER';

  /**
   * @param decorator as its author wrote it
   * @param below what it stands above
   */
  constructor(decorator: string, below: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`${decorator} above ${below} cannot work: ${reason}`, { cause });
    this.name = 'InvalidHandlerError';
  }
}

/** Connects decorated methods with the subscriptions they ask for. */
@Injectable()
export class ExchangeStreamRegistrar {
  private readonly bound: ProviderHandlers[] = [];

  constructor(
    private readonly streams: ExchangeStreams,
    private readonly accessor: ExchangeStreamMetadataAccessor,
    private readonly contexts: ExternalContextCreator,
  ) {}

  /**
   * Subscribes what the provider's decorators ask for. Nothing is called yet.
   * @throws InvalidHandlerError
   */
  bind(provider: DiscoveredProvider): void {
    const ofInstance = new Map<string, ProviderHandlers>();
    const ofClass = this.classQueue(provider);
    for (const method of provider.methods) {
      const call = this.callOf(provider, method);
      for (const metadata of method.handlers) {
        try {
          const registered = this.streams.get(metadata.instance);
          const handlers = ofInstance.get(registered.name) ?? this.handlersOf(provider.name, registered);
          ofInstance.set(registered.name, handlers);
          const queue = queueOf(metadata, ofClass);
          handlers.add(new HandlerBinding(call, metadata, queue, registered.stream));
        } catch (error) {
          throw new InvalidHandlerError(formatDecorator(metadata), call.name, error);
        }
      }
    }
  }

  /** From here on events reach the handlers. */
  attach(): void {
    for (const handlers of this.bound) handlers.attach();
  }

  detach(): void {
    for (const handlers of this.bound) handlers.detach();
  }

  private classQueue({ name, instance }: DiscoveredProvider): QueueOptions {
    const queue = this.accessor.queueOf(instance.constructor) ?? {};
    try {
      checkClassQueue(queue);
    } catch (error) {
      throw new InvalidHandlerError(`@HandlerQueue(${JSON.stringify(queue)})`, name, error);
    }
    return queue;
  }

  private handlersOf(provider: string, { stream, options }: RegisteredStream): ProviderHandlers {
    const handlers = new ProviderHandlers(provider, stream, options.handlerQueueCapacity);
    this.bound.push(handlers);
    return handlers;
  }

  /** Straight to the method, unless something of Nest's stands before it. */
  private callOf({ name, instance }: DiscoveredProvider, method: DiscoveredMethod): HandlerCall {
    const { callback } = method;
    const isEnhanced = this.accessor.isEnhanced(instance.constructor, callback);
    return {
      name: `${name}.${method.name}`,
      invoke: isEnhanced ? this.throughNest(instance, method) : (event) => callback.call(instance, event),
    };
  }

  private throughNest(
    instance: object,
    { name, callback }: DiscoveredMethod,
  ): (event: unknown) => Promise<unknown> {
    // Without filters of its own Nest would log every error of the method, and so do we.
    const filters = this.accessor.hasFilters(instance.constructor, callback);
    return this.contexts.create(
      instance,
      callback,
      name,
      HANDLER_PARAMETERS,
      { exchangeKeyForValue: (_type: number, _data: unknown, [event]: unknown[]): unknown => event },
      undefined,
      undefined,
      { guards: true, interceptors: true, filters },
      HANDLER_CONTEXT_TYPE,
    );
  }
}
