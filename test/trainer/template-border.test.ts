import { describe, expect, it } from 'vitest';
import { pairId } from '../../src/node/data/pair-id';
import type { MessagePair } from '../../src/node/data/pairs';
import { conversationsOf } from '../../src/node/models/conversations';
import { compileTemplate } from '../../src/node/models/tokenizer';

const TOOLS = [{ type: 'function', function: { name: 'metals' } }];
const pair: MessagePair = {
  format: 'messages',
  prompt: [{ role: 'user', content: 'Name metals' }],
  chosen: [
    { role: 'assistant', content: null, tool_calls: [{ function: { name: 'metals', arguments: { n: 4 } } }] },
  ],
  rejected: [{ role: 'assistant', reasoning_content: 'Hm.', content: [{ type: 'text', text: 'tin' }] }],
  tools: TOOLS,
  kwargs: { enable_thinking: false },
};
const TEMPLATE =
  '{{ tools | tojson }}{{ enable_thinking }}{{ eos_token }}{{ bos_token is defined }}{% for m in messages %}[{{ m.content }}{{ m.tool_calls | tojson if m.tool_calls }}{{ m.reasoning_content }}]{% endfor %}';

describe('a chat template', () => {
  it('sees tools, its arguments and all keys of messages', async () => {
    const render = await compileTemplate({ text: TEMPLATE, name: 't' }, { eosToken: '</s>', json: {} });
    const begin = '[{"type": "function", "function": {"name": "metals"}}]False</s>False[Name metals]';
    expect(await render(conversationsOf(pair))).toEqual([
      { text: begin },
      { text: `${begin}[None[{"function": {"name": "metals", "arguments": {"n": 4}}}]]` },
      { text: `${begin}[[{'type': 'text', 'text': 'tin'}]Hm.]` },
    ]);
  });

  it('writes the day that it is told', async () => {
    const template = { text: "{{ strftime_now('%-d %B %Y') }}", name: 't' };
    const render = await compileTemplate(template, { json: {} }, '2026-03-07');
    expect(await render([{ messages: [], until: 'end' }])).toEqual([{ text: '7 March 2026' }]);
  });

  it('is part of what tells pairs apart by what it alone reads', () => {
    const { tools: _, ...without } = pair;
    const other: MessagePair = { ...pair, kwargs: { enable_thinking: true } };
    expect(new Set([pair, without, other].map(pairId)).size).toBe(3);
  });
});
