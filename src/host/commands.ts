import * as vscode from 'vscode';
import { FileError } from '../node/files/text-files';
import { COMMANDS, type CommandId, INTERNAL_COMMANDS } from './contributions';

/** Arguments come from anywhere (a keybinding, a link), so handlers check them. */
export type CommandHandler = (...args: readonly unknown[]) => unknown;

/** Registers every command of the table. A handler that throws tells the user what failed. */
export function registerCommands(
  handlers: Record<CommandId, CommandHandler>,
  log: vscode.LogOutputChannel,
): vscode.Disposable {
  return vscode.Disposable.from(
    ...Object.entries(handlers).map(([id, handler]) =>
      vscode.commands.registerCommand(id, async (...args: unknown[]) => {
        try {
          return await handler(...args);
        } catch (error) {
          await showFailure(id as CommandId, error, log);
        }
      }),
    ),
  );
}

/** Something the user can act on: told as it is, without a stack. */
export class UserError extends Error {
  override readonly name = 'UserError';

  /** @param action a button beside the message */
  constructor(
    message: string,
    readonly action?: { readonly title: string; readonly command: string },
  ) {
    super(message);
  }
}

async function showFailure(id: CommandId, error: unknown, log: vscode.LogOutputChannel): Promise<void> {
  if (error instanceof UserError || error instanceof FileError) {
    const action = error instanceof UserError ? error.action : undefined;
    const titles = action ? [action.title] : [];
    const answer = await vscode.window.showErrorMessage(error.message, ...titles);
    if (action && answer) await vscode.commands.executeCommand(action.command);
    return;
  }
  const { title } = { ...COMMANDS, ...INTERNAL_COMMANDS }[id];
  log.error(error instanceof Error ? error : String(error));
  const reason = error instanceof Error ? error.message : String(error);
  const answer = await vscode.window.showErrorMessage(`DPO Lab: "${title}" failed. ${reason}`, 'Show Log');
  if (answer) log.show();
}
