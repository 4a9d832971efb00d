import * as vscode from 'vscode';
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
}

async function showFailure(id: CommandId, error: unknown, log: vscode.LogOutputChannel): Promise<void> {
  if (error instanceof UserError) {
    await vscode.window.showErrorMessage(error.message);
    return;
  }
  const { title } = { ...COMMANDS, ...INTERNAL_COMMANDS }[id];
  log.error(error instanceof Error ? error : String(error));
  const reason = error instanceof Error ? error.message : String(error);
  const answer = await vscode.window.showErrorMessage(`DPO Lab: "${title}" failed. ${reason}`, 'Show Log');
  if (answer) log.show();
}
