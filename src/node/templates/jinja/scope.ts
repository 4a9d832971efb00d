import type { Value } from './values';

/** Names of one block; those of the blocks around it are seen through it. */
export class Scope {
  private readonly names = new Map<string, Value>();

  constructor(private readonly parent?: Scope) {}

  get(name: string): Value | undefined {
    const own = this.names.get(name);
    return own === undefined ? this.parent?.get(name) : own;
  }

  set(name: string, value: Value): void {
    this.names.set(name, value);
  }
}
