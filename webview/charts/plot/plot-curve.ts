import { Column } from '../../../src/core/metrics/column';
import { decimate, type View } from '../../../src/core/metrics/decimate';
import { type Curve, countBefore } from '../../../src/core/metrics/series';
import { Smoother } from '../../../src/core/metrics/smooth';

/** Points with ascending x. NaN and infinities are measured values: a line has a gap there, with a mark. */
export interface Points {
  readonly steps: Uint32Array | Float64Array;
  readonly values: Float32Array;
}

/** What a chart draws a line of. */
export interface PlotCurve {
  /** All points: the numbers themselves, which hold until the curve changes. */
  readonly points: Points;
  /** Another one whenever the points are others. */
  readonly version: number;
  /** The points that this view can tell apart, and their neighbours outside of it. */
  within(view: View): Points;
  /** With an exponential moving average of this weight; the curve itself where it cannot be smoothed. */
  smoothed(weight: number): PlotCurve;
}

/** A few points that stay, at any x: betas, runs. */
export class FixedCurve implements PlotCurve {
  readonly version = 0;
  readonly points: Points;

  /** @param xs ascending */
  constructor(xs: ArrayLike<number>, ys: ArrayLike<number>) {
    this.points = { steps: Float64Array.from(xs), values: Float32Array.from(ys) };
  }

  within(): Points {
    return this.points;
  }

  smoothed(): PlotCurve {
    return this;
  }
}

/** Columns of the thinned curves that serve views of a long one: a view looks at a few thousand points at most. */
const COLUMNS = [16_384, 4096, 1024];

interface Thinned {
  readonly curve: Curve;
  /** Points of the whole curve that it stands for. */
  readonly length: number;
  /** Width of a column, in steps. */
  readonly column: number;
}

/** A metric over steps that grows while it is looked at. Appending costs what is appended, however long it is. */
export class StepCurve implements PlotCurve {
  readonly #steps = new Column(Uint32Array);
  readonly #values = new Column(Float32Array);
  #version = 0;
  /** Finest first. */
  #thinned: readonly Thinned[] = [];
  #smoothed: { readonly curve: StepCurve; readonly smoother: Smoother } | undefined;

  /** @param curve what it starts with */
  constructor(curve?: Curve) {
    if (curve) this.append(curve);
  }

  get points(): Curve {
    return { steps: this.#steps.view(), values: this.#values.view() };
  }

  get version(): number {
    return this.#version;
  }

  /** Adds points behind the last one. */
  append({ steps, values }: Curve): void {
    this.#steps.append(steps);
    this.#values.append(values);
    this.#version++;
  }

  clear(): void {
    this.#steps.truncate(0);
    this.#values.truncate(0);
    this.#thinned = [];
    this.#smoothed = undefined;
    this.#version++;
  }

  within(view: View): Curve {
    const thinned = this.#thinnedFor(view);
    if (!thinned) return decimate(this.points, view);
    // What came since it was thinned.
    const rest = this.points.values.length - thinned.length;
    const main = decimate(thinned.curve, view);
    if (rest === 0) return main;
    const tail = decimate(this.#from(thinned.length), view);
    return {
      steps: Uint32Array.from([...main.steps, ...tail.steps]),
      values: Float32Array.from([...main.values, ...tail.values]),
    };
  }

  smoothed(weight: number): StepCurve {
    if (weight === 0) return this;
    if (this.#smoothed?.smoother.weight !== weight) {
      this.#smoothed = { curve: new StepCurve(), smoother: new Smoother(weight) };
    }
    const { curve, smoother } = this.#smoothed;
    const done = curve.#values.length;
    if (done < this.#values.length) {
      const { steps, values } = this.#from(done);
      curve.append({ steps, values: smoother.next(values) });
    }
    return curve;
  }

  #from(index: number): Curve {
    const { steps, values } = this.points;
    return { steps: steps.subarray(index), values: values.subarray(index) };
  }

  /** The coarsest thinned curve that shows as much as this view can; undefined where the curve itself has to serve. */
  #thinnedFor(view: View): Thinned | undefined {
    const { length } = this.#values;
    if (length > 1.1 * (this.#thinned[0]?.length ?? 0)) this.#thinned = thin(this.points);
    const pixel = (view.to - view.from) / view.width;
    return this.#thinned.findLast(({ column }) => column <= pixel);
  }
}

/** Each from the one before it: what is lowest and highest in a column is so in a wider one. */
function thin(points: Curve): Thinned[] {
  const { length } = points.values;
  const [from, to] = [points.steps[0] ?? 0, points.steps.at(-1) ?? 0];
  const levels: Thinned[] = [];
  for (const width of COLUMNS) {
    if (length < 24 * width) continue;
    const curve = decimate(levels.at(-1)?.curve ?? points, { from, to, width });
    levels.push({ curve, length, column: (to - from) / width });
  }
  return levels;
}

/** The index of the point closest to x; -1 where there are none. */
export function closestIndex({ steps }: Points, x: number): number {
  const index = countBefore(steps, x);
  const [before, after] = [steps[index - 1], steps[index]];
  if (after === undefined) return index - 1;
  return before !== undefined && x - before < after - x ? index - 1 : index;
}
