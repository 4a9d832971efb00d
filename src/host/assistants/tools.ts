import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import * as vscode from 'vscode';
import type { Action } from '../../actions/all';
import type * as Bundle from '../../actions/bundle';
import type { ActionContext } from '../../actions/context';
import { messageOf } from '../../node/files/text-files';
import { TOOL_PREFIX } from '../contributions';
import type { ProgramsOf } from '../runs/bundled-programs';
import { dataFolderOf } from '../runs/workspace-runs';

let bundle: typeof Bundle | undefined;

/** The actions are a bundle of their own, loaded when an assistant first uses one. */
function actions(): typeof Bundle {
  if (!bundle) {
    bundle = createRequire(import.meta.url)('./actions.js') as typeof Bundle;
    bundle.useDialects(bundle.FOREIGN_DIALECTS);
  }
  return bundle;
}

/** Tools for whatever assistant the editor has. Without one, nothing of this runs. */
export function registerTools(
  { extension }: vscode.ExtensionContext,
  programs: ProgramsOf,
): vscode.Disposable {
  const { contributes } = extension.packageJSON as {
    readonly contributes: { readonly languageModelTools: readonly { readonly name: string }[] };
  };
  return vscode.Disposable.from(
    ...contributes.languageModelTools.map(({ name }) =>
      vscode.lm.registerTool(name, new Tool(name, programs)),
    ),
  );
}

class Tool implements vscode.LanguageModelTool<Record<string, unknown>> {
  constructor(
    private readonly id: string,
    private readonly programs: ProgramsOf,
  ) {}

  /** What starts or stops trainings is confirmed by its user, who sees what, for how long, and on which device. */
  async prepareInvocation({
    input,
  }: vscode.LanguageModelToolInvocationPrepareOptions<
    Record<string, unknown>
  >): Promise<vscode.PreparedToolInvocation> {
    const { title, effect } = this.action();
    const invocationMessage = `${title} (DPO Lab)`;
    if (effect === 'reads' || input.confirm !== true) return { invocationMessage };
    return {
      invocationMessage,
      confirmationMessages: { title: `${title}?`, message: await this.preview(input) },
    };
  }

  async invoke(
    { input }: vscode.LanguageModelToolInvocationOptions<Record<string, unknown>>,
    token: vscode.CancellationToken,
  ): Promise<vscode.LanguageModelToolResult> {
    const text = await this.run(input, token);
    return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(text)]);
  }

  private async run(input: Record<string, unknown>, token: vscode.CancellationToken): Promise<string> {
    const abort = new AbortController();
    const listening = token.onCancellationRequested(() => abort.abort());
    try {
      const action = this.action();
      return actions().shortText(action.title, await action.run(input, this.context(abort.signal)));
    } catch (error) {
      return `Not done: ${messageOf(error)}`;
    } finally {
      listening.dispose();
    }
  }

  private async preview(input: Record<string, unknown>): Promise<string> {
    try {
      const { plan, words } = await this.action().run({ ...input, confirm: false }, this.context());
      return String(plan ?? words ?? '');
    } catch (error) {
      return messageOf(error);
    }
  }

  private action(): Action {
    const action = actions().ACTIONS.find(({ name }) => `${TOOL_PREFIX}${name}` === this.id);
    if (!action) throw new Error(`There is no tool ${this.id}.`);
    return action;
  }

  private context(signal?: AbortSignal): ActionContext {
    const [first] = vscode.workspace.workspaceFolders ?? [];
    const file = vscode.window.activeTextEditor?.document.uri;
    const place = (file && vscode.workspace.getWorkspaceFolder(file)) ?? first;
    const { isTrusted } = vscode.workspace;
    if (!isTrusted && !this.action().isOfText)
      throw new Error(
        'This workspace is not trusted, so only texts of configs are checked in it. Trust it first.',
      );
    if (!place && file?.scheme !== 'file')
      throw new Error('No folder is open. Open the one with the config.');
    const folder = place?.uri.fsPath ?? dirname(file?.fsPath ?? '');
    const uri = place ? vscode.Uri.joinPath(place.uri, 'any') : vscode.Uri.file(file?.fsPath ?? '');
    return {
      folder,
      dataFolder: dataFolderOf(uri),
      programs: this.programs(),
      isTrusted,
      ...(signal && { signal }),
    };
  }
}
