import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** A public config of somebody, with what is known of it. */
export interface CorpusFile {
  readonly file: string;
  readonly text: string;
  readonly dialect: string;
  readonly beta: string;
  readonly loss: string;
}

/** Public configs beside the repository, or one folder further up for a second work tree. */
const FOLDER = ['../../../shared/corpus', '../../../../shared/corpus']
  .map((name) => path.resolve(import.meta.dirname, name))
  .find((folder) => existsSync(path.join(folder, 'INDEX.tsv')));

/** The public configs with these endings; none, with a word about it, where they are not on this machine. */
export function corpusFiles(...endings: readonly string[]): CorpusFile[] {
  if (FOLDER === undefined) {
    console.log('The public configs (../shared/corpus) are not here: tests of them are left out.');
    return [];
  }
  const rows = readFileSync(path.join(FOLDER, 'INDEX.tsv'), 'utf8').trim().split('\n').slice(1);
  return rows.flatMap((row) => {
    const [file = '', dialect = '', , , , beta = '', loss = ''] = row.split('\t');
    if (!endings.includes(path.extname(file))) return [];
    return [{ file, text: readFileSync(path.join(FOLDER, file), 'utf8'), dialect, beta, loss }];
  });
}
