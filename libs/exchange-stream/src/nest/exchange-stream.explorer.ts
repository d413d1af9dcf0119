import { Injectable, Logger, type InjectionToken } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { ExchangeStreamMetadataAccessor } from './exchange-stream-metadata.accessor.ts';
import type { HandlerMetadata } from './handler/handler-metadata.ts';

/** A decorated method of a provider. */
export interface DiscoveredMethod {
  readonly name: string;
  readonly callback: (...args: unknown[]) => unknown;
  readonly handlers: readonly HandlerMetadata[];
}

/** A provider or controller with decorated methods. */
export interface DiscoveredProvider {
  readonly name: string;
  readonly instance: object;
  readonly methods: readonly DiscoveredMethod[];
}

type InstanceWrapper = ReturnType<DiscoveryService['getProviders']>[number];

/** Finds the decorated methods of an application. */
@Injectable()
export class ExchangeStreamExplorer {
  private readonly logger = new Logger('ExchangeStream');

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly accessor: ExchangeStreamMetadataAccessor,
  ) {}

  /** Every provider with handlers, once, however many modules know it. */
  explore(): DiscoveredProvider[] {
    const found: DiscoveredProvider[] = [];
    const instances = new Set<object>();
    const tokens = new Set<InjectionToken>();
    for (const wrapper of [...this.discovery.getControllers(), ...this.discovery.getProviders()]) {
      const instance: unknown = wrapper.instance;
      if (typeof instance !== 'object' || instance === null || instances.has(instance)) continue;
      const methods = this.methodsOf(instance);
      if (methods.length === 0) continue;
      instances.add(instance);
      const name = instance.constructor.name;
      if (this.isStatic(wrapper, name, methods) && this.isFirst(wrapper, tokens, name)) {
        found.push({ name, instance, methods });
      }
    }
    return found;
  }

  private methodsOf(instance: object): DiscoveredMethod[] {
    const prototype: unknown = Object.getPrototypeOf(instance);
    if (typeof prototype !== 'object' || prototype === null) return [];
    return this.scanner.getAllMethodNames(prototype).flatMap((name) => {
      const callback = Reflect.get(prototype, name) as DiscoveredMethod['callback']; // the scanner names methods only
      const handlers = this.accessor.handlersOf(callback);
      return handlers.length > 0 ? [{ name, callback, handlers }] : [];
    });
  }

  private isStatic(wrapper: InstanceWrapper, name: string, methods: readonly DiscoveredMethod[]): boolean {
    if (wrapper.isDependencyTreeStatic() && !wrapper.isTransient) return true;
    this.logger.warn(
      `${name} is created per request or per consumer, so ${methods.map((method) => `${name}.${method.name}`).join(', ')} will never be called. Move the handlers to a provider of default scope.`,
    );
    return false;
  }

  /** The same token in a second module is another instance of the same provider: calling both would double every event. */
  private isFirst({ token, host }: InstanceWrapper, tokens: Set<InjectionToken>, name: string): boolean {
    if (!tokens.has(token)) {
      tokens.add(token);
      return true;
    }
    this.logger.warn(
      `${name} is provided by more than one module; its handlers in ${host?.name ?? 'the other'} will not be called. Export it from one module and import that.`,
    );
    return false;
  }
}
