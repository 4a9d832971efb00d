import { Buffer } from 'node:buffer';
import * as vscode from 'vscode';
import type { PairsQuestion } from '../../core/panels/pairs-page';
import type { PanelAction, PanelAddress } from '../../core/panels/protocol';
import type { RunAction } from '../../core/panels/run-page';
import { messageOf } from '../../node/files/text-files';
import { UserError } from '../commands';
import { showConfig } from '../config/change-config';
import type { CommandId } from '../contributions';
import type { PanelActions } from './open-panel';
import type { PairInspection } from './pair-inspection';

const COMMAND_OF: Readonly<Record<RunAction, CommandId>> = {
  stop: 'dpoLab.stopRun',
  resume: 'dpoLab.resumeRun',
  open: 'dpoLab.openRun',
  inspect: 'dpoLab.inspectPairs',
  showLog: 'dpoLab.showRunLog',
  showDifference: 'dpoLab.showDifference',
  report: 'dpoLab.writeReport',
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
        await showConfig(vscode.Uri.file(action.file));
        return;
      case 'useBeta':
        await executeCommand('dpoLab.useBeta', vscode.Uri.file(action.config), action.beta);
        return;
      case 'changeConfig':
        await executeCommand('dpoLab.changeConfig', vscode.Uri.file(action.config), action.changes);
        return;
      case 'reportSweep':
        await executeCommand('dpoLab.writeReport', action.sweep);
        return;
      case 'compare':
        await executeCommand('dpoLab.compareRuns', ...action.runs);
        return;
      case 'resumeAll':
        await executeCommand('dpoLab.resumeRun', action.runs[0], action.runs);
        return;
      case 'sweepBeta':
        await executeCommand('dpoLab.sweepBeta', vscode.Uri.file(action.config), action.betas, action.seeds);
        return;
      case 'deleteAll':
        await executeCommand('dpoLab.deleteRun', action.runs[0], action.runs);
        return;
      case 'mark':
        await executeCommand('dpoLab.markRuns', action.mark, action.runs);
        return;
      case 'saveText':
        await saveFile(action.name, 'csv', 'Table', Buffer.from(action.text));
        return;
      case 'savePicture':
        await saveFile(action.name, 'png', 'Picture', Buffer.from(action.png, 'base64'));
        return;
      default:
        await executeCommand(COMMAND_OF[action.kind], action.run);
    }
  }

  async answer(
    address: PanelAddress,
    about: PairsQuestion,
    progress: (words: string) => void,
  ): Promise<unknown> {
    if (address.kind !== 'pairs') throw new Error(`A ${address.kind} panel has no pairs to ask about.`);
    return this.inspection.answer(address.folder, about, progress);
  }

  rest(address: PanelAddress): void {
    if (address.kind === 'pairs') this.inspection.rest(address.folder);
  }

  end(address: PanelAddress): void {
    if (address.kind === 'pairs') this.inspection.end(address.folder);
  }
}

async function saveFile(name: string, ending: string, what: string, bytes: Uint8Array): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const file = `${name.replaceAll(/[^\w.-]+/g, '-')}.${ending}`;
  const uri = await vscode.window.showSaveDialog({
    filters: { [what]: [ending] },
    ...(folder && { defaultUri: vscode.Uri.joinPath(folder, file) }),
  });
  if (!uri) return;
  try {
    await vscode.workspace.fs.writeFile(uri, bytes);
  } catch (error) {
    throw new UserError(`${uri.fsPath} could not be written: ${messageOf(error)}. Choose another place.`);
  }
}
