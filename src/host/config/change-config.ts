import * as vscode from 'vscode';
import type { Experiment } from '../../core/config/experiment';
import { sweepEdit } from '../../core/language/lenses';
import { switchedReference } from '../../core/language/switch-reference';
import type { WayOut } from '../../core/panels/ways-out';
import type { TextEdit } from '../../core/words/text';
import { UserError } from '../commands';
import { pickReference } from '../questions/reference-pick';
import { editorRange, workspaceEdit } from '../vscode/editor-text';
import { requestedConfig } from './active-config';
import type { ConfigDocuments } from './config-documents';

/** Commands that change a config. They edit the document and leave saving to the user. */

/** From a lens: an edit that was made for one version of the text. */
export async function applyLensEdit(uri: unknown, version: unknown, edit: unknown): Promise<void> {
  if (!(uri instanceof vscode.Uri) || !isTextEdit(edit)) return;
  const document = await vscode.workspace.openTextDocument(uri);
  if (document.version !== version) {
    throw new UserError('The config has changed since this action was shown. Click it again.');
  }
  await apply(document, [edit]);
}

/** Adds a sweep around the config's beta. */
export async function addSweep(documents: ConfigDocuments, argument: unknown): Promise<void> {
  const document = await requestedConfig(documents, argument);
  const checked = documents.checked(document);
  const { given, value = [] } = checked.experiment.get('sweep.beta');
  if (given) {
    throw new UserError(
      `This config has a sweep already: sweep.beta is ${value.join(', ')}. Change it there.`,
    );
  }
  await apply(document, sweepEdit(checked));
}

/** Lets the user choose another reference policy and writes it into one training of the file. */
export async function switchReference(
  documents: ConfigDocuments,
  argument: unknown,
  training: unknown,
): Promise<void> {
  const document = await requestedConfig(documents, argument);
  const chosen = (): Experiment => {
    const { experiments, experiment } = documents.checked(document);
    return (typeof training === 'number' ? experiments[training] : undefined) ?? experiment;
  };
  const current = chosen().get('reference.policy').value;
  const question = { title: 'Switch Reference', placeholder: 'Reference policy', canGoBack: false };
  const policy = await pickReference(question, current, vscode.Uri.joinPath(document.uri, '..'));
  if (typeof policy !== 'string') return;
  // Asked of the text as it is now: it may have changed while the list was open.
  const change = switchedReference(chosen(), policy);
  if ('refusal' in change) throw new UserError(change.refusal);
  await apply(document, change.edits);
}

/** Writes the answer of a sweep into its config, and shows the line. */
export async function useBeta(documents: ConfigDocuments, config: unknown, beta: unknown): Promise<void> {
  if (typeof beta !== 'number') return;
  const document = await requestedConfig(documents, config);
  await apply(document, documents.checked(document).experiment.set('objective.beta', beta));
  const { range } = documents.checked(document).experiment.get('objective.beta');
  await showConfig(document.uri, editorRange(document, range));
}

/** Writes what an alarm's button proposes, one option after the other, and shows the last line. */
export async function changeConfig(
  documents: ConfigDocuments,
  config: unknown,
  changes: unknown,
): Promise<void> {
  if (!Array.isArray(changes)) return;
  const document = await requestedConfig(documents, config);
  for (const { path, value } of changes as WayOut['changes']) {
    await apply(document, documents.checked(document).experiment.set(path, value));
  }
  const last = (changes as WayOut['changes']).at(-1);
  if (!last) return;
  const { range } = documents.checked(document).experiment.get(last.path);
  await showConfig(document.uri, editorRange(document, range));
}

/** Shows a config in the group where it is open; else beside the panel in front. */
export async function showConfig(uri: vscode.Uri, selection?: vscode.Range): Promise<void> {
  const shown = vscode.window.tabGroups.all.find(({ tabs }) =>
    tabs.some(({ input }) => input instanceof vscode.TabInputText && input.uri.toString() === uri.toString()),
  );
  await vscode.window.showTextDocument(uri, {
    viewColumn: shown?.viewColumn ?? vscode.ViewColumn.Active,
    preview: true,
    ...(selection && { selection }),
  });
}

async function apply(document: vscode.TextDocument, edits: readonly TextEdit[] | undefined): Promise<void> {
  if (!edits) {
    throw new UserError(
      'This config has no safe place for the change: something other than a section stands where it belongs. Correct the marked lines first.',
    );
  }
  if (!(await vscode.workspace.applyEdit(workspaceEdit(document, edits)))) {
    throw new UserError(`${document.uri.path} could not be changed. Is it read-only?`);
  }
}

function isTextEdit(value: unknown): value is TextEdit {
  return typeof value === 'object' && value !== null && 'range' in value && 'newText' in value;
}
