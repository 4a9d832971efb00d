import { listed } from '../words/counts';

/**
 * What the torch trainer needs of Python: the one table of versions. `python/pyproject.toml` asks for the same, which a
 * test holds together. Older ones of torch, transformers and datasets have known vulnerabilities that files of strangers
 * can use.
 */

/** Major and minor version, inclusive. */
export const OLDEST_PYTHON = '3.10';

interface Window {
  /** The oldest version that will do. */
  readonly from: string;
  /** The first one that will not, because nobody has tried it. */
  readonly below: string;
  /** What a new environment gets. */
  readonly tested: string;
}

export const TORCH_PACKAGES = {
  torch: { from: '2.10', below: '3', tested: '2.13.0' },
  transformers: { from: '5.10', below: '5.25', tested: '5.18.0' },
  trl: { from: '1.2', below: '1.17', tested: '1.13.0' },
  peft: { from: '0.19', below: '1', tested: '0.21.0' },
  accelerate: { from: '1.10', below: '2', tested: '1.15.0' },
  datasets: { from: '5.0.1', below: '6', tested: '5.0.1' },
} as const satisfies Record<string, Window>;

export interface PythonVersions {
  /** Such as 3.12.1. */
  readonly version?: string;
  /** Versions by package; what is not installed is absent. */
  readonly packages: Readonly<Record<string, string>>;
}

/** What an interpreter lacks for the torch trainer, each in a few words that follow "it"; empty where it has everything. */
export function pythonFaults({ version, packages }: PythonVersions): string[] {
  if (version === undefined) return ['did not tell its version'];
  if (isOlder(version, OLDEST_PYTHON)) {
    return [`is Python ${version}, and Python ${OLDEST_PYTHON} or newer is needed`];
  }
  const missing = Object.keys(TORCH_PACKAGES).filter((name) => packages[name] === undefined);
  const wrong = Object.entries(TORCH_PACKAGES).flatMap(([name, { from, below }]) => {
    const found = packages[name];
    if (found === undefined) return [];
    if (isOlder(found, from)) return [`has ${name} ${found}, which is too old: ${from} or newer is needed`];
    if (isOlder(found, below)) return [];
    return [`has ${name} ${found}, which is too new: it was tried with versions before ${below}`];
  });
  return [...(missing.length > 0 ? [`lacks ${listed(missing)}`] : []), ...wrong];
}

/** What is installed into a new environment: versions that were tested together. */
export function pinnedRequirements(): string[] {
  return Object.entries(TORCH_PACKAGES).map(([name, { tested }]) => `${name}==${tested}`);
}

/** By their numbers alone: 1.14.0rc1 is not older than 1.14, and what follows a plus sign does not count. */
function isOlder(version: string, limit: string): boolean {
  const [numbers, limits] = [version, limit].map((text) => text.split(/[^\d]+/).map(Number));
  for (const [place, least] of (limits ?? []).entries()) {
    const number = numbers?.[place] ?? 0;
    if (number !== least) return number < least;
  }
  return false;
}
