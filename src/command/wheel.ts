import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { FileError } from '../node/files/text-files';

/** The Python package that lies beside this program: it holds what watches a trainer from inside. */
export function findWheel(): string {
  const folder = dirname(process.argv[1] ?? '');
  const name = readdirSync(folder).find((one) => one.startsWith('dpo_lab_trainer-') && one.endsWith('.whl'));
  if (name !== undefined) return join(folder, name);
  throw new FileError(`${folder} lacks the package of the trainer. Install DPO Lab again.`);
}
