import { Histogram, type MetricObjectWithValues, type MetricValueWithName } from 'prom-client';

/** How the values of one series are spread. */
export interface Distribution {
  /** How many values are in each class, and last those beyond the largest bound. */
  readonly counts: readonly number[];
  readonly sum: number;
}

/** A histogram that somebody else counts; `prom-client` lets its own be filled value by value only. */
export class ReadHistogram<Label extends string> extends Histogram<Label> {
  /** Says what the metric is, and holds no values. */
  private readonly described: Histogram<Label>;

  constructor(
    private readonly metric: string,
    help: string,
    labelNames: readonly Label[],
    private readonly bounds: readonly number[],
    private readonly read: () => readonly (readonly [
      labels: Readonly<Record<Label, string>>,
      distribution: Distribution,
    ])[],
  ) {
    const configuration = { name: metric, help, labelNames, buckets: [...bounds], registers: [] };
    super(configuration);
    this.described = new Histogram<Label>(configuration);
  }

  override async get(): Promise<MetricObjectWithValues<MetricValueWithName<Label>>> {
    const values = this.read().flatMap(([labels, distribution]) => this.series(labels, distribution));
    return { ...(await this.described.get()), values };
  }

  /** Registries ask this one first. */
  getForPromString(): Promise<MetricObjectWithValues<MetricValueWithName<Label>>> {
    return this.get();
  }

  private series(
    labels: Readonly<Record<Label, string>>,
    { counts, sum }: Distribution,
  ): MetricValueWithName<Label>[] {
    let total = 0;
    const buckets = counts.map((count, index) => {
      total += count;
      const le = this.bounds[index] ?? '+Inf';
      return { metricName: `${this.metric}_bucket`, labels: { ...labels, le }, value: total };
    });
    return [
      ...buckets,
      { metricName: `${this.metric}_sum`, labels, value: sum },
      { metricName: `${this.metric}_count`, labels, value: total },
    ];
  }
}
