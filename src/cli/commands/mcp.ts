import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';

const HELP_AFTER = `
Programs such as assistants in editors and terminals start it themselves. Tell
one of it, for instance, by:

  { "mcpServers": { "dpo-lab": { "command": "dpo-lab", "args": ["mcp"] } } }

It reads and starts what lies in this folder, and nothing outside of it. What
starts or stops a training asks its user first. docs/ASSISTANTS.md says more.`;

export function addMcpCommand(program: Command): void {
  program
    .command('mcp')
    .summary('serve this folder to assistants')
    .description('A server of the Model Context Protocol on standard input and output, for assistants.')
    .argument('[folder]', 'the folder (default: the one it is started in)')
    .addHelpText('after', HELP_AFTER)
    .action(serve);
}

/** The server is a program of its own, so that no other command loads what it needs. */
async function serve(folder: string | undefined): Promise<void> {
  const program = join(dirname(fileURLToPath(import.meta.url)), 'mcp.js');
  const child = spawn(process.execPath, [program, ...(folder === undefined ? [] : [folder])], {
    stdio: 'inherit',
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  process.exitCode = await new Promise<number>((resolve) => {
    child.on('error', () => resolve(1));
    child.on('exit', (code) => resolve(code ?? 1));
  });
}
