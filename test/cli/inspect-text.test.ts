import { describe, expect, it } from 'vitest';
import { pairText } from '../../src/cli/inspect/inspect-text';
import type { PairDetail, ResponseTokens } from '../../src/core/panels/pairs-page';

const PLAIN = { width: 60, paint: (_: string, text: string) => text };
const MARKED = { width: 60, paint: (style: string, text: string) => `<${style}>${text}</>` };

function response(changes: readonly (readonly [string, number])[]): ResponseTokens {
  const pieces = changes.map(([text, change], index) => ({
    text,
    policy: change - 1,
    baseline: -1,
    isEnd: index === changes.length - 1,
  }));
  const policy = pieces.reduce((sum, piece) => sum + piece.policy, 0);
  return { tokens: pieces.length, policy, reference: -pieces.length, baseline: -pieces.length, pieces };
}

const PAIR: PairDetail = {
  id: 'eval-3',
  split: 'eval',
  row: 3,
  margin: 4,
  comparison: {
    checkpoint: 200,
    beta: 0.1,
    loss: 'sigmoid',
    lengthNormalized: false,
    reference: 'the starting policy',
    baseline: 'the starting policy',
  },
  prompt: [{ role: 'user', text: 'Say something.' }],
  chosen: response([
    [' Yes', 0.5],
    [',\n', 0.02],
    [' it\u001b[31m', 1.5],
    ['</s>', 0.48],
  ]),
  rejected: response([
    [' No', -2],
    ['</s>', 0.5],
  ]),
};

describe('a pair on a terminal', () => {
  it('shows both responses, what moved, and the margin', () => {
    expect(pairText(PAIR, PLAIN)).toMatchInlineSnapshot(`
      "eval-3, step 200
      user
        Say something.

      chosen
         Yes,⏎
         it␛[31m[end]
      log p -1.50, under the starting policy -4.00: moved +2.50 nats over 4 tokens
      end of text +0.48 nats
      most moved: it␛[31m +1.50, Yes +0.50, [end] +0.48, ,⏎ +0.02

      rejected
         No[end]
      log p -3.50, under the starting policy -2.00: moved -1.50 nats over 2 tokens
      end of text +0.50 nats
      most moved: No -2.00, [end] +0.50

      margin +4.00 nats against the starting policy; reward margin 0.1 x +4.00 = +0.40
      The policy ranks this pair as labelled; it contributes 40 %
      of its maximum gradient, sigmoid(−reward margin)."
    `);
  });

  it('colours what moved: boldly by a nat or more, not at all by nearly nothing', () => {
    const lines = pairText(PAIR, MARKED).split('\n');
    expect(lines).toContain('  <blue> Yes</>,\u23CE');
    expect(lines).toContain('  <bold><blue> it\u241b[31m</></><blue>[end]</>');
    expect(lines).toContain('  <bold><yellow> No</></><blue>[end]</>');
  });
});
