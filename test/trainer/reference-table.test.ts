import { appendFileSync, existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { check } from '../../src/core/check/check';
import type { Config } from '../../src/core/config/config';
import { resolveConfig } from '../../src/core/config/resolved';
import type { TokenSequence } from '../../src/engine/batch';
import type { TokenizedPair } from '../../src/trainer/data/tokenize-pairs';
import type { TextModel } from '../../src/trainer/model-and-tokenizer';
import { obtainReference, type ReferenceRequest } from '../../src/trainer/reference/obtain-reference';
import type { Scorer } from '../../src/trainer/reference/scorer';
import { temporaryFolder } from '../support/temporary-folder';

const NOTHING = (): void => {};

function config(settings: Partial<Config> = {}): Config {
  return { ...resolveConfig(check('model: ./model', 'a.dpo.yaml').experiment), ...settings };
}

function speaker(name: string): TextModel {
  return {
    model: { name, identity: `identity of ${name}` },
    tokenizer: { identity: `tokens of ${name}`, endToken: 2 },
  } as unknown as TextModel;
}

/** Pairs of different lengths. */
function pairs(count: number): TokenizedPair[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `pair ${index}`,
    row: index + 1,
    chosen: { tokens: [0, ...new Array<number>(1 + (index % 7)).fill(index), 2], promptLength: 1 },
    rejected: { tokens: [0, ...new Array<number>(1 + (index % 5)).fill(index + 0.5)], promptLength: 1 },
    cut: false,
  }));
}

/** A number with many digits, so that rounding would show. */
function fakeLogp(tokens: readonly number[]): number {
  return -tokens.reduce((sum, token) => sum + Math.sqrt(token + 1), 0) / 3;
}

class FakeScorer implements Scorer {
  readonly asked: TokenSequence[] = [];
  open = 0;

  async score(sequences: readonly TokenSequence[], progress: (done: number, total: number) => void) {
    this.asked.push(...sequences);
    progress(sequences.length, sequences.length);
    return sequences.map(({ tokens, promptLength }) => ({
      logp: fakeLogp(tokens),
      tokens: tokens.length - promptLength,
      endLogp: -Math.PI / tokens.length,
    }));
  }

  async close(): Promise<void> {
    this.open--;
  }
}

class Place {
  readonly dataFolder = temporaryFolder();
  readonly scorer = new FakeScorer();

  request(tokenized: readonly TokenizedPair[], settings: Partial<Config> = {}): ReferenceRequest {
    return {
      config: config(settings),
      baseFolder: this.dataFolder,
      dataFolder: this.dataFolder,
      policy: speaker('policy'),
      foreign: undefined,
      pairs: tokenized.map(({ id, row }) => ({
        id,
        row,
        pair: { format: 'strings', prompt: '', chosen: '', rejected: '' },
      })),
      tokenized,
      openScorer: () => {
        this.scorer.open++;
        return this.scorer;
      },
    };
  }

  folder(key: string | undefined): string {
    return path.join(this.dataFolder, 'references', key ?? '');
  }
}

/** Stops the work when so many pairs are done, as a killed process would. */
function stopAt(pairsDone: number): (done: number) => void {
  return (done) => {
    if (done >= pairsDone) throw new Error('stopped');
  };
}

describe('a reference table', () => {
  it('holds what the scorer says, to the last digit, and is reused', async () => {
    const place = new Place();
    const first = await obtainReference(place.request(pairs(70)), NOTHING);
    expect(first).toMatchObject({ reused: false, warnings: [] });
    expect(first.key).toMatch(/^[0-9a-f]{64}$/);
    expect(first.table.get('pair 9')).toEqual({
      pair: 'pair 9',
      chosen: fakeLogp([0, 9, 9, 9, 2]),
      rejected: fakeLogp([0, 9.5, 9.5, 9.5, 9.5, 9.5]),
      chosenTokens: 4,
      rejectedTokens: 5,
      chosenEos: -Math.PI / 5,
      rejectedEos: -Math.PI / 6,
    });
    expect(place.scorer).toMatchObject({ open: 0, asked: { length: 140 } });
    const again = await obtainReference(place.request(pairs(70)), NOTHING);
    expect(again.reused).toBe(true);
    expect(again.table).toEqual(first.table);
    expect(place.scorer.asked).toHaveLength(140);
  });

  it('says what it is in meta.json', async () => {
    const place = new Place();
    const { key } = await obtainReference(place.request(pairs(3)), NOTHING);
    const meta: unknown = JSON.parse(readFileSync(path.join(place.folder(key), 'meta.json'), 'utf8'));
    expect(meta).toEqual({
      format: 2,
      key,
      ingredients: {
        adapter: null,
        dtype: 'auto',
        end_token: expect.any(Number),
        model: 'identity of policy',
        score: 'conditional',
        tokens: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
      policy: 'policy',
      score: 'conditional',
      asked: [
        {
          baseFolder: place.dataFolder,
          settings: expect.objectContaining({ 'model.path': './model', 'reference.policy': 'same' }),
          at: expect.any(Number),
        },
      ],
      pairs: 3,
      created: expect.any(Number),
      complete: true,
    });
  });

  it('tells its progress in pairs, from 0 to all', async () => {
    const place = new Place();
    const told: string[] = [];
    await obtainReference(place.request(pairs(40)), (done, total) => told.push(`${done}/${total}`));
    expect(told[0]).toBe('0/40');
    expect(told.at(-1)).toBe('40/40');
  });

  it('scores a pair once that the data has twice', async () => {
    const place = new Place();
    const twice = [...pairs(3), ...pairs(2)];
    expect((await obtainReference(place.request(twice), NOTHING)).table.size).toBe(3);
    expect(place.scorer.asked).toHaveLength(6);
    expect((await obtainReference(place.request(pairs(3)), NOTHING)).reused).toBe(true);
  });

  it('goes on where it stopped, with a last line that is torn in half', async () => {
    const whole = new Place();
    const expected = await obtainReference(whole.request(pairs(100)), NOTHING);
    const place = new Place();
    await expect(obtainReference(place.request(pairs(100)), stopAt(64))).rejects.toThrow('stopped');
    expect(place.scorer.open).toBe(0);
    const file = path.join(place.folder(expected.key), 'table.jsonl');
    const text = readFileSync(file, 'utf8');
    truncateSync(file, text.length - 70);
    const kept = text.split('\n').length - 2;
    expect(kept).toBeGreaterThan(30);
    place.scorer.asked.length = 0;
    const told: number[] = [];
    const resumed = await obtainReference(place.request(pairs(100)), (done) => told.push(done));
    expect(told[0]).toBe(kept);
    expect(place.scorer.asked).toHaveLength(2 * (100 - kept));
    expect(resumed).toMatchObject({ key: expected.key, reused: false });
    expect(new Map(resumed.table)).toEqual(new Map(expected.table));
    expect((await obtainReference(place.request(pairs(100)), NOTHING)).table).toEqual(expected.table);
  });

  it.each([
    ['lines that hold no row', '\nnonsense\n{"pair": "pair 0"}\n', 0],
    ['a row that is there twice', undefined, 0],
  ])('reads over %s', async (_, addition, asked) => {
    const place = new Place();
    const { key, table } = await obtainReference(place.request(pairs(5)), NOTHING);
    const file = path.join(place.folder(key), 'table.jsonl');
    appendFileSync(file, addition ?? readFileSync(file, 'utf8'));
    place.scorer.asked.length = 0;
    expect((await obtainReference(place.request(pairs(5)), NOTHING)).table).toEqual(table);
    expect(place.scorer.asked).toHaveLength(asked);
  });

  it('is not taken for complete where rows are missing, whatever meta.json says', async () => {
    const place = new Place();
    const { key, table } = await obtainReference(place.request(pairs(5)), NOTHING);
    const file = path.join(place.folder(key), 'table.jsonl');
    const lines = readFileSync(file, 'utf8').split('\n');
    writeFileSync(file, lines.slice(2).join('\n'));
    place.scorer.asked.length = 0;
    const mended = await obtainReference(place.request(pairs(5)), NOTHING);
    expect(mended.reused).toBe(false);
    expect(new Map(mended.table)).toEqual(new Map(table));
    expect(place.scorer.asked).toHaveLength(4);
  });

  it('is refused where the reference has no finite number for a response', async () => {
    const place = new Place();
    const tokenized = pairs(3).map((pair) =>
      pair.row === 2 ? { ...pair, chosen: { tokens: [0, -5, 2], promptLength: 1 } } : pair,
    );
    await expect(obtainReference(place.request(tokenized), NOTHING)).rejects.toThrow(
      'The reference gives no finite log-probability to the pair in row 2.',
    );
    expect(place.scorer.open).toBe(0);
  });
});

describe('two that want the same table', () => {
  it('compute it once', async () => {
    const place = new Place();
    const [a, b] = await Promise.all([
      obtainReference(place.request(pairs(50)), NOTHING),
      obtainReference(place.request(pairs(50)), NOTHING),
    ]);
    expect(place.scorer.asked).toHaveLength(100);
    expect([a.reused, b.reused].sort()).toEqual([false, true]);
    expect(new Map(a.table)).toEqual(new Map(b.table));
    expect(existsSync(path.join(place.folder(a.key), 'lock'))).toBe(false);
  });

  it('wait no longer when they are stopped', async () => {
    const place = new Place();
    const { key } = await obtainReference(place.request(pairs(2)), NOTHING);
    const folder = place.folder(key);
    writeFileSync(path.join(folder, 'table.jsonl'), '');
    lock(folder, { pid: process.pid, host: hostname() });
    await expect(obtainReference(place.request(pairs(2)), stopAt(0))).rejects.toThrow('stopped');
    expect(existsSync(path.join(folder, 'lock'))).toBe(true);
  });

  it('do not wait for a process that is gone', async () => {
    const place = new Place();
    const { key } = await obtainReference(place.request(pairs(2)), NOTHING);
    const folder = place.folder(key);
    writeFileSync(path.join(folder, 'table.jsonl'), '');
    // Process ids end far below it.
    lock(folder, { pid: 2 ** 30, host: hostname() });
    expect((await obtainReference(place.request(pairs(2)), NOTHING)).table.size).toBe(2);
    expect(existsSync(path.join(folder, 'lock'))).toBe(false);
  });

  function lock(folder: string, holder: object): void {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'lock'), JSON.stringify(holder));
  }
});

describe('other sources', () => {
  const tokens = { chosenTokens: 2, rejectedTokens: 1 };

  it('is zero everywhere without a reference', async () => {
    const place = new Place();
    const found = await obtainReference(place.request(pairs(1), { 'reference.policy': 'none' }), NOTHING);
    expect(found).toMatchObject({ key: undefined, reused: false, warnings: [] });
    expect([...found.table]).toEqual([
      ['pair 0', { chosen: 0, rejected: 0, ...tokens, chosenEos: 0, rejectedEos: 0 }],
    ]);
    expect(existsSync(path.join(place.dataFolder, 'references'))).toBe(false);
  });

  it('takes columns as they are, which say nothing of the end of sequence', async () => {
    const place = new Place();
    const given = pairs(1).map((pair) => ({ ...pair, columns: { chosen: -12.5, rejected: -7 } }));
    const found = await obtainReference(place.request(given, { 'reference.logprobs': 'columns' }), NOTHING);
    expect(found.key).toBeUndefined();
    expect(found.table.get('pair 0')).toEqual({
      chosen: -12.5,
      rejected: -7,
      ...tokens,
      chosenEos: Number.NaN,
      rejectedEos: Number.NaN,
    });
    expect(place.scorer.asked).toEqual([]);
  });

  it('names the row where a column is empty', async () => {
    const place = new Place();
    await expect(
      obtainReference(place.request(pairs(2), { 'reference.logprobs': 'columns' }), NOTHING),
    ).rejects.toThrow(/^Row 1 of the data has no reference log-probabilities/);
  });
});
