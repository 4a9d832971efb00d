import * as vscode from 'vscode';
import { requestedConfig } from './active-config';
import type { ConfigDocuments } from './config-documents';

/** Versions in which the keys of TRL changed, with the transformers of their time. */
const OF_TRL = [
  {
    label: '0.29.0',
    transformers: '4.57.0',
    description: 'the first without max_prompt_length and rpo_alpha',
  },
  { label: '0.28.0', transformers: '4.57.0', description: 'the last with max_prompt_length and rpo_alpha' },
  { label: '0.19.1', transformers: '4.53.0', description: 'with torch_dtype and warmup_ratio' },
  { label: '0.9.6', transformers: '4.41.0', description: 'an early DPOConfig' },
] as const;

const OTHER = 'Another version...';

/** Versions at which a key came or went, beside those that are listed already. */
function turnsOf(turns: readonly string[], listed: readonly (string | undefined)[]): vscode.QuickPickItem[] {
  return turns
    .filter((version) => !listed.includes(version))
    .map((label) => ({ label, description: 'in which keys came or went' }));
}

/** Lets the user say which version of its trainer a config is judged with, until the file is closed. */
export async function chooseVersion(documents: ConfigDocuments, argument: unknown): Promise<void> {
  const document = await requestedConfig(documents, argument);
  const { packages, version, program, turns } = documents.checked(document).experiment.trainer;
  const [name] = Object.keys(packages);
  if (name === undefined) return;
  const newest = packages[name] ?? '';
  const title = `Version of ${program}`;
  const chosen = await vscode.window.showQuickPick(
    [
      { label: newest, description: 'the newest that is known' },
      ...(version !== undefined && version !== newest ? [{ label: version, description: 'now' }] : []),
      ...(name === 'trl' ? OF_TRL : turnsOf(turns, [newest, version])),
      { label: OTHER },
    ],
    { title, placeHolder: 'The version that this file is judged with' },
  );
  const label =
    chosen?.label === OTHER
      ? await vscode.window.showInputBox({
          title,
          validateInput: (text) => (/^\d+(\.\d+)*/.test(text) ? undefined : 'A version, such as 0.19.1'),
        })
      : chosen?.label;
  if (label === undefined) return;
  const beside = OF_TRL.find((row) => name === 'trl' && row.label === label);
  const others = label === newest ? packages : beside ? { transformers: beside.transformers } : {};
  documents.judgeWith(document, { ...others, [name]: label });
}
