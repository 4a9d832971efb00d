import { describe, expect, it } from 'vitest';
import { pack, unpack } from '../../src/core/panels/packed';
import type { ToPanel } from '../../src/core/panels/protocol';
import { type ReportContent, thinned } from '../../src/core/panels/report-content';
import { isReport, reportHtml } from '../../src/core/panels/report-html';

function curves(length: number): ToPanel {
  const steps = Uint32Array.from({ length }, (_, index) => index + 1);
  const values = Float32Array.from(steps, (step) => (step === 777 ? 1e6 : Math.sin(step)));
  values[5] = Number.NaN;
  values[6] = Number.POSITIVE_INFINITY;
  return {
    kind: 'curves',
    run: '/r',
    restart: true,
    parts: [{ split: 'train', name: 'loss', steps, values }],
  };
}

describe('the content of a report', () => {
  it('comes out as it went in, whatever numbers and characters are in it', () => {
    const content: ReportContent = {
      origin: '</script><!--',
      pages: [{ name: '/r', title: 'é "x"', messages: [curves(20_000)] }],
    };
    const text = pack(content);
    expect(text).not.toContain('<');
    expect(unpack<ReportContent>(text)).toEqual(content);
  });

  it('leaves short curves alone, and thins long ones without losing a peak', () => {
    const short = thinned([curves(8000)]);
    expect(short).toEqual({ messages: [curves(8000)], isThinned: false });
    const { messages, isThinned } = thinned([curves(1_000_000), { kind: 'log', text: 'x' }]);
    expect(isThinned).toBe(true);
    const [first, second] = messages;
    if (first?.kind !== 'curves') throw new Error('The curves are gone.');
    const { steps = [], values = [] } = first.parts[0] ?? {};
    expect(steps.length).toBeLessThan(20_000);
    expect(values[[...steps].indexOf(777)]).toBe(1e6);
    expect([...values].some((value) => Number.isNaN(value))).toBe(true);
    expect(second).toEqual({ kind: 'log', text: 'x' });
  });

  it('is known for a report by its beginning', () => {
    const html = reportHtml({
      content: { origin: '', pages: [{ name: 'a', title: 'A <b> & "c"', messages: [] }] },
      script: 'void 0;',
      style: '',
      scriptHash: 'x',
    });
    expect(isReport(html.slice(0, 1000))).toBe(true);
    expect(html).toContain('<title>A &lt;b> &amp; &quot;c&quot;</title>');
    expect(isReport('<!DOCTYPE html><p>Mine.</p>')).toBe(false);
  });
});
