import type { ArithmeticExpression } from 'unbash';

/**
 * The value of an arithmetic expression of bash, in whole numbers; undefined where a variable is unknown or an
 * operator is none of the four kinds that scripts share batches out with.
 * @param variable the text of a variable
 */
export function calculate(
  expression: ArithmeticExpression | undefined,
  variable: (name: string) => string | undefined,
): number | undefined {
  switch (expression?.type) {
    case 'ArithmeticGroup':
      return calculate(expression.expression, variable);
    case 'ArithmeticWord':
      return wholeNumber(expression.value, variable);
    case 'ArithmeticBinary': {
      const left = calculate(expression.left, variable);
      const right = calculate(expression.right, variable);
      return left === undefined || right === undefined
        ? undefined
        : operate(expression.operator, left, right);
    }
    default:
      return undefined;
  }
}

function wholeNumber(text: string, variable: (name: string) => string | undefined): number | undefined {
  const name = /^\$?\{?([A-Za-z_]\w*)\}?$/.exec(text)?.[1];
  const written = name === undefined ? text : variable(name);
  return written !== undefined && /^(0|[1-9]\d*)$/.test(written) ? Number(written) : undefined;
}

function operate(operator: string, left: number, right: number): number | undefined {
  if (operator === '+') return left + right;
  if (operator === '-') return left - right;
  if (operator === '*') return left * right;
  if (operator === '/' && right !== 0) return Math.trunc(left / right);
  if (operator === '%' && right !== 0) return left % right;
  return undefined;
}
