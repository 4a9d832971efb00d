import { pinnedRequirements } from '../../core/environment/torch-packages';
import type { MachineFacts } from '../../core/facts';

/** Which PyTorch is installed: for processors alone, for NVIDIA GPUs, or what the user's package index gives. */
export type TorchBuild = 'cpu' | 'cuda' | 'index';
export const TORCH_BUILDS: readonly TorchBuild[] = ['cpu', 'cuda', 'index'];

/** What is installed, and what that takes. */
export interface SetupPlan {
  /** As pip reads them. */
  readonly requirements: readonly string[];
  /** Asked beside the user's package index. */
  readonly index?: string;
  /** Bytes that must be free: for what is installed, and for what is downloaded. */
  readonly room: number;
  /** In words, such as `PyTorch 2.13.0 for the processor`. */
  readonly words: string;
}

const INDEXES: Readonly<Record<Exclude<TorchBuild, 'index'>, string>> = {
  cpu: 'https://download.pytorch.org/whl/cpu',
  cuda: 'https://download.pytorch.org/whl/cu130',
};

/**
 * @param build undefined: what fits the machine. The ordinary package index gives CUDA on Linux, where that takes
 * gigabytes more, and no CUDA elsewhere
 */
export function setupPlan(
  build: TorchBuild | undefined,
  { gpu }: MachineFacts,
  platform: NodeJS.Platform,
): SetupPlan {
  const isLinux = platform === 'linux';
  const fitting = isLinux ? (gpu ? 'index' : 'cpu') : gpu ? 'cuda' : 'index';
  const chosen = build ?? fitting;
  const hasCuda = chosen === 'cuda' || (chosen === 'index' && isLinux);
  const target = hasCuda ? `for NVIDIA GPUs${gpu ? ` (${gpu.name})` : ''}` : 'for the processor';
  const requirements = pinnedRequirements();
  const torch = requirements.find((requirement) => requirement.startsWith('torch=='))?.replace('torch==', '');
  return {
    requirements,
    ...(chosen !== 'index' && { index: INDEXES[chosen] }),
    room: hasCuda ? 12e9 : 3e9,
    words: `PyTorch ${torch} ${platform === 'darwin' ? 'for this Mac' : target}`,
  };
}
