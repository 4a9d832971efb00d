import { join } from 'node:path';
import type { Config } from '../../../core/config/config';
import { flattenConfig } from '../../../core/config/resolved';
import { type CommandFile, isCommandFile } from '../../../core/runs/command-file';
import { RUN_FILES, type RunFile } from '../../../core/runs/format';
import { replaceText } from '../../files/atomic-file';
import { FileError, readJsonObject } from '../../files/text-files';
import { runFolderOf } from '../../runs/run-store';
import type { TrainerStart } from '../../torch/torch-start';
import type { Programs } from '../launch-plan';
import { continuedScript, isScript, scriptPython } from './script-plan';
import { sharedReferences } from './shared-references';
import { commandOf, commandStart, commandText, configCopy, findTrainer } from './trainer-plan';

/**
 * How runs of another trainer continue. Their commands are made again from the text of their config: nothing is started
 * that only a file of the run names, and the environment may have moved.
 *
 * @param arms of the whole sweep, which decides whether reference log-probabilities are shared
 * @throws FileError where the environment has gone, or the trainer cannot continue
 */
export async function continueCommands(
  runs: readonly (RunFile & { readonly configFile: string })[],
  dataFolder: string,
  arms: number,
  programs: Programs,
): Promise<TrainerStart> {
  for (const { id, config, configFile, configText = '', producer } of runs) {
    const place = { configFile, dataFolder };
    const folder = runFolderOf(dataFolder, id);
    const write = (command: CommandFile): void =>
      replaceText(join(folder, RUN_FILES.command), commandText(command), { durable: true });
    if (isScript(configFile)) {
      const before = await readJsonObject(join(folder, RUN_FILES.command));
      if (!isCommandFile(before))
        throw new FileError(`${id} does not say how it was started. Start it again.`);
      write(continuedScript(before, configFile, await scriptPython(place, programs.torch)));
      continue;
    }
    const trainer = await findTrainer(configText, place, programs.torch);
    if (!trainer.program.isWatched) {
      throw new FileError(
        `${id} was trained by ${producer.trainer}, which DPO Lab starts but cannot continue. Start it again, or continue it with ${producer.trainer} itself.`,
      );
    }
    const { program, python, checked } = trainer;
    const { isShared } = sharedReferences(checked.experiment, program, python, arms);
    const command = commandOf(trainer, place, flattenConfig(config) as Config, isShared);
    replaceText(join(folder, configCopy(configFile)), configText, { durable: true });
    write(command);
  }
  return commandStart(programs);
}
