import { resolve } from 'node:path';
import { completeConfig } from '../core/config/resolved';
import { newestCheckpoint, newestSound, removeUnfinished } from './checkpoint';
import { runDataCommand } from './commands/data';
import { runDevicesCommand } from './commands/devices';
import { runGenerateCommand } from './commands/generate';
import { runGraphCommand } from './commands/graph';
import { runInspectCommand } from './commands/inspect';
import { runPairsCommand } from './commands/pairs';
import { runReferenceCommand } from './commands/reference';
import { runRenderCommand } from './commands/render';
import { isForPeople } from './for-people';
import { prepare } from './prepare';
import { readRun } from './read-run';
import { RunLog } from './run-log';
import { Requests, Stopped } from './stop';
import { train } from './train';

/**
 * The onnx trainer's process. `onnx-trainer.js RUN_FOLDER` trains the run, or goes on with it; `reference`, `generate`,
 * `inspect` and `data` do what the commands of these names ask for, `devices` tries where it can compute, `pairs` and
 * `render` work for the torch trainer. Exit codes: 0 done or stopped as asked, 1 a failure that was told in words, 70 a bug.
 */
async function main([first = '', ...rest]: readonly string[]): Promise<void> {
  if (first === 'reference') await runReferenceCommand(rest);
  else if (first === 'generate') await runGenerateCommand(rest);
  else if (first === 'devices') await runDevicesCommand();
  else if (first === 'graph') await runGraphCommand(rest);
  else if (first === 'inspect') await runInspectCommand(rest);
  else if (first === 'data') await runDataCommand(rest);
  else if (first === 'pairs') await runPairsCommand(rest);
  else if (first === 'render') await runRenderCommand();
  else await trainRun(resolve(first));
}

async function trainRun(folder: string): Promise<void> {
  const run = readRun(folder);
  const requests = new Requests(folder, run.id);
  if (requests.isTaken) return sayTaken(folder);
  await removeUnfinished(folder);
  const warnings: string[] = [];
  const resumeFrom = await newestSound(folder, (message) => warnings.push(message));
  const log = RunLog.open(folder, resumeFrom ?? -1);
  try {
    for (const message of warnings) log.say({ kind: 'warning', message });
    const prepared = await prepare(run, completeConfig(run.config), log, requests);
    await train(prepared, folder, resumeFrom, log, requests);
  } catch (error) {
    if (requests.isTaken) return sayTaken(folder);
    if (error instanceof Stopped || requests.hasCutShort) {
      log.say({ kind: 'stopped', step: (await newestCheckpoint(folder)) ?? 0 });
      return;
    }
    if (isForPeople(error)) log.say({ kind: 'failed', message: error.message });
    throw error;
  } finally {
    log.close();
  }
}

function sayTaken(folder: string): void {
  process.stderr.write(`${folder} belongs to another job now: nothing more is written there.\n`);
}

main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error: unknown) => {
    const told = isForPeople(error);
    process.stderr.write(`${told ? error.message : error instanceof Error ? error.stack : error}\n`);
    process.exit(told ? 1 : 70);
  },
);
