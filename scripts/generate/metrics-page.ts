import { EVAL_PREFIXES, METRIC_ALIASES } from '../../src/core/metrics/metric-aliases';
import { METRICS, type MetricName } from '../../src/core/runs/format';

const START = `# Metrics

What DPO Lab measures, and what other trainers call it. \`dpo-lab adopt\` reads logs with this table; a metric that is not in it keeps its name and is shown under "Other metrics". Rewards are beta times a log-ratio, so that runs of different betas are compared by the log-ratios, which \`adopt\` computes where beta is known.`;

/** docs/METRICS.md: our names with units, and the names of other trainers. */
export function metricsPage(): string {
  const ours = Object.entries(METRICS).map(
    ([name, unit]) => `| \`${name}\` | ${unit} | ${namesOf(name as MetricName)} |`,
  );
  const theirs = METRIC_ALIASES.map(
    ({ name, metric, trainers, note = '' }) => `| \`${name}\` | \`${metric}\` | ${trainers} | ${note} |`,
  );
  return `${[
    START,
    ['| name | unit | elsewhere |', '|---|---|---|', ...ours].join('\n'),
    '## Names of other trainers',
    `A name may begin with \`train/\`. Values of held-out pairs begin with one of ${EVAL_PREFIXES.map((prefix) => `\`${prefix}\``).join(', ')}, or \`validation-SET_\`.`,
    ['| name | here | written by | note |', '|---|---|---|---|', ...theirs].join('\n'),
  ].join('\n\n')}\n`;
}

function namesOf(metric: MetricName): string {
  return METRIC_ALIASES.filter((alias) => alias.metric === metric)
    .map(({ name }) => `\`${name}\``)
    .join(', ');
}
