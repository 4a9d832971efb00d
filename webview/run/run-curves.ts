import type { ToPanel } from '../../src/core/panels/protocol';
import { isKnownMetric, type MetricsLine } from '../../src/core/runs/format';
import { StepCurve } from '../charts/plot/plot-curve';

/** The curves of one run, filled by messages. They stay the same objects while points come. */
export class RunCurves {
  readonly #curves = new Map<string, StepCurve>();

  get(split: MetricsLine['split'], name: string): StepCurve {
    const key = `${split} ${name}`;
    const known = this.#curves.get(key);
    if (known) return known;
    const curve = new StepCurve();
    this.#curves.set(key, curve);
    return curve;
  }

  has(split: MetricsLine['split'], name: string): boolean {
    return (this.#curves.get(`${split} ${name}`)?.points.steps.length ?? 0) > 0;
  }

  /** Names of metrics that a trainer has of its own, in the order in which they came. */
  get otherMetrics(): string[] {
    const names = [...this.#curves.keys()].map((key) => key.slice(key.indexOf(' ') + 1));
    return [...new Set(names)].filter((name) => !isKnownMetric(name));
  }

  get isEmpty(): boolean {
    return [...this.#curves.values()].every(({ points }) => points.steps.length === 0);
  }

  take({ restart, parts }: Extract<ToPanel, { kind: 'curves' }>): void {
    if (restart) for (const curve of this.#curves.values()) curve.clear();
    for (const part of parts) this.get(part.split, part.name).append(part);
  }
}
