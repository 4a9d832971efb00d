import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** A public config of somebody, with what its index says of it. */
export interface CorpusFile {
  readonly file: string;
  readonly text: string;
  readonly dialect: string;
  /** Repository and commit, such as `allenai/open-instruct e6c3044a...`. */
  readonly origin: string;
  readonly beta: string;
  readonly loss: string;
  /** Reference settings of the file: `key=value; key=value`, or a key alone. */
  readonly reference: string;
}

/** Public configs beside the repository, or one folder further up for a second work tree. */
const FOLDER = ['../../../shared/corpus', '../../../../shared/corpus']
  .map((name) => fileURLToPath(new URL(name, import.meta.url)))
  .find((folder) => existsSync(path.join(folder, 'INDEX.tsv')));

/** The public configs with these endings; none, with a word about it, where they are not on this machine. */
export function corpusFiles(...endings: readonly string[]): CorpusFile[] {
  if (FOLDER === undefined) {
    console.log('The public configs (../shared/corpus) are not here: tests of them are left out.');
    return [];
  }
  return readCorpus(FOLDER).filter(({ file }) => endings.includes(path.extname(file)));
}

/** Every file of a folder of public configs, by its INDEX.tsv. */
export function readCorpus(folder: string): CorpusFile[] {
  const rows = readFileSync(path.join(folder, 'INDEX.tsv'), 'utf8').trim().split('\n').slice(1);
  return rows.map((row) => {
    const [file = '', dialect = '', repository, , commit, beta = '', loss = '', reference = ''] =
      row.split('\t');
    const text = readFileSync(path.join(folder, file), 'utf8');
    return { file, text, dialect, origin: `${repository} ${commit}`, beta, loss, reference };
  });
}

/** The versions that a file was written for, by its repository and commit; its setup.py, where there is one. */
const VERSIONS: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ['huggingface/alignment-handbook c977101', { trl: '0.7.4', transformers: '4.35.0' }],
  ['huggingface/alignment-handbook 925acdf', { trl: '0.19.1', transformers: '4.53.3' }],
  ['uclaml/SPPO', { trl: '0.7.10', transformers: '4.36.2' }],
  ['jkx19/ActiveQueryNew', { trl: '0.7.10', transformers: '4.36.2' }],
  ['ZIYU-DEEP/eva', { trl: '0.9.6', transformers: '4.44.0' }],
  ['PeterGriffinJin/alignment-handbook', { trl: '0.9.6', transformers: '4.44.0' }],
  ['axolotl-ai-cloud/axolotl 3877c5c', { axolotl: '0.8.0', trl: '0.15.1' }],
  ['axolotl-ai-cloud/axolotl 067b021', { axolotl: '0.18.0', trl: '1.8.0' }],
  ['hiyouga/LLaMA-Factory c8fe3f5', { llamafactory: '0.6.3' }],
  ['hiyouga/LLaMA-Factory c0c387e', { llamafactory: '0.8.0' }],
  ['hiyouga/LLaMA-Factory e2299e2', { llamafactory: '0.9.2' }],
  ['hiyouga/LLaMA-Factory ff6d4d1', { llamafactory: '0.9.5' }],
  ['modelscope/ms-swift b886406', { 'ms-swift': '2.0.0' }],
  ['modelscope/ms-swift 6a34e96', { 'ms-swift': '3.0.0' }],
  ['Anonymous0Knight', { 'ms-swift': '3.4.0' }],
  ['OpenRLHF/OpenRLHF bd3f4b8', { openrlhf: '0.2.0' }],
  ['OpenRLHF/OpenRLHF 4a91e76', { openrlhf: '0.5.0' }],
  ['OpenRLHF/OpenRLHF 06ab51e', { openrlhf: '0.9.0' }],
  ['OpenRLHF/OpenRLHF 3c3be62', { openrlhf: '0.11.0' }],
  ['LTEnjoy/OpenRLHF', { openrlhf: '0.5.0' }],
  ['lcabannes/OREO', { openrlhf: '0.5.0' }],
  ['saramal/RePO', { openrlhf: '0.5.0' }],
];

/** What a file's versions are at its commit; undefined: what is newest. */
export function versionsOf({ origin, file }: CorpusFile): Readonly<Record<string, string>> | undefined {
  if (/archived_dev_scripts__olmoe/.test(file)) return { 'open-instruct': '2025.2' };
  return VERSIONS.find(([start]) => origin.startsWith(start))?.[1];
}

/**
 * Files that do not work at their own commit: the handbook's last change of its data keys left them as they were, and its
 * parser stops at a key that it does not know.
 */
export const STALE =
  /huggingface__alignment-handbook__recipes__(pref_align_scan__dpo__config_(openhermes|zephyr)|zephyr-7b-beta__dpo__config_qlora)/;
