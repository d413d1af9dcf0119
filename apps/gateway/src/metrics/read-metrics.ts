import { Counter, Gauge, type Registry } from 'prom-client';
import { ReadHistogram, type Distribution } from './read-histogram.ts';

/** A value and what it is of. Labels take a bounded number of values: never a symbol, never an id. */
export type Sample<Label extends string> = readonly [labels: Readonly<Record<Label, string>>, value: number];

/** Metrics that are read when somebody asks for them, from whoever counts. */
export class ReadMetrics {
  constructor(private readonly registry: Registry) {}

  counter<Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[],
    read: () => readonly Sample<Label>[],
  ): void {
    new Counter({
      name,
      help,
      labelNames: [...labelNames],
      registers: [this.registry],
      collect() {
        this.reset();
        for (const [labels, value] of read()) this.inc(labels, value);
      },
    });
  }

  gauge<Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[],
    read: () => readonly Sample<Label>[],
  ): void {
    new Gauge({
      name,
      help,
      labelNames: [...labelNames],
      registers: [this.registry],
      collect() {
        this.reset();
        for (const [labels, value] of read()) this.set(labels, value);
      },
    });
  }
  /** @param bounds upper bounds of the classes, inclusive; one more holds what is beyond */
  histogram<Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[],
    bounds: readonly number[],
    read: () => readonly (readonly [labels: Readonly<Record<Label, string>>, distribution: Distribution])[],
  ): void {
    this.registry.registerMetric(new ReadHistogram(name, help, labelNames, bounds, read));
  }
}
