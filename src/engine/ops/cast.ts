import type { Tensor } from '../graph';
import { ELEMENT_TYPES, type ElementType } from '../onnx/element-type';

/** The same values in another element type. Not differentiable: only stored weights and indices are cast. */
export function cast(x: Tensor, elementType: ElementType): Tensor {
  if (x.elementType === elementType) return x;
  return x.graph.node({
    operator: 'Cast',
    inputs: [x],
    shape: x.shape,
    elementType,
    attributes: { to: ELEMENT_TYPES[elementType] },
  });
}
