import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { afterAll, beforeAll } from 'vitest';
import type { ArmDetails } from '../../src/core/panels/sweep-arm';
import { buildPrograms } from '../support/build-programs';
import { temporaryFolder } from '../support/temporary-folder';
import { knownArm } from '../webview/sweep-arms';

export const SWEEP = '20261124-225829-sweep-x71b';

const LLAMA_FACTORY = `model_name_or_path: meta-llama/Llama-3.2-1B-Instruct
stage: dpo
do_train: true
finetuning_type: lora
pref_beta: 0.1
pref_loss: sigmoid
dataset: dpo_en_demo
template: llama3
output_dir: saves/dpo
learning_rate: 5.0e-6
num_train_epochs: 3.0
`;

/** A folder with configs and the runs of a finished sweep, as programs leave them. */
export function workFolder(): { readonly folder: string; readonly arms: readonly ArmDetails[] } {
  const folder = temporaryFolder();
  const write = (name: string, text: string): void => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  };
  write('a.dpo.yaml', 'model: ./model\nobjective:\n  beta: 0\ndata:\n  train: pairs.jsonl\n');
  write('good.dpo.yaml', 'model: ./model\nobjective:\n  beta: 0.05\ndata:\n  train: pairs.jsonl\n');
  write('llama-factory.yaml', LLAMA_FACTORY);
  const alarms = [{ code: 'RUN006', severity: 'error' as const, step: 100, message: 'Texts no longer end.' }];
  const arms = [0.1, 0.02, 0.005].map((beta) =>
    knownArm({
      beta,
      winRate: beta === 0.02 ? 0.7 : 0.5,
      ...(beta === 0.005 && { changes: { ended: 0.4 }, alarms }),
    }),
  );
  for (const { id, run, status, eval: held } of arms) {
    const file = (name: string) => `.dpo/runs/${id}/${name}`;
    write(file('run.json'), JSON.stringify({ ...run, dataFolder: path.join(folder, '.dpo') }));
    write(file('status.json'), JSON.stringify(status));
    const line = (split: string, step: number, values: object) =>
      `${JSON.stringify({ step, time: step, split, values })}\n`;
    write(file('metrics.jsonl'), line('train', 5, { loss: 0.6 }) + line('eval', 500, held));
    const own = id.includes('beta0.005') ? alarms : [];
    write(
      file('events.jsonl'),
      own.map((alarm) => `${JSON.stringify({ time: 1, kind: 'alarm', ...alarm })}\n`).join(''),
    );
  }
  write(
    `.dpo/sweeps/${SWEEP}/sweep.json`,
    JSON.stringify({
      format: 2,
      id: SWEEP,
      created: 0,
      runs: arms.map(({ id }) => id),
      parallel: 1,
      stopDegenerate: false,
      trainer: ['node'],
    }),
  );
  return { folder, arms };
}

export interface Served {
  readonly client: Client;
  readonly pid: number;
  readonly transport: StdioClientTransport;
}

/** The server that was built from the sources as they are, and clients of it, which end with the test file. */
export function useServer(): (folder: string, answer?: 'accept' | 'decline') => Promise<Served> {
  const built = temporaryFolder();
  const clients: Client[] = [];
  beforeAll(() => buildPrograms(built, 'mcp', 'template-renderer'));
  afterAll(async () => {
    for (const client of clients) await client.close();
  });
  return async (folder, answer) => {
    const client = new Client(
      { name: 'test', version: '1' },
      { capabilities: answer === undefined ? {} : { elicitation: {} } },
    );
    if (answer !== undefined)
      client.setRequestHandler(ElicitRequestSchema, async () => ({ action: answer, content: {} }));
    const transport = new StdioClientTransport({
      command: process.execPath,
      args: [path.join(built, 'mcp.js'), folder],
      env: { ...(process.env as Record<string, string>), HF_HOME: path.join(folder, 'no-hub-cache') },
    });
    await client.connect(transport);
    clients.push(client);
    // With it the client knows, and checks, what tools give.
    await client.listTools();
    return { client, pid: transport.pid ?? 0, transport };
  };
}
