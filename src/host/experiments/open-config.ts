import * as vscode from 'vscode';

/** The third door of an empty sidebar: a config that exists, of whichever trainer. */
export async function openConfig(): Promise<void> {
  const [uri] =
    (await vscode.window.showOpenDialog({
      title: 'Open a config of DPO Lab, TRL, LLaMA-Factory, axolotl or another trainer',
      filters: {
        'Configs, scripts and notebooks': [
          'yaml',
          'yml',
          'json',
          'sh',
          'bash',
          'slurm',
          'sbatch',
          'py',
          'ipynb',
        ],
      },
    })) ?? [];
  if (uri) await vscode.commands.executeCommand('vscode.open', uri);
}
