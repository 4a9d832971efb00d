import { plain, plainLines, table } from '../language/markdown';
import type { GeneratedText, Sample } from './format';
import { whole } from './numbers';
import { armOf } from './read-files';
import { figuresTable } from './run-table';
import { runTitle, stateSentence, whatNow } from './run-words';
import type { SeenRun } from './seen-run';

/** What a page shows beyond a list. */
export interface RunDetails {
  readonly run: SeenRun;
  /** Of the newest evaluation. */
  readonly samples?: { readonly step: number; readonly samples: readonly Sample[] };
  /** From the trainer, the last one last. */
  readonly warnings: readonly string[];
  readonly plan?: { readonly pairs: number; readonly evalPairs: number; readonly device: string };
}

/** A run as a page: how it is, its newest numbers, what goes wrong, and what it writes. */
export function runPage(details: RunDetails): string {
  const { run } = details;
  const next = whatNow(run);
  return [
    `# ${plain(runTitle(run))}`,
    `**${plain(stateSentence(run))}**`,
    ...(next === '' ? [] : [plain(next)]),
    ...alarms(run),
    '## Newest numbers',
    figuresTable(run) ?? 'Nothing was measured yet.',
    ...texts(details),
    '## What it is',
    table([':', ':'], facts(details)),
    ...warnings(details),
  ].join('\n\n');
}

function alarms({ alarms: all }: SeenRun): string[] {
  if (all.length === 0) return [];
  const lines = all
    .toReversed()
    .map(
      ({ code, severity, step, message }) =>
        `- **${severity}** at step ${whole(step)}, ${code}: ${plain(message)}`,
    );
  return ['## Alarms', lines.join('\n')];
}

function texts({ samples }: RunDetails): string[] {
  if (!samples || samples.samples.length === 0) return [];
  return [
    `## What it writes after step ${whole(samples.step)}`,
    ...samples.samples.flatMap(({ prompt, policy, reference }) => [
      `**${plain(prompt)}**`,
      reference
        ? table(
            [`:policy, ${lengthOf(policy)}`, `:reference, ${lengthOf(reference)}`],
            [[plainLines(policy.text), plainLines(reference.text)]],
          )
        : table([`:policy, ${lengthOf(policy)}`], [[plainLines(policy.text)]]),
    ]),
  ];
}

function lengthOf({ tokens, ended, score }: GeneratedText): string {
  const judged = score === undefined ? '' : `, score ${score.toPrecision(3)}`;
  return `${whole(tokens)} tokens, ${ended ? 'ended by itself' : 'did not end'}${judged}`;
}

function facts({ run: { id, run, folder, status }, plan }: RunDetails): string[][] {
  if (!run) return [['folder', code(folder)]];
  const { beta, seed } = armOf(run);
  return [
    ['run', code(id)],
    ['config', code(run.configFile)],
    ['beta, seed', `${beta}, ${seed}`],
    ...(plan ? [['pairs', `${whole(plan.pairs)} to train on, ${whole(plan.evalPairs)} held out`]] : []),
    ...(plan ? [['computed on', plain(plan.device)]] : []),
    ...(status ? [['machine', plain(status.host)]] : []),
    ...(run.gitCommit === undefined ? [] : [['git commit', code(run.gitCommit)]]),
    [
      'versions',
      plain(
        Object.entries(run.versions)
          .map(([name, version]) => `${name} ${version}`)
          .join(', '),
      ),
    ],
    ['folder', code(folder)],
  ];
}

/** A path may hold anything but is shown as it is. */
function code(text: string): string {
  return `<code>${plain(text)}</code>`;
}

function warnings({ warnings: all }: RunDetails): string[] {
  if (all.length === 0) return [];
  return ['## What the trainer says', [...new Set(all)].map((message) => `- ${plain(message)}`).join('\n')];
}
