import { TemplateError } from './errors';
import { compares } from './operators';
import { Callable, Tuple, Undefined, type Value } from './values';

/** Where a loop is. */
export interface LoopState {
  readonly items: readonly Value[];
  readonly index: number;
  /** From 0. */
  readonly depth: number;
}

/**
 * Jinja2's `loop`. Made once a loop: what is asked of it is worked out then.
 *
 * @param again of a loop that may call itself
 */
export function loopValue(
  state: LoopState,
  again: ((args: readonly Value[]) => Value) | undefined,
): Callable {
  const call = (args: readonly Value[]): Value => {
    if (again) return again(args);
    throw new TemplateError("The loop must have the 'recursive' marker to be called recursively.");
  };
  const cycle = new Callable('cycle', (args) => args[state.index % args.length] ?? null);
  let last: Value | undefined;
  const changed = new Callable('changed', (args) => {
    const isSame = last !== undefined && compares('==', last, new Tuple(args));
    last = new Tuple(args);
    return !isSame;
  });
  return new Callable('loop', call, (name) => {
    if (name === 'cycle') return cycle;
    if (name === 'changed') return changed;
    return place(state, name);
  });
}

function place({ items, index, depth }: LoopState, name: string): Value | undefined {
  switch (name) {
    case 'index':
      return index + 1;
    case 'index0':
      return index;
    case 'revindex':
      return items.length - index;
    case 'revindex0':
      return items.length - index - 1;
    case 'first':
      return index === 0;
    case 'last':
      return index === items.length - 1;
    case 'length':
      return items.length;
    case 'depth':
      return depth + 1;
    case 'depth0':
      return depth;
    case 'previtem':
      return itemAt(items, index - 1, 'previous');
    case 'nextitem':
      return itemAt(items, index + 1, 'next');
  }
  return undefined;
}

function itemAt(items: readonly Value[], index: number, where: string): Value {
  const item = items[index];
  return item === undefined ? new Undefined(`there is no ${where} item`) : item;
}
