import { TemplateError } from './errors';
import { Callable, Undefined, type Value } from './values';

/** Jinja2's `loop`. */
export function loopValue(
  items: readonly Value[],
  index: number,
  depth: number,
  changed: (args: readonly Value[]) => boolean,
  again: ((args: readonly Value[]) => Value) | undefined,
): Callable {
  const { length } = items;
  const item = (at: number, where: string): Value => {
    const found = items[at];
    return found === undefined ? new Undefined(`there is no ${where} item`) : found;
  };
  const attributes = new Map<string, Value>([
    ['index', index + 1],
    ['index0', index],
    ['revindex', length - index],
    ['revindex0', length - index - 1],
    ['first', index === 0],
    ['last', index === length - 1],
    ['length', length],
    ['depth', depth + 1],
    ['depth0', depth],
    ['previtem', item(index - 1, 'previous')],
    ['nextitem', item(index + 1, 'next')],
    ['cycle', new Callable('cycle', (args) => args[index % args.length] ?? null)],
    ['changed', new Callable('changed', changed)],
  ]);
  const call = (args: readonly Value[]): Value => {
    if (again) return again(args);
    throw new TemplateError("The loop must have the 'recursive' marker to be called recursively.");
  };
  return new Callable('loop', call, attributes);
}
