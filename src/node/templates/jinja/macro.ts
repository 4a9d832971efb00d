import { TemplateError } from './errors';
import type { Scope } from './scope';
import type { Expression, Signature } from './syntax/ast';
import { type Named, Tuple, Undefined, type Value } from './values';

/**
 * Gives a macro's parameters their values, as Jinja2 does: what is left over is `varargs` and `kwargs`.
 *
 * @param evaluate of a default, which sees the parameters before it
 * @throws TemplateError where a macro that does not use what is left over is given too much
 */
export function bindMacro(
  name: string,
  { parameters, body }: Signature,
  args: readonly Value[],
  named: Named,
  scope: Scope,
  evaluate: (value: Expression) => Value,
): void {
  const rest = new Map(named);
  const caller = rest.get('caller');
  rest.delete('caller');
  scope.set('caller', caller ?? new Undefined('No caller defined'));
  for (const [index, { name: parameter, default: otherwise }] of parameters.entries()) {
    const given = index < args.length ? args[index] : rest.get(parameter);
    rest.delete(parameter);
    if (given !== undefined) scope.set(parameter, given);
    else if (otherwise) scope.set(parameter, evaluate(otherwise));
    else scope.set(parameter, new Undefined(`parameter '${parameter}' was not provided`));
  }
  const text = uses(body);
  if (text.has('kwargs')) scope.set('kwargs', new Map<Value, Value>(rest));
  else if (rest.size > 0) {
    throw new TemplateError(`macro '${name}' takes no keyword argument '${[...rest.keys()][0]}'`);
  }
  if (text.has('varargs')) scope.set('varargs', new Tuple(args.slice(parameters.length)));
  else if (args.length > parameters.length) {
    throw new TemplateError(`macro '${name}' takes not more than ${parameters.length} argument(s)`);
  }
}

const USED = new WeakMap<Signature['body'], ReadonlySet<string>>();

/** Which of `kwargs` and `varargs` a body names anywhere. */
function uses(body: Signature['body']): ReadonlySet<string> {
  const known = USED.get(body);
  if (known) return known;
  const found = new Set<string>();
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    if ('kind' in node && node.kind === 'name' && 'name' in node) found.add(String(node.name));
    for (const child of Object.values(node)) visit(child);
  };
  visit(body);
  USED.set(body, found);
  return found;
}
