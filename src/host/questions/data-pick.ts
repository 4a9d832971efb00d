import * as vscode from 'vscode';
import { findDataFiles } from '../config/resources';
import { relativePath } from '../vscode/relative-path';
import { writtenPath } from './model-pick';
import { type Answer, BACK, type Choice, pick, type Question, typeText } from './quick-pick';

export interface PickedData {
  readonly train: string;
  /** Of a hub dataset. */
  readonly split?: string;
}

const CHOOSE_FILE = Symbol('choose a file');
const EXAMPLE = { train: 'HuggingFaceH4/ultrafeedback_binarized', split: 'train_prefs' };
const DATA_EXTENSIONS = ['jsonl', 'json', 'parquet'];

/** Asks for preference pairs: a file of the workspace or from elsewhere, or a hub dataset with its split. */
export async function pickData(
  question: Question,
  folder: vscode.Uri | undefined,
): Promise<Answer<PickedData>> {
  const choices = await choicesFor(folder);
  for (;;) {
    const answer = await pick(question, choices, typedData);
    if (answer === BACK || answer === undefined) return answer;
    if (answer === CHOOSE_FILE) {
      const file = await chooseFile(folder);
      if (file !== undefined) return { train: file };
    } else if (isHubId(answer.train) && answer.split === undefined) {
      const split = await askSplit(question);
      if (split === undefined) return undefined;
      if (split !== BACK) return { ...answer, split };
    } else {
      return answer;
    }
  }
}

async function choicesFor(
  folder: vscode.Uri | undefined,
): Promise<Choice<PickedData | typeof CHOOSE_FILE>[]> {
  const files = folder ? await findDataFiles() : [];
  const names = files.flatMap((file) => (folder && relativePath(folder, file)) ?? []);
  return [
    ...names.map((train, index) => ({
      label: train,
      icon: 'file',
      value: { train },
      ...(index === 0 && { group: 'in this folder' }),
    })),
    {
      label: EXAMPLE.train,
      detail: 'About 60 thousand pairs: the data of the paper.',
      icon: 'cloud',
      group: 'on the Hugging Face hub',
      value: EXAMPLE,
    },
    { label: 'Choose a File...', icon: 'folder-opened', group: 'on disk', value: CHOOSE_FILE },
  ];
}

function typedData(text: string): Choice<PickedData> {
  const description = isHubId(text) ? 'hub dataset, as typed' : 'file or glob, as typed';
  return { label: text, description, icon: 'edit', value: { train: text } };
}

/** `organization/name` without the ending of a data file. */
function isHubId(text: string): boolean {
  return (
    /^[\w-][\w.-]*\/[\w.-]+$/.test(text) && !DATA_EXTENSIONS.some((ending) => text.endsWith(`.${ending}`))
  );
}

function askSplit(question: Question): Promise<Answer<string>> {
  const placeholder = 'Split of the dataset to train on';
  return typeText({ ...question, placeholder, canGoBack: true }, 'train', (text) =>
    text ? undefined : 'Name the split, such as train or train_prefs.',
  );
}

async function chooseFile(folder: vscode.Uri | undefined): Promise<string | undefined> {
  const [file] =
    (await vscode.window.showOpenDialog({
      title: 'Preference pairs',
      openLabel: 'Train on This',
      filters: { 'Preference pairs': DATA_EXTENSIONS },
      ...(folder && { defaultUri: folder }),
    })) ?? [];
  return file && writtenPath(file, folder);
}
