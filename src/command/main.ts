import { resolve } from 'node:path';
import { FileError } from '../node/files/text-files';
import { runCommand } from './run-command';

/**
 * The process that runs another trainer's command for a run: `command.js RUN_FOLDER`. It ends with the trainer's own exit
 * code, which is the last word about a run, and writes that word into `trainer.jsonl` where training reached its end.
 */
runCommand(resolve(process.argv[2] ?? '')).then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof FileError ? error.message : (error as Error).stack}\n`);
    process.exit(error instanceof FileError ? 1 : 70);
  },
);
