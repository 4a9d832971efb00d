import { at } from '../at';
import type { Tensor } from '../graph';
import { broadcast, GraphError, inWords, type Shape, sameShape } from '../shape';
import { sumTo } from './reduce';
import { transposeLast } from './reshape';

export interface GemmOptions {
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
  /** A number the product is multiplied by. */
  readonly scale?: number;
  /** Added to the product; stretches to its shape. */
  readonly addend?: Tensor;
}

/** scale * A B + addend for matrices A and B, either of them transposed first. */
export function gemm(a: Tensor, b: Tensor, options: GemmOptions = {}): Tensor {
  const { transposeA = false, transposeB = false, scale = 1, addend } = options;
  const [rows, inner] = matrixShape(a, transposeA);
  const [otherInner, columns] = matrixShape(b, transposeB);
  const shape = [rows, columns];
  if (inner !== otherInner || (addend && !sameShape(broadcast('Gemm', addend.shape, shape), shape))) {
    const shapes = [a, b, ...(addend ? [addend] : [])].map((tensor) => inWords(tensor.shape));
    throw new GraphError(
      `Gemm: ${shapes.join(', ')} do not fit (${JSON.stringify({ transposeA, transposeB })})`,
    );
  }
  return a.graph.node({
    operator: 'Gemm',
    inputs: addend ? [a, b, addend] : [a, b],
    shape,
    attributes: { transA: Number(transposeA), transB: Number(transposeB), alpha: { float: scale } },
    gradients: [
      // With A' and B' as multiplied, dA' = dY B'^T and dB' = A'^T dY; a transposed operand takes the transposed one.
      (dy) =>
        transposeA
          ? gemm(b, dy, { transposeA: transposeB, transposeB: true, scale })
          : gemm(dy, b, { transposeB: !transposeB, scale }),
      (dy) =>
        transposeB
          ? gemm(dy, a, { transposeA: true, transposeB: transposeA, scale })
          : gemm(a, dy, { transposeA: !transposeA, scale }),
      (dy) => sumTo(dy, addend?.shape ?? dy.shape),
    ],
  });
}

/** x W^T + addend: the linear layer, W stored [out, in] as in PyTorch and safetensors. x is [rows, in]. */
export function linear(x: Tensor, weight: Tensor, addend?: Tensor): Tensor {
  return gemm(x, weight, { transposeB: true, ...(addend && { addend }) });
}

/** Products of the matrices in the last two axes; all axes before are the same in both operands. */
export function matmul(a: Tensor, b: Tensor): Tensor {
  const [batch, otherBatch] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  if (!sameShape(batch, otherBatch) || at(a.shape, -1) !== at(b.shape, -2)) {
    throw new GraphError(`MatMul: ${inWords(a.shape)} and ${inWords(b.shape)} do not fit`);
  }
  return a.graph.node({
    operator: 'MatMul',
    inputs: [a, b],
    shape: [...batch, at(a.shape, -2), at(b.shape, -1)],
    gradients: [(dy) => matmul(dy, transposeLast(b)), (dy) => matmul(transposeLast(a), dy)],
  });
}

/** Rows and columns of a matrix as it is multiplied. */
function matrixShape(x: Tensor, transposed: boolean): [number, number] {
  if (x.shape.length !== 2) throw new GraphError(`Gemm: ${inWords(x.shape)} is no matrix`);
  const [rows, columns]: Shape = transposed ? [...x.shape].reverse() : x.shape;
  return [rows ?? 0, columns ?? 0];
}
