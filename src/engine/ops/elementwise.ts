import type { GradientRule, Graph, Tensor } from '../graph';
import { broadcast, GraphError } from '../shape';
import { sumTo } from './reduce';

/** A number stands for a scalar constant; at least one operand of an operation is a tensor. */
export type Operand = Tensor | number;

/** a + b */
export function add(a: Operand, b: Operand): Tensor {
  return binary('Add', a, b, [(dy) => dy, (dy) => dy]);
}

/** a - b */
export function subtract(a: Operand, b: Operand): Tensor {
  return binary('Sub', a, b, [(dy) => dy, (dy) => negate(dy)]);
}

/** a * b */
export function multiply(a: Operand, b: Operand): Tensor {
  return binary('Mul', a, b, [(dy) => multiply(dy, b), (dy) => multiply(dy, a)]);
}

/** a / b */
export function divide(a: Operand, b: Operand): Tensor {
  return binary('Div', a, b, [(dy) => divide(dy, b), (dy, y) => negate(divide(multiply(dy, y), b))]);
}

/** The smaller of a and b. Not differentiable. */
export function minimum(a: Operand, b: Operand): Tensor {
  return binary('Min', a, b, []);
}

export function negate(x: Tensor): Tensor {
  return unary('Neg', x, (dy) => negate(dy));
}

export function square(x: Tensor): Tensor {
  return multiply(x, x);
}

export function squareRoot(x: Tensor): Tensor {
  return unary('Sqrt', x, (dy, y) => divide(dy, multiply(y, 2)));
}

export function exponential(x: Tensor): Tensor {
  return unary('Exp', x, (dy, y) => multiply(dy, y));
}

/** Natural logarithm. */
export function logarithm(x: Tensor): Tensor {
  return unary('Log', x, (dy) => divide(dy, x));
}

/** An operation on each element by itself. */
export function unary(operator: string, x: Tensor, rule?: GradientRule): Tensor {
  return x.graph.node({ operator, inputs: [x], shape: x.shape, gradients: [rule] });
}

/** Broadcasts its operands; the rules give gradients of the broadcast shape, which are then summed back. */
function binary(operator: string, a: Operand, b: Operand, rules: readonly GradientRule[]): Tensor {
  const graph = graphOf(operator, a, b);
  const inputs = [a, b].map((operand) =>
    typeof operand === 'number' ? graph.constant([operand], []) : operand,
  );
  const types = new Set(inputs.map((input) => input.elementType));
  if (types.size > 1)
    throw new GraphError(`${operator}: element types ${[...types].join(' and ')} do not mix`);
  const [left, right] = inputs.map((input) => input.shape);
  return graph.node({
    operator,
    inputs,
    shape: broadcast(operator, left ?? [], right ?? []),
    gradients: inputs.map((input, index) => {
      const rule = rules[index];
      return rule && ((dy, y) => sumTo(rule(dy, y), input.shape));
    }),
  });
}

function graphOf(operator: string, a: Operand, b: Operand): Graph {
  if (typeof a !== 'number') return a.graph;
  if (typeof b !== 'number') return b.graph;
  throw new GraphError(
    `${operator}: both operands are numbers (${a} and ${b}); compute that outside the graph`,
  );
}
