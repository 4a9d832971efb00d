import { type Checked, check } from '../../core/check/check';
import type { Conversion } from '../../core/config/convert/convert';
import { applyEdits } from '../../core/words/text';
import { UserError } from '../commands';
import type { ConversionAddress } from '../pages/page-uris';
import { foreignDialects } from './foreign-dialects';

/** What the names of dialects mean to a user. */
const NAMES: Readonly<Record<string, string>> = {
  'dpo-lab': 'DPO Lab',
  trl: 'TRL',
  'alignment-handbook': 'alignment-handbook',
  llamafactory: 'LLaMA-Factory',
  axolotl: 'axolotl',
};

export function nameOfTarget(target: string): string {
  return NAMES[target] ?? target;
}

/** The new file. Betas become a sweep. */
export function conversionOf(checked: Checked, { experiment, target, betas }: ConversionAddress): Conversion {
  const { convert, CONVERSION_TARGETS } = foreignDialects();
  const found = CONVERSION_TARGETS.find((name) => name === target);
  const source = checked.experiments[experiment];
  if (!found || !source)
    throw new UserError('The config has changed since this action was shown. Click it again.');
  const conversion = convert(source, { text: checked.text, fileName: checked.fileName }, found);
  if (!betas?.length) return conversion;
  const edits = check(conversion.text, 'new.dpo.yaml').experiment.set('sweep.beta', [...betas]);
  return edits ? { ...conversion, text: applyEdits(conversion.text, edits) } : conversion;
}
