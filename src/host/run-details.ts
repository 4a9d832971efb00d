import { join } from 'node:path';
import { RUN_FILES, type Sample, type TrainerLine } from '../core/runs/format';
import { isFields, isTrainerLine } from '../core/runs/read-files';
import type { RunDetails } from '../core/runs/run-page';
import type { SeenRun } from '../core/runs/seen-run';
import { JsonLinesReader } from '../node/json-lines';

/** Reads what a page shows of a run beyond its numbers. */
export async function readRunDetails(run: SeenRun): Promise<RunDetails> {
  const reader = new JsonLinesReader(join(run.folder, RUN_FILES.trainer));
  let plan: RunDetails['plan'];
  let samples: RunDetails['samples'];
  const warnings: string[] = [];
  for (let more = true; more; ) {
    const read = await reader.read();
    more = read.more;
    for (const line of read.values.filter(isTrainerLine)) {
      if (line.kind === 'plan') plan = line;
      if (line.kind === 'samples') samples = { step: line.step, samples: samplesOf(line) };
      if (line.kind === 'warning') warnings.push(line.message);
    }
  }
  return { run, warnings, ...(plan && { plan }), ...(samples && { samples }) };
}

function samplesOf({ samples }: Extract<TrainerLine, { kind: 'samples' }>): Sample[] {
  return samples.filter(
    (sample) =>
      isFields(sample) &&
      typeof sample.prompt === 'string' &&
      isText(sample.policy) &&
      (sample.reference === undefined || isText(sample.reference)),
  );
}

function isText(value: unknown): boolean {
  return isFields(value) && typeof value.text === 'string' && typeof value.tokens === 'number';
}
