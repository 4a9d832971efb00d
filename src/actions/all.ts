import type { z } from 'zod';
import { checkConfig, convertConfig, describeConfig, estimateNeeds, explainCode } from './configs';
import type { ActionContext } from './context';
import { compareRuns, inspectPairs, runStatus, sweepVerdict } from './runs';
import * as schemas from './schemas';
import { planSweep, resumeRuns, start, stop } from './starts';

/** What a program may ask for, in words for whoever chooses among actions. */
export interface Action {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly input: z.ZodObject;
  readonly output: z.ZodObject;
  /** `starts`: processes that train; `stops`: what trains ends, with a checkpoint. Reading costs nothing. */
  readonly effect: 'reads' | 'starts' | 'stops';
  /** It looks at nothing but the text of a config, so that it is safe in a folder that nobody trusts yet. */
  readonly isOfText: boolean;
  /** @throws ActionError, FileError */
  run(input: unknown, context: ActionContext): Promise<Readonly<Record<string, unknown>>>;
}

interface Schemas<I extends z.ZodObject, O extends z.ZodObject> {
  readonly input: I;
  readonly output: O;
}

function action<I extends z.ZodObject, O extends z.ZodObject>(
  name: string,
  title: string,
  description: string,
  { input, output }: Schemas<I, O>,
  run: (input: z.infer<I>, context: ActionContext) => Promise<z.infer<O>>,
  effect: Action['effect'] = 'reads',
): Action {
  return {
    name,
    title,
    description,
    input,
    output,
    effect,
    isOfText: OF_TEXT.has(name),
    run: (given, context) => run(input.parse(given), context),
  };
}

const OF_TEXT: ReadonlySet<string> = new Set(['check', 'describe', 'explain', 'convert']);

export const ACTIONS: readonly Action[] = [
  action(
    'check',
    'Check a config',
    'Problems of a DPO config of DPO Lab, TRL, LLaMA-Factory, axolotl and others, with line, why and fixes.',
    schemas.CHECK,
    checkConfig,
  ),
  action(
    'describe',
    'Describe a config',
    'What a config or launch script trains: settings by the paths of DPO Lab, and what the reference effectively is.',
    schemas.DESCRIBE,
    describeConfig,
  ),
  action(
    'explain',
    'Explain a code',
    'What a problem (BETA001) or an alarm (RUN006) means, why it matters, what to do, and how that is known.',
    schemas.EXPLAIN,
    explainCode,
  ),
  action(
    'estimate',
    'Estimate memory and time',
    'Memory at the peak, part by part, and time by earlier runs of the same config.',
    schemas.ESTIMATE,
    estimateNeeds,
  ),
  action(
    'convert',
    'Convert a config',
    'Writes the config of one trainer for another and lists what was carried, changed and lost. Writes no file.',
    schemas.CONVERT,
    convertConfig,
  ),
  action(
    'plan_sweep',
    'Plan a beta sweep',
    'Which betas and seeds a sweep would train, why, and about how long. Starts nothing.',
    schemas.PLAN_SWEEP,
    planSweep,
  ),
  action(
    'start',
    'Start training',
    'Trains a config once, or its sweep. Without confirm it only says what would be started.',
    schemas.START,
    start,
    'starts',
  ),
  action(
    'status',
    'Status of runs',
    'How runs are: state, progress, newest figures, alarms. Without a name, the newest runs.',
    schemas.STATUS,
    runStatus,
  ),
  action(
    'verdict',
    'Verdict of a sweep',
    'Which beta to take, with its evidence, or what to run next. Decides by judged win rates, never by accuracy or raw rewards.',
    schemas.VERDICT,
    sweepVerdict,
  ),
  action(
    'inspect_pairs',
    'Inspect pairs',
    'Preference pairs of a run scored under policy and reference: which moved most, in nats.',
    schemas.INSPECT_PAIRS,
    inspectPairs,
  ),
  action(
    'compare',
    'Compare runs',
    'Settings that differ between runs, and their newest figures side by side.',
    schemas.COMPARE,
    compareRuns,
  ),
  action(
    'stop',
    'Stop runs',
    'Asks runs to stop after their step, with a checkpoint.',
    schemas.STOP,
    stop,
    'stops',
  ),
  action(
    'resume',
    'Resume runs',
    'Continues stopped, failed or interrupted runs from their last checkpoint.',
    schemas.RESUME,
    resumeRuns,
    'starts',
  ),
];
