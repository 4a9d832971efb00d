import * as vscode from 'vscode';

/** The answer of a user who wants the question before. */
export const BACK = Symbol('back');

/** Undefined: the user gave up. */
export type Answer<T> = T | typeof BACK | undefined;

export interface Choice<T> {
  readonly label: string;
  readonly description?: string;
  /** A second line: why one would choose it. */
  readonly detail?: string;
  readonly icon?: string;
  /** Starts a group under this heading. */
  readonly group?: string;
  readonly value: T;
}

export interface Question {
  readonly title: string;
  readonly placeholder: string;
  /** Whether there is a question before this one. */
  readonly canGoBack: boolean;
  /** Counted from 1; absent for a question on its own. */
  readonly step?: number;
  readonly steps?: number;
}

type Item<T> = vscode.QuickPickItem & { readonly choice?: Choice<T> };

/** Asks for one of several choices, or with `typed` for a text of the user's own. */
export function pick<T>(
  question: Question,
  choices: readonly Choice<T>[],
  typed?: (text: string) => Choice<T> | undefined,
): Promise<Answer<T>> {
  const box = vscode.window.createQuickPick<Item<T>>();
  box.matchOnDescription = true;
  box.matchOnDetail = true;
  const items = choices.flatMap((choice): Item<T>[] => [
    ...(choice.group ? [{ label: choice.group, kind: vscode.QuickPickItemKind.Separator }] : []),
    toItem(choice),
  ]);
  box.items = items;
  box.onDidChangeValue((text) => {
    const own = text.trim();
    const isListed = choices.some(({ label }) => label === own);
    const choice = own && !isListed ? typed?.(own) : undefined;
    box.items = choice ? [...items, toItem(choice)] : items;
  });
  return ask(box, question, () => box.selectedItems[0]?.choice?.value);
}

/** Asks for a text. `problem` says what is wrong with it, if anything. */
export function typeText(
  question: Question,
  value: string,
  problem: (text: string) => string | undefined,
): Promise<Answer<string>> {
  const box = vscode.window.createInputBox();
  box.value = value;
  // A filled box does not show its placeholder.
  box.prompt = question.placeholder;
  box.onDidChangeValue((text) => {
    box.validationMessage = problem(text.trim());
  });
  return ask(box, question, () => {
    const text = box.value.trim();
    box.validationMessage = problem(text);
    return box.validationMessage === undefined ? text : undefined;
  });
}

interface Box extends vscode.QuickInput {
  placeholder: string | undefined;
  buttons: readonly vscode.QuickInputButton[];
  readonly onDidTriggerButton: vscode.Event<vscode.QuickInputButton>;
  readonly onDidAccept: vscode.Event<unknown>;
}

/** @param accepted the answer, or undefined while it is not acceptable */
async function ask<T>(box: Box, question: Question, accepted: () => T | undefined): Promise<Answer<T>> {
  box.title = question.title;
  box.placeholder = question.placeholder;
  box.step = question.step;
  box.totalSteps = question.steps;
  // Another window taking the focus, such as a terminal to look something up, must not lose the answers.
  box.ignoreFocusOut = true;
  if (question.canGoBack) box.buttons = [vscode.QuickInputButtons.Back];
  try {
    return await new Promise<Answer<T>>((resolve) => {
      box.onDidAccept(() => {
        const answer = accepted();
        if (answer !== undefined) resolve(answer);
      });
      box.onDidTriggerButton(() => resolve(BACK));
      box.onDidHide(() => resolve(undefined));
      box.show();
    });
  } finally {
    box.dispose();
  }
}

function toItem<T>(choice: Choice<T>): Item<T> {
  const { label, description, detail, icon } = choice;
  return {
    label,
    choice,
    ...(description !== undefined && { description }),
    ...(detail !== undefined && { detail }),
    ...(icon !== undefined && { iconPath: new vscode.ThemeIcon(icon) }),
  };
}
