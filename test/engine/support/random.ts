import { SeededRandom } from '../../../src/core/seeded-random';

/** What tests draw, so that a failing test fails again. */
export class Random extends SeededRandom {
  /** Whole, from `low` to `high` inclusive. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
  }

  normals(count: number, scale = 1): Float64Array {
    return Float64Array.from({ length: count }, () => scale * this.normal());
  }

  integers(count: number, low: number, high: number): number[] {
    return Array.from({ length: count }, () => this.integer(low, high));
  }
}
