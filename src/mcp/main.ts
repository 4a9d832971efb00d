import { realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { FOREIGN_DIALECTS } from '../core/config/dialects/all';
import { useDialects } from '../core/config/dialects/registry';
import { preparePython } from '../node/configs/python-parser';
import { DATA_FOLDER, workspaceOf } from '../node/runs/data-folder';
import { wheelName } from '../node/torch/torch-start';
import { mcpServer } from './server';

declare const DPO_LAB_VERSION: string;

/** Serves the folder that it is started in, until its client goes away. */
async function main(): Promise<void> {
  const folder = await realpath(process.argv[2] ?? process.cwd());
  const beside = dirname(fileURLToPath(import.meta.url));
  useDialects(FOREIGN_DIALECTS);
  await preparePython({
    runtime: join(beside, 'web-tree-sitter.wasm'),
    grammar: join(beside, 'tree-sitter-python.wasm'),
  });
  const server = mcpServer(
    {
      folder,
      // Whoever starts a program in a folder trusts it, as with every other command.
      isTrusted: true,
      dataFolder: join(await workspaceOf(join(folder, 'any'), folder), DATA_FOLDER),
      programs: {
        node: process.execPath,
        job: join(beside, 'job.js'),
        onnxTrainer: join(beside, 'onnx-trainer.js'),
        judge: join(beside, 'judge.js'),
        command: join(beside, 'command.js'),
        // A key is allowed by a person, in the terminal or the editor, never by a program that talks to this server.
        allowKey: async () => false,
        torch: {
          wheel: join(beside, wheelName(DPO_LAB_VERSION)),
          python: '',
          activePython: async () => undefined,
        },
        versions: { 'dpo-lab': DPO_LAB_VERSION },
      },
    },
    DPO_LAB_VERSION,
  );
  // Nothing that was started to answer outlives the client; trainings do, as they are meant to.
  process.stdin.on('end', () => process.exit(0));
  await server.connect(new StdioServerTransport());
}

void main();
