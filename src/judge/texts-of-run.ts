import { join } from 'node:path';
import { RUN_FILES, type Sample } from '../core/runs/format';
import { isFields, isTrainerLine } from '../core/runs/read-files';
import { JsonLinesReader } from '../node/files/json-lines';
import type { TextsToJudge } from './judge-texts';

/** The texts that a run has generated for its probes, evaluation by evaluation. */
export async function textsOfRun(folder: string): Promise<TextsToJudge[]> {
  const reader = new JsonLinesReader(join(folder, RUN_FILES.trainer));
  const bySteps = new Map<number, TextsToJudge[]>();
  for await (const { values, restarted } of reader.readAll()) {
    if (restarted) bySteps.clear();
    for (const line of values.filter(isTrainerLine)) {
      if (line.kind === 'samples') bySteps.set(line.step, itemsOf(line.step, line.samples));
    }
  }
  return [...bySteps.values()].flat();
}

function itemsOf(step: number, samples: readonly Sample[]): TextsToJudge[] {
  return samples.flatMap((sample, item) =>
    isPair(sample)
      ? [
          {
            step,
            item,
            of: samples.length,
            prompt: sample.prompt,
            policy: sample.policy,
            reference: sample.reference,
          },
        ]
      : [],
  );
}

/** Any program may have written the file. */
function isPair(sample: Sample): sample is Required<Sample> {
  return (
    isFields(sample) &&
    typeof sample.prompt === 'string' &&
    isFields(sample.policy) &&
    typeof sample.policy.text === 'string' &&
    isFields(sample.reference) &&
    typeof sample.reference.text === 'string'
  );
}
