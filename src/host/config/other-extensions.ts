import * as vscode from 'vscode';

/** What another extension already shows for a config file, so that we do not show it twice. */
export interface Covered {
  /** Broken syntax and duplicate keys. */
  readonly syntax: boolean;
  /** The schema's descriptions on hover. */
  readonly descriptions: boolean;
  /** The schema's keys and values on completion. */
  readonly completion: boolean;
  readonly outline: boolean;
}

/** Our schema reaches the reader of the language, where there is one: VS Code's own for JSON, Red Hat's for YAML. */
export function coveredByOthers(document: vscode.TextDocument): Covered {
  const setting = (key: string): boolean =>
    vscode.workspace.getConfiguration(undefined, document.uri).get(key, true);
  if (document.languageId === 'yaml') {
    const present = isPresent('redhat.vscode-yaml');
    return {
      syntax: present && setting('yaml.validate'),
      descriptions: present && setting('yaml.hover'),
      completion: present && setting('yaml.completion'),
      outline: present,
    };
  }
  const present = /^jsonc?$/.test(document.languageId) && isPresent('vscode.json-language-features');
  return {
    syntax: present && setting('json.validate.enable'),
    descriptions: present,
    completion: present,
    outline: present,
  };
}

function isPresent(extensionId: string): boolean {
  return vscode.extensions.getExtension(extensionId) !== undefined;
}
