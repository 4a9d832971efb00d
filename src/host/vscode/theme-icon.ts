import * as vscode from 'vscode';

/** @param colour a colour of the theme, such as `charts.blue`; that of the text where absent */
export function themeIcon(name: string, colour?: string): vscode.ThemeIcon {
  return new vscode.ThemeIcon(name, colour === undefined ? undefined : new vscode.ThemeColor(colour));
}
