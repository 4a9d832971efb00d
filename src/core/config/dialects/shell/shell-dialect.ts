import type { Dialect, ReadFile } from '../../experiment';
import { readArguments } from '../../shell/arguments';
import { type Program, programOf } from '../../shell/program';
import { readShell, type ShellScript } from '../../shell/read-shell';
import type { ShellCommand } from '../../shell/word';
import { tableOf } from '../all-tables';
import { keyProblems } from '../key-problems';
import type { TrainerTable } from '../table';
import { TableExperiment } from '../table-experiment';
import { type CommandLine, recogniseCommand, TRAINER_COMMANDS } from './recognise-command';
import { ShellEntries } from './shell-entries';

/** Shell scripts that start trainers with flags. */
export const SHELL_DIALECT: Dialect = {
  matches: (fileName, text) =>
    /\.(sh|bash|slurm|sbatch)$/i.test(fileName) && trainingsIn(text).trainings.length > 0,
  read(text, _, facts) {
    const read = (source: string): TableExperiment[] => {
      const { script, trainings } = trainingsIn(source);
      return trainings.map(
        ({ id, command, program }) =>
          new TableExperiment(
            shellTable(id),
            new ShellEntries(script, command, program),
            facts.versions ?? {},
          ),
      );
    };
    return fileOf(read(text), text, read);
  },
};

/** The experiments of a file with what is wrong with their keys. `matches` has made sure that there is one. */
export function fileOf(
  experiments: readonly TableExperiment[],
  text: string,
  read: (text: string) => readonly TableExperiment[],
): ReadFile {
  const [first, ...others] = experiments;
  if (!first) throw new Error('A file without a training is no config.');
  const problems = experiments.flatMap((experiment, index) =>
    experiment.entries.isHandedOn ? [] : keyProblems(experiment, text, (changed) => read(changed)[index]),
  );
  return {
    experiments: [first, ...others],
    problems,
    complete: !experiments.some(({ entries }) => entries.mayHaveMore),
  };
}

/** A shell fills variables in before the trainer sees them. */
function shellTable(id: string): TrainerTable {
  return { ...tableOf(id), substitutesVariables: true };
}

interface Training {
  readonly id: string;
  readonly command: ShellCommand;
  readonly program: Program;
}

interface Trainings {
  readonly script: ShellScript;
  readonly trainings: readonly Training[];
}

/** Recognised and read are the same text: it is parsed once. */
let last: Trainings | undefined;

function trainingsIn(text: string): Trainings {
  if (last?.script.text === text) return last;
  const script = readShell(text);
  const run = script.commands.flatMap(trainingOf);
  last = { script, trainings: run.length > 0 ? run : script.commands.flatMap(printed).flatMap(trainingOf) };
  return last;
}

function trainingOf(command: ShellCommand): Training[] {
  const program = programOf(command, TRAINER_COMMANDS);
  const id = program && recogniseCommand(commandLine(command, program));
  return program && id !== undefined ? [{ id, command, program }] : [];
}

/** A script that only prints its training, for a try or to be pasted. */
function printed({ words, range }: ShellCommand): ShellCommand[] {
  return words[0]?.value === 'echo' ? [{ words: words.slice(1), range }] : [];
}

function commandLine({ words }: ShellCommand, program: Program): CommandLine {
  const found = readArguments(words, program.at + 1);
  return {
    program,
    words: found.positional.map(({ value }) => value ?? ''),
    arguments: found,
    value: (...names) => {
      const argument = found.list.findLast(({ name }) => names.includes(name.replaceAll('-', '_')));
      return argument && (argument.values[0]?.value ?? '');
    },
  };
}
