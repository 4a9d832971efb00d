import * as vscode from 'vscode';
import { isConfigFile } from '../../core/check/check';
import { UserError } from '../commands';
import { ACTIVE_CONFIG_KEY, ANY_CONFIG_KEY } from '../contributions';
import type { ConfigDocuments } from './config-documents';

/** Keeps the context key by which menus know that a config is in front. */
export function followActiveConfig(documents: ConfigDocuments): vscode.Disposable {
  const update = (): void => {
    const active = activeConfig(documents);
    void vscode.commands.executeCommand('setContext', ACTIVE_CONFIG_KEY, isOwn(active));
    void vscode.commands.executeCommand('setContext', ANY_CONFIG_KEY, active !== undefined);
  };
  update();
  return vscode.Disposable.from(
    vscode.window.onDidChangeActiveTextEditor(update),
    // A file becomes a config by an edit, or once Python can be read.
    documents.onDidChange(update),
  );
}

/** Only our own configs can be trained from here. */
function isOwn(document: vscode.TextDocument | undefined): boolean {
  return document !== undefined && isConfigFile(document.uri.path);
}

/** The config to train: one of our own. */
export async function requestedOwnConfig(
  documents: ConfigDocuments,
  argument: unknown,
): Promise<vscode.TextDocument> {
  const document = await requestedConfig(documents, argument);
  if (isOwn(document)) return document;
  const { program } = documents.checked(document).experiment.trainer;
  throw new UserError(
    `This is a config of ${program}, which trains it. DPO Lab trains *.dpo.yaml: write one with New Experiment.`,
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
