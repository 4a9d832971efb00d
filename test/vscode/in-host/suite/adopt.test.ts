import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { trainerEnvironment } from '../../../job/trainer-environment';
import { until, workspaceUri, writeFile } from './support';
import { runs, status } from './tiny-runs';

/** What transformers' Trainer leaves in a checkpoint. */
const state = (step: number) =>
  JSON.stringify({
    global_step: step,
    max_steps: 8,
    log_history: [
      {
        step,
        epoch: 0.5,
        loss: 0.6,
        'rewards/chosen': 0.1,
        'rewards/rejected': -0.1,
        'rewards/margins': 0.2,
      },
    ],
  });

const metricsOf = (id: string): string =>
  readFileSync(path.join(workspaceUri('.dpo/runs').fsPath, id, 'metrics.jsonl'), 'utf8');

describe('adopting runs of other trainers', () => {
  it('imports the folder that is chosen', async () => {
    await writeFile(workspaceUri('elsewhere/run/checkpoint-4/trainer_state.json'), state(4));
    const ids = await vscode.commands.executeCommand<string[]>('dpoLab.adoptRun', workspaceUri('elsewhere'));
    assert.equal(ids.length, 1);
    assert.match(metricsOf(ids[0] ?? ''), /"reward_margin":0\.2/);
  });

  it('follows the folders that a setting names', async () => {
    await writeFile(workspaceUri('saves/one/dpo/checkpoint-4/trainer_state.json'), state(4));
    const before = new Set(runs());
    const settings = vscode.workspace.getConfiguration('dpoLab');
    await settings.update('adopt', ['saves/*'], vscode.ConfigurationTarget.Workspace);
    const fresh = () => runs().filter((id) => !before.has(id));
    try {
      await until('the run appears', () => fresh().length === 1);
      await writeFile(workspaceUri('saves/one/dpo/checkpoint-6/trainer_state.json'), state(6));
      await until('its new step too', () => metricsOf(fresh()[0] ?? '').includes('"step":6'));
    } finally {
      await settings.update('adopt', undefined, vscode.ConfigurationTarget.Workspace);
    }
  });
});

describe('a Python script', () => {
  it('is run with our callback in its environment', async () => {
    trainerEnvironment(workspaceUri('scripts/.venv').fsPath, { packages: { trl: '1.13.0' }, commands: {} });
    const script = workspaceUri('scripts/fit.py');
    await writeFile(script, 'import os\nprint("run", os.environ["DPO_LAB_RUN"], flush=True)\n');
    const ids = await vscode.commands.executeCommand<string[]>('dpoLab.watchScript', script, true);
    const [id = ''] = ids;
    await until('it has ended', () => status(id).state === 'completed');
    const folder = path.join(workspaceUri('.dpo/runs').fsPath, id);
    assert.ok(readFileSync(path.join(folder, 'output.log'), 'utf8').includes(`run ${folder}`));
  });
});
