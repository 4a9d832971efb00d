import type { DeviceLine } from '../runs/devices-format';
import { gigabytes } from '../words/markdown';
import { type PythonVersions, pythonFaults } from './torch-packages';

/** What this machine offers for training, as items of a list. */

export type EnvironmentLook = 'usable' | 'not usable' | 'unknown' | 'busy';

export interface EnvironmentItem {
  readonly label: string;
  readonly description: string;
  readonly look: EnvironmentLook;
  /** Why, in sentences. */
  readonly tooltip: string;
  /** Absent for an item that never has any. */
  readonly children?: readonly EnvironmentItem[];
}

export interface Environment {
  /** As far as they were tried. */
  readonly devices: readonly DeviceLine[];
  /** Why the trainer could not be asked. */
  readonly devicesProblem?: string;
  /** Undefined while it is being looked for. */
  readonly pythons?: readonly (PythonVersions & { readonly path: string; readonly problem?: string })[];
  /** What the first Python that has everything says of itself; undefined while it is asked, and where there is none. */
  readonly torch?: TorchEnvironment;
  readonly node: { readonly path: string; readonly version?: string };
  /** Bytes. */
  readonly memory?: {
    readonly total: number;
    readonly available: number;
    readonly gpu?: { readonly name: string; readonly memory: number };
  };
  /** Whether something is still being looked for. */
  readonly busy: boolean;
}

/** What the torch trainer tells about the Python that it runs on. */
export interface TorchEnvironment {
  /** Absolute path of the interpreter. */
  readonly python: string;
  readonly devices: readonly TorchDevice[];
  /** Why it cannot train, in sentences; empty where it can. */
  readonly problems: readonly string[];
}

export interface TorchDevice {
  readonly name: string;
  /** Such as cpu, cuda or mps. */
  readonly kind: string;
  /** Bytes. */
  readonly memory?: number;
}

export function environmentItems(environment: Environment): EnvironmentItem[] {
  return [
    embeddedTrainer(environment),
    torchTrainer(environment),
    ...memoryItems(environment),
    nodeItem(environment),
  ];
}

const DEVICE_NAMES: Readonly<Record<DeviceLine['device'], string>> = {
  auto: 'auto',
  cpu: 'Processor',
  cuda: 'NVIDIA GPU (CUDA)',
  webgpu: 'GPU (WebGPU)',
  dml: 'GPU (DirectML)',
  coreml: 'Apple hardware (CoreML)',
};

function embeddedTrainer({ devices, devicesProblem, busy }: Environment): EnvironmentItem {
  const label = 'Embedded trainer';
  if (devicesProblem !== undefined) {
    return {
      label,
      description: 'cannot be started',
      look: 'not usable',
      tooltip: devicesProblem,
      children: [],
    };
  }
  const auto = devices.find(({ device }) => device === 'auto');
  const children = devices
    .filter(({ device, words }) => device !== 'auto' && !words.includes('has no such provider'))
    .map(
      ({ device, usable, words }): EnvironmentItem => ({
        label: DEVICE_NAMES[device],
        description: usable ? words.replace('processor, ', '') : reasonOf(words),
        look: usable ? 'usable' : 'not usable',
        tooltip: usable ? `backend: { device: ${device} }` : words,
      }),
    );
  return {
    label,
    description: auto ? `ONNX Runtime on the ${auto.words}` : busy ? 'checking devices' : '',
    look: auto ? 'usable' : busy ? 'busy' : 'unknown',
    tooltip: 'Trains on this machine without Python: backend: { kind: onnx }.',
    children,
  };
}

/** Of a refusal, what stands between the name of the device and the advice. */
function reasonOf(words: string): string {
  const [, reason = words] = /cannot be used: (.*?)(?: Write backend|$)/.exec(words) ?? [];
  return PLAIN_REASONS.find(([told]) => told.test(reason))?.[1] ?? reason;
}

/** What ONNX Runtime says where nothing is broken, for people who have no such device. The tooltip has its own words. */
const PLAIN_REASONS: readonly (readonly [told: RegExp, plain: string])[] = [
  [/Failed to load shared library/, 'CUDA libraries missing'],
  [/Failed to get a WebGPU adapter/, 'none found'],
];

function torchTrainer({ pythons, torch }: Environment): EnvironmentItem {
  const label = 'Torch trainer';
  const tooltip =
    'Trains with TRL on PyTorch: backend: { kind: torch }. The embedded trainer needs no Python. DPO Lab: Set Up Training Environment, or dpo-lab setup torch, makes an environment with everything.';
  if (!pythons) return { label, description: 'looking for Python', look: 'busy', tooltip, children: [] };
  const children = pythons.map((python) => pythonItem(python, torch));
  const usable = children.find(({ look }) => look === 'usable');
  return {
    label,
    description: usable ? `TRL on ${usable.label}` : 'not set up',
    look: usable ? 'usable' : 'not usable',
    tooltip,
    children,
  };
}

function pythonItem(
  { path, version, packages, problem }: NonNullable<Environment['pythons']>[number],
  torch: TorchEnvironment | undefined,
): EnvironmentItem {
  const label = version === undefined ? 'Python' : `Python ${version}`;
  if (problem !== undefined) {
    return { label, description: path, look: 'not usable', tooltip: problem };
  }
  const told = torch?.python === path ? torch : undefined;
  const faults = pythonFaults({ ...(version !== undefined && { version }), packages });
  const [fault = told?.problems[0]] = faults;
  const found = Object.entries(packages).map(([name, number]) => `${name} ${number}`);
  const details = [
    path,
    found.length > 0 ? found.join(', ') : 'None of the packages that training needs.',
    ...faults.map((words) => `It ${words}.`),
    ...(told?.problems ?? []),
  ];
  return {
    label,
    description: fault ?? found.slice(0, 3).join(', '),
    look: fault === undefined ? 'usable' : 'not usable',
    tooltip: details.join('\n\n'),
    ...(told && told.devices.length > 0 && { children: told.devices.map(deviceItem) }),
  };
}

function deviceItem({ name, kind, memory }: TorchDevice): EnvironmentItem {
  return {
    label: name,
    description: memory === undefined ? kind : `${kind}, ${gigabytes(memory)}`,
    look: 'usable',
    tooltip: 'As PyTorch reports.',
  };
}

function memoryItems({ memory }: Environment): EnvironmentItem[] {
  if (!memory) return [];
  const { total, available, gpu } = memory;
  return [
    {
      label: 'Memory',
      description: `${gigabytes(available)} free of ${gigabytes(total)}`,
      look: 'usable',
      tooltip: 'What a config needs stands above its model.',
    },
    ...(gpu
      ? [
          {
            label: gpu.name,
            description: `${gigabytes(gpu.memory)} of its own`,
            look: 'usable',
            tooltip: 'As the driver reports.',
          } as const,
        ]
      : []),
  ];
}

function nodeItem({ node: { path, version } }: Environment): EnvironmentItem {
  return {
    label: version === undefined ? 'Node' : `Node ${version}`,
    description: 'runs the jobs',
    look: version === undefined ? 'unknown' : 'usable',
    tooltip: `${path}\n\nTo use another Node, set dpoLab.nodePath.`,
  };
}
