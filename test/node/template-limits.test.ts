import { describe, expect, it } from 'vitest';
import { renderer } from '../../src/node/templates/renderer';

const NOW = new Date(0);

/** Templates of a stranger that would end or hold up the process that renders them. */
const HARMFUL: Readonly<Record<string, readonly [template: string, problem: RegExp]>> = {
  'a range that fills the memory': ['{{ range(100000000000)|length }}', /range of more than 100,000 numbers/],
  'a loop of 10^10 steps': [
    '{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}x',
    /more than 2,000,000 steps/,
  ],
  'a text that doubles': [
    "{% set n = namespace(s='ab') %}{% for i in range(60) %}{% set n.s = n.s ~ n.s %}{% endfor %}",
    /text of more than 16,777,216 characters/,
  ],
  'a text repeated': ["{{ 'ab' * 10000000000 }}", /text of more than/],
  'a text replaced by longer ones': [
    "{{ ('a' * 9000000).replace('a', 'b' * 9000000) }}",
    /text of more than/,
  ],
  'a list that doubles': [
    '{% set n = namespace(l=[1]) %}{% for i in range(60) %}{% set n.l = n.l + n.l %}{% endfor %}',
    /list of more than 1,000,000 items/,
  ],
  'lists within lists': [
    '{% set n = namespace(l=[1]) %}{% for i in range(60) %}{% set n.l = [n.l, n.l] %}{% endfor %}{{ n.l }}',
    /more than 2,000,000 steps/,
  ],
  'lists within lists as JSON': [
    '{% set n = namespace(l=[1]) %}{% for i in range(60) %}{% set n.l = [n.l, n.l] %}{% endfor %}{{ n.l|tojson }}',
    /more than 2,000,000 steps/,
  ],
  'lists that are compared': [
    '{% set n = namespace(l=[1], m=[1]) %}{% for i in range(60) %}{% set n.l = [n.l, n.l] %}{% set n.m = [n.m, n.m] %}{% endfor %}{{ n.l == n.m }}',
    /more than 2,000,000 steps/,
  ],
  'much output': ["{% for i in range(100000) %}{{ 'a' * 1000 }}{% endfor %}", /text of more than/],
  'macros that call each other': [
    '{% macro a(n) %}{{ b(n) }}{% endmacro %}{% macro b(n) %}{{ a(n) }}{% endmacro %}{{ a(1) }}',
    /call each other more than 200 deep/,
  ],
  'macros that call themselves twice': [
    '{% macro a(n) %}{% if n %}{{ a(n - 1) }}{{ a(n - 1) }}{% endif %}{% endmacro %}{{ a(150) }}',
    /more than 2,000,000 steps/,
  ],
  'a padded text': ["{{ 'a'.center(10000000000) }}{{ '%2000000000d' % 1 }}", /text of more than/],
};

describe('a template that does too much', () => {
  it.each(Object.entries(HARMFUL))('ends in words: %s', async (_, [text, problem]) => {
    const { results } = await renderer.render({ text, now: NOW }, [{}, {}]);
    expect(results).toEqual([
      { problem: expect.stringMatching(problem), line: 1, isLimit: true },
      { problem: expect.stringMatching(problem), line: 1, isLimit: true },
    ]);
  });

  it('is refused without being rendered again', async () => {
    const source = { text: '{{ range(100000000000) }}', now: NOW };
    await renderer.render(source, [{}]);
    const { results } = await renderer.render(source, Array(1000).fill({}));
    expect(new Set(results.map((result) => JSON.stringify(result))).size).toBe(1);
  });

  it('is nested too deeply for its own reader', async () => {
    const brackets = `{{ ${'['.repeat(200_000)}${']'.repeat(200_000)} }}`;
    const { results } = await renderer.render({ text: brackets, now: NOW }, [{}]);
    expect(results).toEqual([expect.objectContaining({ problem: 'it is nested too deeply' })]);
    const others = await renderer.render({ text: 'fine', now: NOW }, [{}]);
    expect(others.results).toEqual([{ text: 'fine' }]);
  });

  it('does not keep others from being rendered', async () => {
    const [harmful, fine] = await Promise.all([
      renderer.render({ text: '{{ range(10000000000) }}', now: NOW }, [{}]),
      renderer.render({ text: 'Hi {{ name }}', now: NOW }, [{ name: 'you' }, { name: 'all' }]),
    ]);
    expect(harmful.results[0]).toHaveProperty('isLimit', true);
    expect(fine.results).toEqual([{ text: 'Hi you' }, { text: 'Hi all' }]);
  });
});

it('names the line of what is wrong', async () => {
  expect(await renderer.check({ text: 'a\n\n{% if %}', now: NOW })).toMatchObject({ line: 3 });
  const refusing = { text: "a\n{{ raise_exception('no system role') }}", now: NOW };
  const { results } = await renderer.render(refusing, [{}]);
  expect(results).toEqual([{ problem: 'no system role', line: 2 }]);
});
