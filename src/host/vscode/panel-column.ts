import * as vscode from 'vscode';

/**
 * Where something is shown so that a walkthrough stays in sight: beside it, else in the active group. VS Code's `toSide`
 * does so in wide windows alone. Extensions are told of no input of a walkthrough's tab.
 */
export function columnBesideWalkthrough(): vscode.ViewColumn {
  const { activeTab, viewColumn } = vscode.window.tabGroups.activeTabGroup;
  return activeTab && activeTab.input === undefined ? vscode.ViewColumn.Beside : viewColumn;
}

/** Where a panel is shown so that a text in front stays in sight: beside it; where a panel is in front, among its like. */
export function columnBesideText(): vscode.ViewColumn {
  const { activeTab, viewColumn } = vscode.window.tabGroups.activeTabGroup;
  return activeTab?.input instanceof vscode.TabInputWebview ? viewColumn : vscode.ViewColumn.Beside;
}
