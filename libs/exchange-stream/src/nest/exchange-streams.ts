import { Injectable } from '@nestjs/common';
import type { ExchangeStreamModuleOptions } from './exchange-stream.options.ts';
import type { ExchangeStreamService } from './exchange-stream.service.ts';
import { DEFAULT_INSTANCE } from './exchange-stream.tokens.ts';

/** One instance and the options it was made with. */
export interface RegisteredStream {
  readonly name: string;
  readonly stream: ExchangeStreamService;
  readonly options: ExchangeStreamModuleOptions;
}

/** An instance that does not exist, or exists twice; the message says which do. */
export class InstanceNameError extends Error {
  readonly code = 'INSTANCE_NAME';

  constructor(message: string) {
    super(message);
    this.name = 'InstanceNameError';
  }
}

/** All instances of one application. */
@Injectable()
export class ExchangeStreams {
  private readonly streams = new Map<string, RegisteredStream>();

  /** @throws InstanceNameError when the name is taken */
  add(registered: RegisteredStream): RegisteredStream {
    if (this.streams.has(registered.name)) {
      throw new InstanceNameError(
        `ExchangeStreamModule has been set up twice with the name "${registered.name}". Call forRoot once, or give each instance its own "name".`,
      );
    }
    this.streams.set(registered.name, registered);
    return registered;
  }

  /** @throws InstanceNameError when there is none of that name */
  get(name: string = DEFAULT_INSTANCE): RegisteredStream {
    const registered = this.streams.get(name);
    if (registered) return registered;
    const names = [...this.streams.keys()].map((known) => `"${known}"`).join(', ');
    throw new InstanceNameError(
      `There is no exchange stream named "${name}". ${names ? `There is: ${names}.` : 'Import ExchangeStreamModule.forRoot().'}`,
    );
  }

  all(): readonly RegisteredStream[] {
    return [...this.streams.values()];
  }
}
