import type { ExchangeStream } from '../../engine/index.ts';
import type { HandlerBinding } from './handler-binding.ts';

/** All handlers of one provider on one instance: of each subscription, they see one sequence. */
export class ProviderHandlers {
  private readonly bindings: HandlerBinding[] = [];
  private stop = (): void => undefined;

  /** @param capacity how many events may wait where no decorator says */
  constructor(
    private readonly provider: string,
    private readonly stream: ExchangeStream,
    private readonly capacity: number | undefined,
  ) {}

  add(binding: HandlerBinding): void {
    this.bindings.push(binding);
  }

  attach(): void {
    this.stop = this.stream.listenTogether(
      this.provider,
      this.bindings.map(({ handler }) => handler),
      this.capacity,
    );
  }

  detach(): void {
    this.stop();
  }
}
