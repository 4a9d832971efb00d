import path from 'node:path';
import { describe, expect, it } from 'vitest';

const { runtimeFiles, TARGETS } = (await import(
  path.resolve(import.meta.dirname, '../../scripts/package/targets.mjs')
)) as { runtimeFiles: (target: string) => string[]; TARGETS: string[] };

describe('what a package holds of ONNX Runtime', () => {
  it.each(TARGETS)('%s: the library of this platform, once, and no other', (target) => {
    const libraries = runtimeFiles(target).filter((file) => file.includes('/bin/'));
    const [system, processor] = target.split('-');
    const folder = `onnxruntime-node/bin/napi-v6/${system}/${processor}/`;
    expect(libraries.filter((file) => !file.startsWith(folder))).toEqual([]);
    const names = libraries.map((file) => file.slice(folder.length));
    expect(names).toContain('onnxruntime_binding.node');
    expect(names.filter((name) => /^(lib)?onnxruntime\.(\d\.dylib|dll|so\.\d)$/.test(name))).toHaveLength(1);
    expect(names.filter((name) => /providers|cuda|tensorrt/i.test(name))).toEqual([]);
  });
});
