import * as vscode from 'vscode';
import { SETTINGS, type SettingKey, type SettingValue } from './contributions';

type Readers = { readonly [K in SettingKey]: (scope: vscode.Uri | undefined) => SettingValue<K> };

/** One reader a setting of the table. */
export const readSetting: Readers = {
  'dpoLab.adopt': (scope) => read('dpoLab.adopt', scope),
  'dpoLab.codeLens': (scope) => read('dpoLab.codeLens', scope),
  'dpoLab.dataFolder': (scope) => read('dpoLab.dataFolder', scope),
  'dpoLab.nodePath': (scope) => read('dpoLab.nodePath', scope),
  'dpoLab.openPanelOnStart': (scope) => read('dpoLab.openPanelOnStart', scope),
  'dpoLab.pythonPath': (scope) => read('dpoLab.pythonPath', scope),
};

/** What a settings.json holds is not checked by VS Code, so a value of another type counts as absent. */
function read<K extends SettingKey>(key: K, scope: vscode.Uri | undefined): SettingValue<K> {
  const value: unknown = vscode.workspace.getConfiguration(undefined, scope).get(key);
  const fallback = SETTINGS[key].default;
  const isOfType = typeof value === typeof fallback && Array.isArray(value) === Array.isArray(fallback);
  return (isOfType ? value : fallback) as SettingValue<K>;
}
