import {
  changeOf,
  isSaturated,
  listedPairs,
  marginInWords,
  PAIR_ORDERS,
  type PairOrder,
  rankedOf,
  sampleInWords,
} from '../../core/panels/pair-lists';
import type { PairDetail, PairList, PairRow, ResponseTokens, TokenPiece } from '../../core/panels/pairs-page';
import { decimal } from '../../core/words/numbers';
import type { Layout } from '../terminal/output';
import { displayWidth, takeWidth, visible, wrap } from '../terminal/text-layout';

/** Rows of each table. */
const ROWS = 8;

/** A token that moved by more is bold, in nats. */
const FAR = 1;

const COLUMNS = ['pair', 'chosen', 'rejected', 'margin', 'tokens'] as const;

export function pairListText(list: PairList, page: Layout): string {
  const { comparison } = list;
  return [
    ...wrap(
      `Step ${comparison.checkpoint}, ${sampleInWords(list)}. How far log p of both responses lies above ${comparison.baseline}, in nats; the margin is against ${comparison.reference}.`,
      page.width,
    ),
    ...(comparison.why === undefined ? [] : wrap(comparison.why, page.width)),
    ...(Object.keys(PAIR_ORDERS) as PairOrder[]).flatMap((order) => table(list, order, page)),
  ].join('\n');
}

function table(list: PairList, order: PairOrder, { width, paint }: Layout): string[] {
  const rows = listedPairs(list, order, 'all', '').slice(0, ROWS);
  const cells = [COLUMNS, ...rows.map(cellsOf)];
  const widths = COLUMNS.map((_, column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)));
  const lines = cells.map((line) =>
    line.map((cell, column) => cell.padStart(widths[column] ?? 0)).join('  '),
  );
  return [
    '',
    paint('bold', PAIR_ORDERS[order]),
    ...lines.map((line, index) => {
      const row = rows[index - 1];
      if (!row) return paint('dim', `${line}  prompt`.slice(0, width));
      const note = [
        rankedOf(row) === 'wrong' ? 'wrong' : '',
        isSaturated(row, list.comparison) ? 'saturated' : '',
      ]
        .filter(Boolean)
        .map((word) => `${word}: `)
        .join('');
      const prompt = takeWidth(
        visible(row.prompt.replaceAll(/\s+/g, ' ')),
        width - line.length - note.length - 2,
      );
      return `${line}  ${note === '' ? '' : paint('yellow', note)}${prompt}`;
    }),
  ];
}

function cellsOf(row: PairRow): string[] {
  return [
    row.id,
    signed(changeOf(row.chosen)),
    signed(changeOf(row.rejected)),
    signed(row.margin),
    `${row.chosen.tokens}/${row.rejected.tokens}`,
  ];
}

export function pairText(pair: PairDetail, page: Layout): string {
  const { comparison, prompt } = pair;
  const { beta, checkpoint, baseline, reference, lengthNormalized } = comparison;
  const unit = lengthNormalized ? 'nats per token' : 'nats';
  return [
    page.paint('bold', `${pair.id}, step ${checkpoint}`),
    ...prompt.flatMap(({ role, text }) => [
      ...(role === undefined ? [] : [page.paint('dim', role)]),
      ...text.split('\n').flatMap((line) => wrap(visible(line), page.width, '  ')),
    ]),
    ...responseText('chosen', pair.chosen, baseline, page),
    ...responseText('rejected', pair.rejected, baseline, page),
    '',
    `margin ${signed(pair.margin)} ${unit} against ${reference}; reward margin ${decimal(beta)} x ${signed(pair.margin)} = ${signed(beta * pair.margin)}`,
    ...wrap(marginInWords(pair, comparison), page.width),
    ...(comparison.why === undefined ? [] : wrap(comparison.why, page.width)),
  ].join('\n');
}

function responseText(
  side: 'chosen' | 'rejected',
  response: ResponseTokens,
  baseline: string,
  page: Layout,
): string[] {
  const { pieces, missingEnd, policy } = response;
  const end = pieces.find(({ isEnd }) => isEnd) ?? missingEnd;
  return [
    '',
    page.paint('bold', side),
    ...tokenLines(pieces, page),
    `log p ${policy.toFixed(2)}, under ${baseline} ${response.baseline.toFixed(2)}: moved ${signed(changeOf(response))} nats over ${pieces.length} tokens`,
    ...(end
      ? [
          `end of text ${signed(end.policy - end.baseline)} nats${missingEnd ? ', not part of the sum: the response was cut' : ''}`,
        ]
      : []),
    `most moved: ${mostMoved(pieces)}`,
  ];
}

/** Blue is likelier than under the baseline, yellow less likely. */
function tokenLines(pieces: readonly TokenPiece[], { width, paint }: Layout): string[] {
  const lines: string[] = [];
  let line = '  ';
  let taken = 2;
  const end = (): void => {
    lines.push(line);
    line = '  ';
    taken = 2;
  };
  for (const piece of pieces) {
    const text = shown(piece);
    if (taken + displayWidth(text) > width) end();
    const change = piece.policy - piece.baseline;
    const coloured = paint(change >= 0 ? 'blue' : 'yellow', text);
    line += Math.abs(change) >= FAR ? paint('bold', coloured) : Math.abs(change) < FAR / 10 ? text : coloured;
    taken += displayWidth(text);
    if (piece.text.includes('\n')) end();
  }
  if (taken > 2) end();
  return lines;
}

function mostMoved(pieces: readonly TokenPiece[]): string {
  return pieces
    .toSorted((a, b) => Math.abs(b.policy - b.baseline) - Math.abs(a.policy - a.baseline))
    .slice(0, 5)
    .map(
      (piece) =>
        `${shown(piece).trim() || JSON.stringify(piece.text)} ${signed(piece.policy - piece.baseline)}`,
    )
    .join(', ');
}

function shown({ text, isEnd }: TokenPiece): string {
  return isEnd ? '[end]' : visible(text.replaceAll('\n', '\u23CE'));
}

function signed(value: number): string {
  const text = Math.abs(value) < 100 ? value.toFixed(2) : value.toFixed(0);
  return value > 0 ? `+${text}` : text;
}
