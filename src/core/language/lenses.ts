import { memoryEstimate } from '../analysis/memory';
import type { Checked } from '../check';
import { gridAround } from '../sweeps/grid';
import { applyEdits, editBetween, LineIndex, type Range } from '../text';
import { gigabytes } from './markdown';
import { referenceInShort } from './reference-words';
import type { Lens } from './types';

/** Actions above the lines that decide an experiment: model, reference and beta. */
export function lensesOf(checked: Checked): Lens[] {
  const { experiment } = checked;
  if (!experiment.get('model.path').given) return [];
  const lenses = [...modelLenses(checked), ...referenceLenses(checked), ...betaLenses(checked)];
  return [...lenses, ...evidenceLenses(checked, lenses)];
}

function modelLenses(checked: Checked): Lens[] {
  const { range } = checked.experiment.get('model.path');
  const { total, guessed } = memoryEstimate(checked.experiment, checked.facts);
  if (total === undefined) return [];
  return [
    {
      range,
      title: `Memory: about ${gigabytes(total)}`,
      tooltip: `Show the estimate part by part${guessed ? '; the size of the model was guessed from its name' : ''}`,
      action: { kind: 'page', page: 'memory' },
    },
  ];
}

function referenceLenses({ experiment }: Checked): Lens[] {
  // Without a reference section the lenses stand at the model, which is then its own reference.
  const { range } = experiment.get(
    experiment.get('reference.policy').given ? 'reference.policy' : 'model.path',
  );
  return [
    {
      range,
      title: `Reference: ${referenceInShort(experiment)}`,
      tooltip: 'Explain these reference settings in words',
      action: { kind: 'page', page: 'reference' },
    },
    {
      range,
      title: 'Switch reference...',
      tooltip: 'Choose another reference policy',
      action: { kind: 'switchReference' },
    },
  ];
}

function betaLenses(checked: Checked): Lens[] {
  const { experiment, text } = checked;
  const beta = experiment.get('objective.beta');
  if (!beta.given || experiment.get('sweep.beta').given) return [];
  const edit = sweepEdit(checked);
  if (!edit) return [];
  return [
    {
      range: beta.range,
      title: `Sweep around ${beta.value}`,
      tooltip: `Add a sweep to this config: beta ${gridAround(beta.value).join(', ')}`,
      action: { kind: 'edit', ...editBetween(text, applyEdits(text, edit)) },
    },
  ];
}

/** Edits that add a sweep around the config's beta. */
export function sweepEdit({ experiment }: Checked): ReturnType<Checked['experiment']['set']> {
  return experiment.set('sweep.beta', gridAround(experiment.get('objective.beta').value));
}

/** "Why?" beside the other lenses of a line: lines of its own would jump while one types. */
function evidenceLenses({ problems, text }: Checked, others: readonly Lens[]): Lens[] {
  const lines = new LineIndex(text);
  const lineOf = ({ start }: Range): number => lines.position(start).line;
  const places = others.map(({ range }) => lineOf(range));
  const seen = new Set<string>();
  return problems.flatMap(({ code, severity, range, message }): Lens[] => {
    if (severity === 'hint' || /^(SYN|VAL|KEY001)/.test(code)) return [];
    if (!places.includes(lineOf(range)) || seen.has(code)) return [];
    seen.add(code);
    return [
      { range: atStart(range), title: `Why ${code}?`, tooltip: message, action: { kind: 'explain', code } },
    ];
  });
}

function atStart({ start }: Range): Range {
  return { start, end: start };
}
