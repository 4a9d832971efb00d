import * as vscode from 'vscode';
import type { Programs } from '../../node/launch/launch-plan';
import { wheelName } from '../../node/torch/torch-start';
import { activePython } from '../environment/active-python';
import { allowKey } from '../questions/judge-key';
import { readSetting } from '../settings';

/** Asked at each start: the setting may have changed. */
export type ProgramsOf = () => Programs;

/** The programs lie beside the bundled extension. Node is the one that VS Code runs on, unless a setting names another. */
export function bundledPrograms(context: vscode.ExtensionContext): ProgramsOf {
  const { version } = context.extension.packageJSON as { readonly version: string };
  return () => ({
    node: readSetting['dpoLab.nodePath'](undefined).trim() || process.execPath,
    job: context.asAbsolutePath('dist/job.js'),
    onnxTrainer: context.asAbsolutePath('dist/onnx-trainer.js'),
    judge: context.asAbsolutePath('dist/judge.js'),
    command: context.asAbsolutePath('dist/command.js'),
    allowKey,
    say: (note) => void vscode.window.showInformationMessage(note),
    torch: {
      wheel: context.asAbsolutePath(`dist/${wheelName(version)}`),
      python: readSetting['dpoLab.pythonPath'](undefined).trim(),
      activePython,
    },
    versions: { 'dpo-lab': version, vscode: vscode.version },
  });
}
