import { Buffer } from 'node:buffer';
import * as vscode from 'vscode';
import type { PairsQuestion } from '../core/panels/pairs-page';
import type { PanelAction, PanelAddress, RunAction } from '../core/panels/protocol';
import type { CommandId } from './contributions';
import type { PairInspection } from './pair-inspection';
import type { PanelActions } from './panels';

const COMMAND_OF: Readonly<Record<RunAction, CommandId>> = {
  stop: 'dpoLab.stopRun',
  resume: 'dpoLab.resumeRun',
  open: 'dpoLab.openRun',
  inspect: 'dpoLab.inspectPairs',
  showLog: 'dpoLab.showRunLog',
  reveal: 'dpoLab.revealRun',
  delete: 'dpoLab.deleteRun',
};

/** Does what buttons of panels say, by the commands that everything else uses as well. */
export class CommandActions implements PanelActions {
  constructor(private readonly inspection: PairInspection) {}

  async do(action: PanelAction): Promise<void> {
    const { executeCommand } = vscode.commands;
    switch (action.kind) {
      case 'openSweep':
        await executeCommand('dpoLab.openSweep', action.sweep);
        return;
      case 'openConfig':
        await vscode.window.showTextDocument(vscode.Uri.file(action.file), { preview: true });
        return;
      case 'compare':
        await executeCommand('dpoLab.compareRuns', ...action.runs);
        return;
      case 'sweepBeta':
        await executeCommand('dpoLab.sweepBeta', vscode.Uri.file(action.config), action.betas, action.seeds);
        return;
      case 'savePicture':
        await savePicture(action.name, action.png);
        return;
      default:
        await executeCommand(COMMAND_OF[action.kind], action.run);
    }
  }

  answer(address: PanelAddress, about: PairsQuestion): Promise<unknown> {
    return this.inspection.answer(address, about);
  }
}

async function savePicture(name: string, png: string): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const file = `${name.replaceAll(/[^\w.-]+/g, '-')}.png`;
  const uri = await vscode.window.showSaveDialog({
    filters: { Picture: ['png'] },
    ...(folder && { defaultUri: vscode.Uri.joinPath(folder, file) }),
  });
  if (uri) await vscode.workspace.fs.writeFile(uri, Buffer.from(png, 'base64'));
}
