import * as vscode from 'vscode';
import { findModels } from '../config/resources';
import { relativePath } from '../vscode/relative-path';
import { type Answer, type Choice, pick, type Question } from './quick-pick';

/** A model that is worth a try, with the reason. */
export interface Suggestion {
  readonly model: string;
  readonly why: string;
}

const CHOOSE_FOLDER = Symbol('choose a folder');

/** Asks for a model: from the hub cache, a suggestion, a folder, or a typed hub id. */
export async function pickModel(
  question: Question,
  suggestions: readonly Suggestion[],
  configFolder: vscode.Uri | undefined,
): Promise<Answer<string>> {
  const cached = await findModels();
  const choices: Choice<string | typeof CHOOSE_FOLDER>[] = [
    ...cached.map((model, index) => ({
      label: model,
      icon: 'database',
      value: model,
      ...(index === 0 && { group: 'in the local Hugging Face cache' }),
    })),
    ...suggestions
      .filter(({ model }) => !cached.includes(model))
      .map(({ model, why }, index) => ({
        label: model,
        detail: why,
        icon: 'cloud',
        value: model,
        ...(index === 0 && { group: 'on the Hugging Face hub' }),
      })),
    { label: 'Choose a Folder...', icon: 'folder-opened', group: 'on disk', value: CHOOSE_FOLDER },
  ];
  for (;;) {
    const answer = await pick(question, choices, (text) => ({
      label: text,
      description: 'hub id or folder, as typed',
      icon: 'edit',
      value: text,
    }));
    if (answer !== CHOOSE_FOLDER) return answer;
    const folder = await chooseFolder(configFolder);
    if (folder !== undefined) return folder;
  }
}

async function chooseFolder(configFolder: vscode.Uri | undefined): Promise<string | undefined> {
  const [folder] =
    (await vscode.window.showOpenDialog({
      title: 'Folder with config.json and the weights',
      openLabel: 'Use This Model',
      canSelectFiles: false,
      canSelectFolders: true,
      ...(configFolder && { defaultUri: configFolder }),
    })) ?? [];
  return folder && writtenPath(folder, configFolder);
}

/** How a config names a file or folder: relative where it lies below the config, so that both can move together. */
export function writtenPath(target: vscode.Uri, configFolder: vscode.Uri | undefined): string {
  const relative = configFolder && relativePath(configFolder, target);
  return relative === undefined || relative.startsWith('..') ? target.fsPath : `./${relative}`;
}
