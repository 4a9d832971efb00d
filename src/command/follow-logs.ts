import { join } from 'node:path';
import { flattenConfig } from '../core/config/resolved';
import { RUN_FILES } from '../core/runs/format';
import { runFileOf } from '../core/runs/run-file';
import { readJsonObject } from '../node/files/text-files';
import { findSources, type Source } from '../node/import/find-sources';
import { metricsOf, timesIn } from '../node/import/imported-metrics';
import { readSource, stampsOf } from '../node/import/read-source';
import { syncLines } from '../node/import/run-writer';
import { append } from './trainer-lines';

/** Writes what a trainer logs by itself as the metrics of its run, where no callback of ours does. */
export function newLogs(folder: string): { next(): Promise<void> } {
  let last = '';
  let isSaid = false;
  const next = async (): Promise<void> => {
    const source = await sourceOf(folder);
    const { files, stamp } = await stampsOf(source);
    if (stamp === last) return;
    last = stamp;
    const read = await readSource(source, files);
    const run = runFileOf(await readJsonObject(join(folder, RUN_FILES.run)));
    if (typeof run === 'string') return;
    const path = join(folder, RUN_FILES.metrics);
    const beta = flattenConfig(run.config)['objective.beta'];
    const metrics = metricsOf(read, { created: run.created, beta }, timesIn(path));
    if (metrics.length === 0) return;
    if (!isSaid) append(folder, { kind: 'phase', phase: 'training' });
    isSaid = true;
    syncLines(path, metrics);
  };
  return { next };
}

/** All logs below the run's output are of one run, and so is what the trainer printed. */
async function sourceOf(folder: string): Promise<Source> {
  const output = join(folder, RUN_FILES.model);
  const found = await findSources([output]);
  const printed = { kind: 'printed', path: join(folder, RUN_FILES.log) } as const;
  return { folder: output, files: [...found.flatMap(({ files }) => files), printed] };
}
