import * as vscode from 'vscode';
import { type Checked, isConfigFile } from '../../core/check/check';
import { programFor } from '../../node/launch/trainers/trainer-commands';
import { UserError } from '../commands';
import { ACTIVE_CONFIG_KEY, ACTIVE_TRAINABLE_KEY, ANY_CONFIG_KEY } from '../contributions';
import type { ConfigDocuments } from './config-documents';

/** Keeps the context keys by which menus know which config is in front. */
export function followActiveConfig(documents: ConfigDocuments): vscode.Disposable {
  const update = (): void => {
    const document = activeConfig(documents);
    const set = (key: string, value: boolean): void =>
      void vscode.commands.executeCommand('setContext', key, value);
    set(ACTIVE_CONFIG_KEY, document !== undefined && isConfigFile(document.uri.path));
    set(ACTIVE_TRAINABLE_KEY, document !== undefined && canStart(documents.checked(document)));
    set(ANY_CONFIG_KEY, document !== undefined);
  };
  update();
  return vscode.Disposable.from(
    vscode.window.onDidChangeActiveTextEditor(update),
    // A file becomes a config by an edit, or once Python can be read.
    documents.onDidChange(update),
  );
}

/** Whether the trainer of a config can be started from here: ours, and others by their own commands. */
export function canStart({ experiment, experiments, fileName }: Checked): boolean {
  const { dialect } = experiment.trainer;
  return dialect === 'dpo-lab' || programFor(dialect, fileName, experiments.length) !== undefined;
}

/** A config of ours: other trainers' configs have no table of reference log-probabilities to compute from here. */
export async function requestedOwnConfig(
  documents: ConfigDocuments,
  argument: unknown,
): Promise<vscode.TextDocument> {
  const document = await requestedConfig(documents, argument);
  if (isConfigFile(document.uri.path)) return document;
  const { program } = documents.checked(document).experiment.trainer;
  throw new UserError(`This is a config of ${program}. DPO Lab computes references for *.dpo.yaml alone.`);
}

/** The config to train. */
export async function requestedTrainable(
  documents: ConfigDocuments,
  argument: unknown,
): Promise<vscode.TextDocument> {
  const document = await requestedConfig(documents, argument);
  const checked = documents.checked(document);
  if (canStart(checked)) return document;
  const { program, launch } = checked.experiment.trainer;
  throw new UserError(
    `DPO Lab cannot start this file, which is for ${program}. Start it yourself${launch ? ` (${launch})` : ''}, then follow it with Adopt Run.`,
  );
}

/** The config a command is about: the one it was given, else the one in front. */
export async function requestedConfig(
  documents: ConfigDocuments,
  argument: unknown,
): Promise<vscode.TextDocument> {
  const uri = isAboutFile(argument) ? argument.uri : argument;
  const document =
    uri instanceof vscode.Uri ? await vscode.workspace.openTextDocument(uri) : activeConfig(documents);
  if (!document)
    throw new UserError('No config is open. Open a *.dpo.yaml or *.dpo.json file and try again.');
  return document;
}

/** An item of the list of experiments. */
function isAboutFile(argument: unknown): argument is { readonly uri: unknown } {
  return typeof argument === 'object' && argument !== null && 'uri' in argument;
}

export function activeConfig(documents: ConfigDocuments): vscode.TextDocument | undefined {
  const active = vscode.window.activeTextEditor?.document;
  return active && documents.open.includes(active) ? active : undefined;
}
