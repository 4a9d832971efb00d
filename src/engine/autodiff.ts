import type { Tensor } from './graph';
import { add } from './ops/elementwise';
import { GraphError, inWords, sameShape } from './shape';

/**
 * Adds the nodes that compute dL/dv for every variable v: reverse-mode differentiation, done once while the graph
 * is built. Walking the tape backwards, each step hands its output's gradient on to its inputs; a tensor used
 * several times gets the sum.
 *
 * @param loss a scalar
 * @throws GraphError when the loss is no scalar or does not depend on a variable
 */
export function gradients(loss: Tensor, variables: readonly Tensor[]): Tensor[] {
  const { graph } = loss;
  if (loss.shape.length > 0) {
    throw new GraphError(`only a scalar can be differentiated, not a tensor of shape ${inWords(loss.shape)}`);
  }
  const byTensor = new Map<Tensor, Tensor>([[loss, graph.constant([1], [])]]);

  graph.untracked(() => {
    for (const { output, inputs, rules } of [...graph.tape].reverse()) {
      const outputGradient = byTensor.get(output);
      if (!outputGradient) continue;
      for (const [index, input] of inputs.entries()) {
        const rule = rules[index];
        if (!input.requiresGradient || !rule) continue;
        const part = rule(outputGradient, output);
        if (!sameShape(part.shape, input.shape)) {
          throw new GraphError(
            `the gradient of ${input.name} in ${output.name} has shape ${inWords(part.shape)}, ` +
              `the tensor itself ${inWords(input.shape)}`,
          );
        }
        const others = byTensor.get(input);
        byTensor.set(input, others ? add(others, part) : part);
      }
    }
  });

  return variables.map((variable) => {
    const gradient = byTensor.get(variable);
    if (!gradient) throw new GraphError(`the loss does not depend on ${variable.name}`);
    return gradient;
  });
}
