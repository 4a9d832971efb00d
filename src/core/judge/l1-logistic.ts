/** A row of a regression: what is known, how often a 1 was seen, and how much the row counts. */
export interface WeightedRow {
  readonly features: readonly number[];
  /** Share of ones, from 0 to 1. */
  readonly target: number;
  readonly weight: number;
}

const MOST_STEPS = 200;
const TOLERANCE = 1e-10;

/**
 * Coefficients b of a logistic regression without intercept under an L1 penalty: the minimum of
 * `|b|_1 + C * sum w [p softplus(-z) + (1 - p) softplus(z)]` with `z = b.x`. It is found by Newton's method: each step
 * solves the penalised quadratic by coordinate descent and is halved until the objective falls (Yuan, Ho and Lin 2012,
 * section 2). The minimum is exact to 1e-8, where liblinear stops earlier.
 *
 * @param inversePenalty C
 * @param start where to begin; zeros if absent
 */
export function fitL1Logistic(
  rows: readonly WeightedRow[],
  inversePenalty: number,
  start?: readonly number[],
): number[] {
  const count = rows[0]?.features.length ?? 0;
  let current = start ? [...start] : Array<number>(count).fill(0);
  let value = objective(rows, inversePenalty, current);
  for (let step = 0; step < MOST_STEPS; step++) {
    const { gradient, hessian } = derivatives(rows, inversePenalty, current);
    const target = coordinateDescent(current, gradient, hessian);
    const direction = target.map((goal, index) => goal - (current[index] ?? 0));
    if (Math.max(...direction.map(Math.abs)) < TOLERANCE) break;
    const moved = descend(rows, inversePenalty, current, direction, value);
    if (!moved) break;
    [current, value] = [moved.at, moved.value];
  }
  return current;
}

/** Mean over rows of weight times log-loss, each row counted once for a 1 and once for a 0. Nats. */
export function meanLogLoss(rows: readonly WeightedRow[], coefficients: readonly number[]): number {
  return rows.reduce((sum, row) => sum + rowLoss(row, coefficients), 0) / (2 * rows.length);
}

export function sigmoid(value: number): number {
  return 1 / (1 + Math.exp(-value));
}

export function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
}

function rowLoss({ features, target, weight }: WeightedRow, coefficients: readonly number[]): number {
  const z = dot(features, coefficients);
  return weight * (target * softplus(-z) + (1 - target) * softplus(z));
}

function softplus(value: number): number {
  return Math.max(value, 0) + Math.log1p(Math.exp(-Math.abs(value)));
}

function objective(rows: readonly WeightedRow[], inversePenalty: number, b: readonly number[]): number {
  const penalty = b.reduce((sum, value) => sum + Math.abs(value), 0);
  return penalty + inversePenalty * rows.reduce((sum, row) => sum + rowLoss(row, b), 0);
}

/** Of the smooth part. */
function derivatives(rows: readonly WeightedRow[], inversePenalty: number, b: readonly number[]) {
  const gradient = b.map(() => 0);
  const hessian = b.map(() => b.map(() => 0));
  for (const { features, target, weight } of rows) {
    const share = sigmoid(dot(features, b));
    const slope = inversePenalty * weight * (share - target);
    const curvature = inversePenalty * weight * share * (1 - share);
    features.forEach((x, i) => {
      gradient[i] = (gradient[i] ?? 0) + slope * x;
      const line = hessian[i] ?? [];
      features.forEach((y, j) => {
        line[j] = (line[j] ?? 0) + curvature * x * y;
      });
    });
  }
  return { gradient, hessian };
}

/** The minimum of the quadratic model with the penalty. */
function coordinateDescent(
  from: readonly number[],
  gradient: readonly number[],
  hessian: readonly (readonly number[])[],
): number[] {
  const at = [...from];
  for (let sweep = 0; sweep < 1000; sweep++) {
    let largest = 0;
    at.forEach((old, i) => {
      const line = hessian[i] ?? [];
      // A direction in which nothing curves would send the step to infinity.
      const curvature = Math.max(line[i] ?? 0, 1e-12);
      const slope =
        (gradient[i] ?? 0) + at.reduce((sum, b, j) => sum + (line[j] ?? 0) * (b - (from[j] ?? 0)), 0);
      const free = old - slope / curvature;
      const next = Math.sign(free) * Math.max(0, Math.abs(free) - 1 / curvature);
      at[i] = next;
      largest = Math.max(largest, Math.abs(next - old));
    });
    if (largest < TOLERANCE) break;
  }
  return at;
}

/** Undefined where no step along the direction lowers the objective: the minimum is reached. */
function descend(
  rows: readonly WeightedRow[],
  inversePenalty: number,
  from: readonly number[],
  direction: readonly number[],
  before: number,
): { at: number[]; value: number } | undefined {
  for (let size = 1; size > 1e-10; size /= 2) {
    const at = from.map((b, index) => b + size * (direction[index] ?? 0));
    const value = objective(rows, inversePenalty, at);
    if (value < before) return { at, value };
  }
  return undefined;
}
