import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { until, workspaceUri, writeFile } from './support';

/** What suites about runs share: a config that trains within seconds, and how its runs are. */

/** Two seconds with the tiny model. */
export const CONFIG = `model: ./model
reference:
  policy: same
  logprobs: compute
objective:
  beta: 0.1
data:
  train: pairs.jsonl
  eval_fraction: 0.2
  max_length: 128
training:
  method: full
  steps: 4
  batch_size: 8
  learning_rate: 5.0e-4
`;

const extensionPath = (): string => {
  const extension = vscode.extensions.getExtension('dpo-lab.dpo-lab');
  assert.ok(extension);
  return extension.extensionPath;
};

const runsFolder = (): string => workspaceUri('.dpo/runs').fsPath;

export function runs(): string[] {
  return existsSync(runsFolder()) ? readdirSync(runsFolder()).filter((name) => !name.startsWith('.')) : [];
}

export function status(id: string): Record<string, unknown> {
  try {
    return JSON.parse(readFileSync(path.join(runsFolder(), id, 'status.json'), 'utf8'));
  } catch {
    return {};
  }
}

/** A config beside the tiny model and its pairs. */
export async function tinyConfig(folder: string, text = CONFIG): Promise<vscode.Uri> {
  const target = workspaceUri(folder).fsPath;
  const fixtures = path.join(extensionPath(), 'test/trainer/fixtures/trl');
  mkdirSync(target, { recursive: true });
  cpSync(path.join(fixtures, 'model'), path.join(target, 'model'), { recursive: true });
  cpSync(path.join(fixtures, 'strings.jsonl'), path.join(target, 'pairs.jsonl'));
  return writeFile(vscode.Uri.joinPath(workspaceUri(folder), 'tiny.dpo.yaml'), text);
}

export async function started(command: string, ...args: unknown[]): Promise<string[]> {
  const ids = await vscode.commands.executeCommand<string[]>(command, ...args);
  assert.ok(Array.isArray(ids), `${command} started nothing`);
  return ids;
}

export const completed = (id: string): Promise<boolean> =>
  until(
    `${id} is completed`,
    () => {
      const { state, error } = status(id);
      assert.notEqual(state, 'failed', String(error));
      return state === 'completed';
    },
    50_000,
  );
