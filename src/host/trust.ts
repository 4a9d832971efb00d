import * as vscode from 'vscode';
import { UserError } from './commands';

/** Nothing is started in a workspace that the user does not trust, however it was asked for. */
export function requireTrust(): void {
  if (vscode.workspace.isTrusted) return;
  throw new UserError('This workspace is not trusted, so nothing is started in it. Trust it first.', {
    title: 'Manage Workspace Trust',
    command: 'workbench.trust.manage',
  });
}
