import { describe, expect, it } from 'vitest';
import {
  type Environment,
  type EnvironmentItem,
  environmentItems,
} from '../../src/core/environment/environment';

const NODE = { path: '/usr/bin/node', version: '20.19.0' };
const PACKAGES = {
  torch: '2.13.0+cpu',
  transformers: '5.18.0',
  trl: '1.13.0',
  peft: '0.21.0',
  accelerate: '1.15.0',
  datasets: '5.0.1',
};
const REFUSED =
  'The NVIDIA graphics processor through CUDA cannot be used: no such library. Write backend: { device: cpu }, or auto to take what works.';

function printed(items: readonly EnvironmentItem[], indent = ''): string {
  return items
    .map(({ label, description, look, children = [] }) =>
      [`${indent}${label} | ${description} | ${look}\n`, printed(children, `${indent}  `)].join(''),
    )
    .join('');
}

const items = (environment: Partial<Environment>): string =>
  printed(environmentItems({ devices: [], node: NODE, busy: false, ...environment }));

describe('the environment', () => {
  it('tells what can be used, and of the rest why it cannot', () => {
    expect(
      items({
        devices: [
          { device: 'auto', usable: true, words: 'processor, 8 threads' },
          { device: 'cpu', usable: true, words: 'processor, 8 threads' },
          { device: 'cuda', usable: false, words: REFUSED },
          {
            device: 'dml',
            usable: false,
            words: 'It cannot be used: this onnxruntime-node has no such provider on linux x64. Write',
          },
        ],
        pythons: [
          { path: '/w/.venv/bin/python', version: '3.12.1', packages: PACKAGES },
          { path: '/usr/bin/python3', version: '3.11.2', packages: { ...PACKAGES, trl: '1.17.0' } },
          { path: '/usr/bin/python3.9', version: '3.9.1', packages: {} },
          { path: '/opt/bin/python', packages: {}, problem: 'It could not be asked: EACCES' },
        ],
        torch: {
          python: '/w/.venv/bin/python',
          devices: [
            { name: 'NVIDIA H100', kind: 'cuda', memory: 80e9 },
            { name: 'Processor', kind: 'cpu' },
          ],
          problems: [],
        },
        memory: { total: 64e9, available: 41.2e9, gpu: { name: 'NVIDIA H100', memory: 80e9 } },
      }),
    ).toBe(`Embedded trainer | ONNX Runtime on the processor, 8 threads | usable
  Processor | 8 threads | usable
  NVIDIA GPU (CUDA) | no such library. | not usable
Torch trainer | TRL on Python 3.12.1 | usable
  Python 3.12.1 | torch 2.13.0+cpu, transformers 5.18.0, trl 1.13.0 | usable
    NVIDIA H100 | cuda, 80 GB | usable
    Processor | cpu | usable
  Python 3.11.2 | has trl 1.17.0, which is too new: it was tried with versions before 1.17 | not usable
  Python 3.9.1 | is Python 3.9.1, and Python 3.10 or newer is needed | not usable
  Python | /opt/bin/python | not usable
Memory | 41 GB free of 64 GB | usable
NVIDIA H100 | 80 GB of its own | usable
Node 20.19.0 | runs the jobs | usable
`);
  });

  it('says what is still being looked for, and what could not be started', () => {
    expect(
      items({ busy: true, node: { path: '/usr/bin/node' } }),
    ).toBe(`Embedded trainer | checking devices | busy
Torch trainer | looking for Python | busy
Node | runs the jobs | unknown
`);
    expect(
      items({ devicesProblem: 'It could not be started.', pythons: [] }),
    ).toBe(`Embedded trainer | cannot be started | not usable
Torch trainer | not set up | not usable
Node 20.19.0 | runs the jobs | usable
`);
  });
});
