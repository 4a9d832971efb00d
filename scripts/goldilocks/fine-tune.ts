import type { TokenSequence } from '../../src/engine/batch';
import { promptTokens } from '../../src/trainer/data/prompt-tokens';
import { openTokenizer } from '../../src/trainer/data/training-tokenizer';
import { openModel } from '../../src/trainer/models/open-model';
import type { Place } from '../../src/trainer/models/place';
import { saveModel } from '../../src/trainer/models/save-model';
import { startParameters } from '../../src/trainer/models/start-parameters';
import type { Device } from '../../src/trainer/runtime/device';
import { SupervisedRuntime } from '../../src/trainer/runtime/supervised-runtime';
import { Random } from './random';
import { carelessAnswer, type Request } from './task';

const STEPS = 1000;
const BATCH = 64;
const RATE = 4e-3;
const WARMUP = 30;

/** Fine-tunes a model of random weights on answers of the careless writer. The folder of the result must not exist. */
export async function fineTune(
  untrained: string,
  result: string,
  requests: readonly Request[],
  place: Place,
  device: Device,
): Promise<void> {
  const model = await openModel({ path: untrained }, place, () => {});
  const tokenizer = await openTokenizer(model, 'auto', place);
  const runtime = new SupervisedRuntime(model, { kind: 'full' }, device, tokenizer.endToken, BATCH);
  const parameters = await startParameters(model, { kind: 'full' }, 0);
  const zeros = (): Float32Array => new Float32Array(parameters.length);
  runtime.state = { parameters, firstMoments: zeros(), secondMoments: zeros() };
  const random = new Random(1);
  let recent = 0;
  for (let step = 1; step <= STEPS; step++) {
    const sequences: TokenSequence[] = [];
    while (sequences.length < BATCH) {
      const request = random.pick(requests);
      const prompt = await promptTokens(request.prompt, tokenizer);
      const tokens = tokenizer.encodePlain(request.prompt + carelessAnswer(request, random));
      sequences.push({ tokens: [...tokens, tokenizer.endToken], promptLength: prompt.length });
    }
    const { loss } = await runtime.step(sequences, {
      step,
      learningRate: RATE * Math.min(1, step / WARMUP, (STEPS - step + 1) / (STEPS - WARMUP)),
      weightDecay: 0,
      maxGradNorm: 1,
    });
    recent += loss;
    if (step % 100 === 0) {
      console.log(`fine-tuning: step ${step} of ${STEPS}, ${(recent / 100).toFixed(3)} nats per token`);
      recent = 0;
    }
  }
  await saveModel(result, { base: model, tuning: { kind: 'full' }, parameters: runtime.state.parameters });
  await runtime.close();
}
