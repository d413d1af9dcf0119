import { Injectable } from '@nestjs/common';
import { ExternalContextCreator } from '@nestjs/core';
import type { DiscoveredMethod, DiscoveredProvider } from './exchange-stream.explorer.ts';
import { ExchangeStreamMetadataAccessor, HANDLER_PARAMETERS } from './exchange-stream-metadata.accessor.ts';
import { ExchangeStreams, type RegisteredStream } from './exchange-streams.ts';
import { HandlerBinding } from './handler/handler-binding.ts';
import type { HandlerCall } from './handler/handler-call.ts';
import { formatDecorator, type HandlerMetadata } from './handler/handler-metadata.ts';
import { ProviderHandlers, type HandlerLaneView } from './handler/provider-handlers.ts';
import { HandlerLog } from './log/handler-log.ts';

/** What `ExecutionContext.getType()` says in guards, interceptors and filters of a handler. */
export const HANDLER_CONTEXT_TYPE = 'exchange-stream';

const DEFAULT_QUEUE_CAPACITY = 10_000;

/** A decorator that asks for something that does not exist; the message names the method and what would work. */
export class InvalidHandlerError extends Error {
  readonly code = 'INVALID_HANDLER';

  constructor(method: string, metadata: HandlerMetadata, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`${formatDecorator(metadata)} above ${method} cannot work: ${reason}`, { cause });
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
    for (const method of provider.methods) {
      const call = this.callOf(provider, method);
      for (const metadata of method.handlers) {
        try {
          const registered = this.streams.get(metadata.instance);
          const handlers = ofInstance.get(registered.name) ?? this.handlersOf(provider.name, registered);
          ofInstance.set(registered.name, handlers);
          handlers.add(new HandlerBinding(call, metadata, registered.stream));
        } catch (error) {
          throw new InvalidHandlerError(call.name, metadata, error);
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

  /** How every provider keeps up. */
  lanes(): HandlerLaneView[] {
    return this.bound.flatMap((handlers) => handlers.views());
  }

  private handlersOf(provider: string, { name, stream, options }: RegisteredStream): ProviderHandlers {
    const { handlerQueueCapacity = DEFAULT_QUEUE_CAPACITY } = options;
    const problems = new HandlerLog(name, stream.platform.clock);
    const handlers = new ProviderHandlers(provider, stream, handlerQueueCapacity, problems);
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
