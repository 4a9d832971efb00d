import { freemem } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { type Environment, type EnvironmentItem, environmentItems } from '../../core/environment/environment';
import { pythonFaults } from '../../core/environment/torch-packages';
import type { DeviceLine } from '../../core/runs/devices-format';
import { readMachine } from '../../node/processes/machine';
import { DATA_FOLDER, workspaceOf } from '../../node/runs/data-folder';
import { findPythons } from '../../node/torch/python';
import { askTorch } from '../../node/torch/torch-environment';
import { print } from '../terminal/output';
import { visible } from '../terminal/text-layout';
import { programs } from '../train/launching';
import { runTrainer } from '../train/run-trainer';

const HELP_AFTER = `
Looks at the devices of the embedded trainer, and at the Python of the torch
trainer: its version, its packages, and the devices that PyTorch finds. What
cannot be used is told with the reason.`;

export function addEnvironmentCommand(program: Command): void {
  program
    .command('environment')
    .summary('what this machine offers for training')
    .description('Says what this machine offers for training.')
    .option('--json', 'print it as JSON', false)
    .addHelpText('after', HELP_AFTER)
    .action(async ({ json }: { readonly json: boolean }) => {
      const environment = await look();
      if (json) print(JSON.stringify(environment, null, 2));
      else for (const item of environmentItems(environment)) printItem(item, '');
    });
}

async function look(): Promise<Environment> {
  const cwd = process.cwd();
  const workspace = await workspaceOf(join(cwd, DATA_FOLDER), cwd);
  const devices: DeviceLine[] = [];
  const [end, pythons, { memory, gpu }] = await Promise.all([
    runTrainer<DeviceLine>(['devices'], (line) => devices.push(line)),
    findPythons({ folders: [...new Set([cwd, workspace])], env: process.env }),
    readMachine(),
  ]);
  const usable = pythons.find((found) => found.problem === undefined && pythonFaults(found).length === 0);
  const torch = usable && (await askTorch(usable.path, programs().torch.wheel, new AbortController().signal));
  return {
    devices,
    ...(end.code !== 0 && { devicesProblem: end.stderr || `Its process ended with code ${end.code}.` }),
    pythons,
    ...(torch && { torch }),
    node: { path: process.execPath, version: process.versions.node },
    memory: { total: memory, available: freemem(), ...(gpu && { gpu }) },
    busy: false,
  };
}

/** What can be used in a line; of what cannot, everything that is known. */
function printItem(
  { label, description, look, tooltip, children = [] }: EnvironmentItem,
  indent: string,
): void {
  print(visible(`${indent}${label}: ${description}`));
  if (look === 'not usable') {
    for (const line of tooltip.split('\n\n')) print(visible(`${indent}  ${line}`));
  }
  for (const child of children) printItem(child, `${indent}  `);
}
