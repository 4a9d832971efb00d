import Ajv from 'ajv';
import { describe, expect, it } from 'vitest';
import type { JsonReport } from '../../src/cli/check/json';
import { BROKEN, useCli } from './dpo-lab';
import { SARIF_SHAPE } from './sarif-shape';

const workplace = useCli();

describe('--format json', () => {
  it('has a stable shape', async () => {
    const place = workplace();
    place.write('a b/broken.dpo.yaml', BROKEN);
    const { code, stdout } = await place.run([
      'check',
      '--no-facts',
      '--format',
      'json',
      'a b',
      'nope.dpo.yaml',
    ]);
    expect(code).toBe(2);
    await expect(stdout).toMatchFileSnapshot('golden/check-json.txt');
  });

  it('counts lines and columns from 1, columns in UTF-16 code units', async () => {
    const place = workplace();
    place.write('a.dpo.yaml', '# 😀\r\n{ model: "😀", dta: 1, data: { train: y } }\r\n');
    const { stdout } = await place.run(['check', '--no-facts', '--format', 'json', '.']);
    const report: JsonReport = JSON.parse(stdout);
    const problem = report.files[0]?.problems.find(({ code }) => code === 'KEY001');
    expect(problem).toMatchObject({ start: { line: 2, column: 16 }, end: { line: 2, column: 19 } });
  });

  it('lists what --fix has changed', async () => {
    const place = workplace();
    place.write('a.dpo.yaml', BROKEN);
    const { stdout } = await place.run(['check', '--no-facts', '--fix', '--format', 'json', '.']);
    const report: JsonReport = JSON.parse(stdout);
    expect(report.files[0]?.fixed).toContainEqual({ code: 'BETA002', title: 'Change to 0.05', line: 3 });
    expect(report.summary.problems.error).toBe(0);
  });

  it('reports nothing but failures where nothing could be checked', async () => {
    const { stdout } = await workplace().run(['check', '--format', 'json', 'nope.dpo.yaml']);
    expect(JSON.parse(stdout)).toMatchObject({
      version: 1,
      files: [],
      failures: [{ file: 'nope.dpo.yaml' }],
    });
  });
});

describe('--format sarif', () => {
  const valid = new Ajv({ allErrors: true }).compile(SARIF_SHAPE);

  it.each([
    ['with problems', ['.']],
    ['with what could not be checked', ['.', 'nope.dpo.yaml']],
    ['without files', ['nope.dpo.yaml']],
  ])('is SARIF 2.1.0 %s', async (_, args) => {
    const place = workplace();
    place.write('a.dpo.yaml', BROKEN);
    const { stdout } = await place.run(['check', '--format', 'sarif', ...args]);
    valid(JSON.parse(stdout));
    expect(valid.errors ?? []).toEqual([]);
  });

  it('points at rules, files and places that exist', async () => {
    const place = workplace();
    place.write('a b/ü#.dpo.yaml', BROKEN);
    const { code, stdout } = await place.run(['check', '--no-facts', '--format', 'sarif', '.']);
    const [run] = JSON.parse(stdout).runs;
    const lines = BROKEN.split('\n');
    expect(code).toBe(1);
    expect(run.originalUriBaseIds['%SRCROOT%'].uri).toMatch(/^file:\/\/\/.*\/$/);
    expect(run.results).toHaveLength(3);
    for (const { ruleId, ruleIndex, locations } of run.results) {
      expect(run.tool.driver.rules[ruleIndex].id).toBe(ruleId);
      const { artifactLocation, region } = locations[0].physicalLocation;
      expect(artifactLocation).toEqual({ uri: 'a%20b/%C3%BC%23.dpo.yaml', uriBaseId: '%SRCROOT%' });
      expect(region.endColumn - 1).toBeLessThanOrEqual(lines[region.endLine - 1]?.length ?? 0);
    }
    const rename = run.results.find((result: { ruleId: string }) => result.ruleId === 'KEY001');
    expect(rename.fixes[0]).toMatchObject({
      description: { text: 'Rename to max_length' },
      artifactChanges: [
        {
          replacements: [
            {
              deletedRegion: { startLine: 6, startColumn: 3, endLine: 6, endColumn: 13 },
              insertedContent: { text: 'max_length' },
            },
          ],
        },
      ],
    });
  });

  it('names a file outside the folder by its full address', async () => {
    const place = workplace();
    const outside = workplace().write('b.dpo.yaml', BROKEN);
    place.write('a.dpo.yaml', BROKEN);
    const { stdout } = await place.run(['check', '--no-facts', '--format', 'sarif', outside]);
    const { artifactLocation } = JSON.parse(stdout).runs[0].results[0].locations[0].physicalLocation;
    expect(artifactLocation).toEqual({ uri: expect.stringMatching(/^file:\/\/\/.*\/b\.dpo\.yaml$/) });
  });

  it('tells a run that could not check everything', async () => {
    const { stdout } = await workplace().run(['check', '--format', 'sarif', 'nope.dpo.yaml']);
    const [invocation] = JSON.parse(stdout).runs[0].invocations;
    expect(invocation).toMatchObject({ executionSuccessful: false, exitCode: 2 });
    expect(invocation.toolExecutionNotifications[0].message.text).toContain('nope.dpo.yaml does not exist.');
  });
});
