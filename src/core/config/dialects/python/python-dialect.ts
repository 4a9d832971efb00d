import type { Dialect } from '../../experiment';
import { PlacedText } from '../../placed-text';
import { notebookCode } from '../../python/notebook';
import { type PythonTraining, readPython } from '../../python/read-python';
import { fileOf } from '../shell/shell-dialect';
import { TableExperiment } from '../table-experiment';
import { PythonEntries } from './python-entries';
import { PYTHON_TRL } from './python-table';

/** Python files and notebooks that use TRL, also through unsloth. Nothing is read before the parser is loaded. */
export const PYTHON_DIALECT: Dialect = {
  matches: (fileName, text) => trainingsIn(text, fileName).trainings.length > 0,
  read(text, fileName, facts) {
    const read = (source: string): TableExperiment[] => {
      const { code, trainings } = trainingsIn(source, fileName);
      return trainings.map(
        (training) =>
          new TableExperiment(PYTHON_TRL, new PythonEntries(code, training), facts.versions ?? {}),
      );
    };
    return fileOf(read(text), text, read);
  },
};

interface Trainings {
  readonly code: PlacedText;
  readonly trainings: readonly PythonTraining[];
}

function trainingsIn(text: string, fileName: string): Trainings {
  const isNotebook = /\.ipynb$/i.test(fileName);
  if (!isNotebook && !/\.py$/i.test(fileName)) return NONE;
  if (last?.text === text) return last.found;
  const code = isNotebook ? notebookCode(text) : new PlacedText(text);
  const found = code ? { code, trainings: readPython(code.text) } : NONE;
  if (found.trainings.length > 0) last = { text, found };
  return found;
}

const NONE: Trainings = { code: new PlacedText(''), trainings: [] };

/** Recognised and read are the same text: it is parsed once. */
let last: { readonly text: string; readonly found: Trainings } | undefined;
