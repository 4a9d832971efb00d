import type { LlamaConfig } from '../../core/model-config/llama-config';
import { at } from '../../engine/at';
import { cacheNames } from '../../engine/graphs/decoding';
import type { Results } from './graph-session';

type CacheShape = Pick<LlamaConfig, 'layers' | 'keyValueHeads' | 'headSize'>;

/** Keys and values of a batch of sequences, of which each has filled its own number of positions. */
export class KeyValueCache {
  /** By input name, each [sequences, keyValueHeads, capacity, headSize]. */
  #arrays: Record<string, Float32Array>;
  readonly #filled: number[];

  constructor(
    private readonly shape: CacheShape,
    readonly sequences: number,
    private capacity: number,
  ) {
    this.#arrays = this.#empty(capacity);
    this.#filled = Array<number>(sequences).fill(0);
  }

  get filled(): readonly number[] {
    return this.#filled;
  }

  /** Inputs of a decoding graph. */
  get inputs() {
    return { ...this.#arrays, filled: BigInt64Array.from(this.#filled, BigInt) };
  }

  /**
   * Appends what a run returned.
   *
   * @param width new positions in the results, of which each sequence has its own count at the start
   */
  append(results: Results, width: number, counts: readonly number[]): void {
    this.#eachArray((name, fresh) => {
      const source = results[fresh];
      const target = this.#arrays[name];
      if (!source || !target) throw new Error(`a decoding graph without ${fresh}`);
      this.#eachHead((sequence, head) => {
        copyRows(source, head * width, target, head * this.capacity + at(this.#filled, sequence), {
          rows: at(counts, sequence),
          width: this.shape.headSize,
        });
      });
    });
    for (const [sequence, count] of counts.entries()) {
      this.#filled[sequence] = at(this.#filled, sequence) + count;
    }
  }

  /** Makes room for more positions. */
  grow(capacity: number): void {
    if (capacity === this.capacity) return;
    const larger = this.#empty(capacity);
    this.#eachArray((name) => {
      const [source, target] = [this.#arrays[name], larger[name]];
      if (!source || !target) return;
      this.#eachHead((sequence, head) => {
        copyRows(source, head * this.capacity, target, head * capacity, {
          rows: at(this.#filled, sequence),
          width: this.shape.headSize,
        });
      });
    });
    this.#arrays = larger;
    this.capacity = capacity;
  }

  #empty(capacity: number): Record<string, Float32Array> {
    const { keyValueHeads, headSize } = this.shape;
    const arrays: Record<string, Float32Array> = {};
    this.#eachArray((name) => {
      arrays[name] = new Float32Array(this.sequences * keyValueHeads * capacity * headSize);
    });
    return arrays;
  }

  #eachArray(visit: (name: string, fresh: string) => void): void {
    for (let layer = 0; layer < this.shape.layers; layer++) {
      const { keys, values, newKeys, newValues } = cacheNames(layer);
      visit(keys, newKeys);
      visit(values, newValues);
    }
  }

  /** With the number of the head among all heads of the batch. */
  #eachHead(visit: (sequence: number, head: number) => void): void {
    const { keyValueHeads } = this.shape;
    for (let head = 0; head < this.sequences * keyValueHeads; head++) {
      visit(Math.floor(head / keyValueHeads), head);
    }
  }
}

function copyRows(
  source: Float32Array,
  fromRow: number,
  target: Float32Array,
  toRow: number,
  { rows, width }: { readonly rows: number; readonly width: number },
): void {
  target.set(source.subarray(fromRow * width, (fromRow + rows) * width), toRow * width);
}
