import { at } from '../at';
import type { Tensor } from '../graph';
import { GraphError, inWords } from '../shape';
import { cast } from './cast';
import { gemm } from './matmul';
import { zeros } from './reduce';
import { reshape } from './reshape';
import { concatenate } from './slice';

/**
 * Rows of a table: result[i] = table[indices[i]]. An index may occur often; the gradients of its occurrences add up.
 *
 * @param table [rows, ...]
 * @param indices int64 [n], each from 0 to rows - 1
 */
export function gather(table: Tensor, indices: Tensor): Tensor {
  return table.graph.node({
    operator: 'Gather',
    inputs: [table, checked(indices)],
    shape: [...indices.shape, ...table.shape.slice(1)],
    attributes: { axis: 0 },
    gradients: [(dy) => scatterAdd(dy, indices, at(table.shape, 0))],
  });
}

/**
 * `gather` for indices without repetition, whose inverse is known: the gradient is a gather, too, which is cheaper
 * than adding up.
 *
 * @param indices int64 [n]
 * @param inverse int64 [rows]: where in `indices` a row occurs, or n where it does not
 */
export function selectRows(table: Tensor, indices: Tensor, inverse: Tensor): Tensor {
  const selected = table.graph.untracked(() => gather(table, indices));
  return table.graph.differentiable(
    'SelectRows',
    selected,
    [table],
    [(dy) => gather(concatenate([dy, zeros(dy, [1, ...dy.shape.slice(1)])], 0), inverse)],
  );
}

/**
 * A table of zeros to which rows are added: result[indices[i]] += rows[i]. Not differentiable.
 *
 * onnxruntime 1.30 loses additions when ScatterND(add) meets an index twice and runs on several threads. So a product
 * with the matrix of equal indices, [n, n], gives every row the sum of all rows with its index, and each writes it:
 * writers of the same place write the same values.
 *
 * @param rows [n, width]
 * @param indices int64 [n]
 */
export function scatterAdd(rows: Tensor, indices: Tensor, count: number): Tensor {
  const [n = 0, width = 0] = rows.shape;
  const column = reshape(checked(indices), [n, 1]);
  const equal = rows.graph.node({
    operator: 'Equal',
    inputs: [column, reshape(indices, [1, n])],
    shape: [n, n],
    elementType: 'bool',
  });
  const sums = gemm(cast(equal, rows.elementType), rows);
  return rows.graph.node({
    operator: 'ScatterND',
    inputs: [zeros(rows, [count, width]), column, sums],
    shape: [count, width],
  });
}

function checked(indices: Tensor): Tensor {
  if (indices.shape.length === 1 && indices.elementType === 'int64') return indices;
  throw new GraphError(
    `indices must be int64 with one axis, not ${indices.elementType} ${inWords(indices.shape)}`,
  );
}
