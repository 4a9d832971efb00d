import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import { isFolder } from '../../node/files/paths';
import { type Adopted, Adopter } from '../../node/import/adopt';
import { print, printToStderr } from '../terminal/output';
import { visible } from '../terminal/text-layout';
import { dataFolderOf } from '../train/find-run';
import { addDataFolderOption } from '../train/launching';
import { EXIT, UsageError } from '../usage-error';
import { VERSION } from '../version';

interface AdoptOptions {
  readonly json: boolean;
  readonly watch: boolean;
  readonly dataFolder?: string;
}

/** Milliseconds between two looks at the logs, at least. */
const INTERVAL = 500;
/** Looking may take this share of the time: a thousand folders take 70 ms. */
const SHARE = 0.1;

export function addAdoptCommand(program: Command): void {
  const command = program
    .command('adopt')
    .summary('import the runs that other trainers left in folders')
    .description(
      'Imports runs of TRL, alignment-handbook, LLaMA-Factory, axolotl, ms-swift, torchtune, open-instruct, OpenRLHF and NeMo-RL from their logs, and prints the ids. Their folders are only read. Done again, it adds what is new.',
    )
    .argument('<folder...>', 'output folders of other trainers, or folders above them');
  addDataFolderOption(command)
    .option('--json', 'print a JSON list; with --watch, a list a line', false)
    .option('--watch', 'keep importing what the trainers write, until Ctrl-C', false)
    .addHelpText(
      'after',
      '\nExamples:\n  dpo-lab adopt outputs/\n  dpo-lab adopt saves/ --watch\n\nExit codes: 0 at least one run was imported, 1 none was found, 2 a folder does not exist.',
    )
    .action(adoptCommand);
}

async function adoptCommand(names: string[], { json, watch, dataFolder }: AdoptOptions): Promise<void> {
  const folders = names.map((name) => resolve(name));
  for (const folder of folders) {
    if (!(await isFolder(folder))) {
      throw new UsageError(
        `${visible(folder)} is no folder. Name the output folder of a trainer, or one above it.`,
      );
    }
  }
  const place = await dataFolderOf(process.cwd(), dataFolder);
  const adopter = new Adopter(place, folders, { 'dpo-lab': VERSION });
  const first = await adopter.next();
  report(first, json);
  if (!watch && !first.some(({ id }) => id !== undefined)) {
    printToStderr(`No run of another trainer was found in ${folders.map(visible).join(', ')}.`);
    process.exitCode = EXIT.problems;
  }
  const told = new Set(first.flatMap(({ id }) => id ?? []));
  let took = 0;
  while (watch) {
    await delay(Math.max(INTERVAL, took / SHARE));
    const start = performance.now();
    const changed = await adopter.next();
    took = performance.now() - start;
    // In words, a run is named once; programs want to hear of each change.
    const shown = changed.filter(
      ({ id, problems }) => json || problems.length > 0 || (id !== undefined && !told.has(id)),
    );
    for (const { id } of changed) if (id !== undefined) told.add(id);
    if (shown.length > 0) report(shown, json);
  }
}

function report(adopted: readonly Adopted[], json: boolean): void {
  const ids = adopted.flatMap(({ id }) => id ?? []);
  if (json) print(JSON.stringify(ids));
  else for (const id of ids) print(id);
  for (const problem of adopted.flatMap(({ problems }) => problems)) printToStderr(visible(problem));
}
