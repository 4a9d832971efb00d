import { gigabytes } from './language/markdown';
import type { DeviceLine } from './runs/devices-format';

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
  readonly pythons?: readonly {
    readonly path: string;
    readonly version?: string;
    readonly packages: Readonly<Record<string, string>>;
    readonly problem?: string;
  }[];
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
    description: auto ? `ONNX Runtime on the ${auto.words}` : busy ? 'trying devices' : '',
    look: auto ? 'usable' : busy ? 'busy' : 'unknown',
    tooltip: 'Trains on this machine without Python: backend: { kind: onnx }.',
    children,
  };
}

/** Of a refusal, what stands between the name of the device and the advice. */
function reasonOf(words: string): string {
  const [, reason] = /cannot be used: (.*?)(?: Write backend|$)/.exec(words) ?? [];
  return reason ?? words;
}

function torchTrainer({ pythons }: Environment): EnvironmentItem {
  const label = 'Python';
  const tooltip =
    'For training with PyTorch: backend: { kind: torch }. The embedded trainer does not need it.';
  if (!pythons) return { label, description: 'looking for it', look: 'busy', tooltip, children: [] };
  const children = pythons.map(pythonItem);
  const isUsable = children.some(({ look }) => look === 'usable');
  const description =
    pythons.length === 0 ? 'no interpreter found' : isUsable ? 'with torch and trl' : 'without torch and trl';
  return { label, description, look: isUsable ? 'usable' : 'not usable', tooltip, children };
}

function pythonItem({
  path,
  version,
  packages,
  problem,
}: NonNullable<Environment['pythons']>[number]): EnvironmentItem {
  const label = version === undefined ? 'Python' : `Python ${version}`;
  if (problem !== undefined) {
    return { label, description: path, look: 'not usable', tooltip: problem };
  }
  const missing = ['torch', 'trl'].filter((name) => packages[name] === undefined);
  const found = Object.entries(packages).map(([name, number]) => `${name} ${number}`);
  return {
    label,
    description: missing.length === 0 ? found.slice(0, 2).join(', ') : `without ${missing.join(' and ')}`,
    look: missing.length === 0 ? 'usable' : 'not usable',
    tooltip: [path, found.length > 0 ? found.join(', ') : 'None of the packages that training needs.'].join(
      '\n\n',
    ),
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
            tooltip: 'As the driver tells.',
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
    tooltip: `${path}\n\nThe setting dpoLab.nodePath names another one.`,
  };
}
