import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { useTrainer } from './support/tiny-run';

const SOURCES = path.resolve(import.meta.dirname, '../../src');
const newExperiment = useTrainer();

/** Tells what is set when the library is asked for. */
const HOOK = `
const Module = require('node:module');
const load = Module._load;
Module._load = function (name, ...rest) {
  if (name === 'onnxruntime-node') console.log('telemetry off: ' + process.env.ORT_DISABLE_TELEMETRY);
  return load.call(this, name, ...rest);
};
`;

describe('usage data that ONNX Runtime would send', () => {
  it('is switched off before the library is loaded', async () => {
    const experiment = await newExperiment();
    experiment.write('hook.cjs', HOOK);
    const { ORT_DISABLE_TELEMETRY: _, ...env } = process.env;
    const output = execFileSync(
      process.execPath,
      ['--require', path.join(experiment.folder, 'hook.cjs'), experiment.program, 'devices'],
      { encoding: 'utf8', env },
    );
    const told = output.split('\n').filter((line) => line.startsWith('telemetry'));
    expect(new Set(told)).toEqual(new Set(['telemetry off: 1']));
  });

  it('is so because one module loads the library for all others', () => {
    const loading = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .filter((name) =>
        /^(?!import type).*from 'onnxruntime-node'/m.test(readFileSync(path.join(SOURCES, name), 'utf8')),
      );
    expect(loading).toEqual([path.join('node', 'models', 'onnxruntime.ts')]);
  });
});
