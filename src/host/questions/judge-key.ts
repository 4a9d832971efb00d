import * as vscode from 'vscode';
import { type KeyRequest, keyQuestion } from '../../core/judge/key-request';

/** Trusting a workspace does not answer this: a key belongs to its user, not to the folder that is open. */
export async function allowKey(request: KeyRequest): Promise<boolean> {
  const allow = `Send ${request.variable} to ${new URL(request.host).host}`;
  const answer = await vscode.window.showWarningMessage(
    `Send a key to ${request.host}?`,
    { modal: true, detail: `${keyQuestion(request)} Your answer is remembered on this machine.` },
    allow,
  );
  return answer === allow;
}
