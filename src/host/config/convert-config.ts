import * as vscode from 'vscode';
import type { Checked } from '../../core/check/check';
import type { ConversionRequest } from '../../core/language/types';
import { LineIndex } from '../../core/words/text';
import { writeNewFile } from '../experiments/new-file';
import { type ConversionAddress, conversionPageUri } from '../pages/page-uris';
import { openPage } from '../pages/pages';
import { fileName } from '../vscode/selector';
import { requestedConfig } from './active-config';
import type { ConfigDocuments } from './config-documents';
import { conversionOf, nameOfTarget } from './conversion';
import { foreignDialects } from './foreign-dialects';

/** Shows a config as one of another trainer beside it, with what became of each setting, and writes it when asked. */
export async function convertConfig(
  documents: ConfigDocuments,
  argument: unknown,
  request: unknown,
): Promise<void> {
  const document = await requestedConfig(documents, argument);
  const complete = await completed(documents.checked(document), isRequest(request) ? request : {});
  if (!complete) return;
  await openPage(conversionPageUri(document.uri, complete));
  const write = 'Write File...';
  const message = `This is the new file for ${nameOfTarget(complete.target)}. Nothing is written yet.`;
  if ((await vscode.window.showInformationMessage(message, write)) !== write) return;
  const file = await vscode.window.showSaveDialog({
    defaultUri: vscode.Uri.joinPath(document.uri, '..', nameFor(document.uri, complete.target)),
    filters: { YAML: ['yaml', 'yml'] },
    title: `New Config for ${nameOfTarget(complete.target)}`,
  });
  // The text as it is now: the config may have changed since.
  if (file) await writeNewFile(file, conversionOf(documents.checked(document), complete).text);
}

async function completed(
  checked: Checked,
  request: ConversionRequest,
): Promise<ConversionAddress | undefined> {
  const experiment = request.experiment ?? (await pickTraining(checked));
  if (experiment === undefined) return undefined;
  const from = checked.experiments[experiment]?.trainer.dialect;
  const target = request.target ?? (await pickTarget(from));
  return target === undefined ? undefined : { ...request, experiment, target };
}

async function pickTraining({ experiments, text }: Checked): Promise<number | undefined> {
  if (experiments.length === 1) return 0;
  const lines = new LineIndex(text);
  const items = experiments.map((experiment, index) => {
    const beta = experiment.get('objective.beta');
    const line = lines.position((beta.keyRange ?? beta.range).start).line + 1;
    return {
      label: `Line ${line}: ${experiment.get('model.path').value ?? 'a model that is filled in when it runs'}`,
      description: beta.given ? `beta ${beta.value}` : '',
      index,
    };
  });
  return (await vscode.window.showQuickPick(items, { title: 'Convert', placeHolder: 'Which training' }))
    ?.index;
}

async function pickTarget(from: string | undefined): Promise<string | undefined> {
  const items = foreignDialects()
    .CONVERSION_TARGETS.filter((target) => target !== from)
    .map((target) => ({ label: nameOfTarget(target), target }));
  const placeHolder = 'The trainer that the new file is for';
  return (await vscode.window.showQuickPick(items, { title: 'Convert to...', placeHolder }))?.target;
}

/** Beside the old file, and never its name. */
function nameFor(uri: vscode.Uri, target: string): string {
  const stem = fileName(uri).replace(/(\.dpo)?\.\w+$/, '');
  return target === 'dpo-lab'
    ? `${stem}.dpo.yaml`
    : `${stem}-${target}.${target === 'axolotl' ? 'yml' : 'yaml'}`;
}

function isRequest(value: unknown): value is ConversionRequest {
  return typeof value === 'object' && value !== null;
}
