import type { Piece, ShellWord } from './word';

/** What a variable holds: one text, or an array's elements. */
export type Value =
  | { readonly kind: 'text'; readonly pieces: readonly Piece[] }
  | { readonly kind: 'list'; readonly words: readonly ShellWord[] };

/** The variables that the script gives a value, at one point of it. */
export class Variables {
  private values = new Map<string, Value>();

  copy(): Variables {
    const copy = new Variables();
    copy.values = new Map(this.values);
    return copy;
  }

  get(name: string): Value | undefined {
    return this.values.get(name);
  }

  set(name: string, value: Value): void {
    this.values.set(name, value);
  }

  forget(names: Iterable<string>): void {
    for (const name of names) this.values.delete(name);
  }

  /** After branches of which one was taken: what is the same after each of them is known. */
  join(branches: readonly Variables[]): void {
    const [first, ...others] = branches;
    if (!first) return;
    this.values = new Map(
      [...first.values].filter(([name, value]) => others.every((other) => other.values.get(name) === value)),
    );
  }
}
