import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { RunObjective } from '../../src/trainer/pair-metrics';
import { chooseDevice } from '../../src/trainer/runtime/choose-device';
import type { Device } from '../../src/trainer/runtime/device';
import { allocationFailure } from '../../src/trainer/runtime/out-of-memory';
import { providerFault } from '../../src/trainer/runtime/provider-test';
import { TrainingRuntime } from '../../src/trainer/runtime/training-runtime';
import { vulkanFault } from '../../src/trainer/runtime/vulkan';
import { TrainingError } from '../../src/trainer/training-error';
import { relativeError } from '../engine/support/finite-differences';
import { LORA } from '../engine/support/tiny-model';
import { temporaryFolder } from '../support/temporary-folder';
import { CPU, END, randomWeights, startOf, writeModel } from './support/runtime-model';

/** A Vulkan driver in software, of Debian's package chromium-common: WebGPU without graphics hardware. */
const DRIVER = '/usr/lib/chromium/vk_swiftshader_icd.json';
const WEBGPU: Device = { ...CPU, provider: 'webgpu' };
const OBJECTIVE: RunObjective = {
  loss: 'sigmoid',
  beta: 0.1,
  labelSmoothing: 0,
  lengthNormalized: false,
  sftWeight: 0.1,
};

describe('choosing a device', () => {
  it('saves memory where a run needs more than there is', async () => {
    const { device } = await chooseDevice('cpu', 1e6);
    expect(device).toMatchObject({ provider: 'cpu', profile: 'fast' });
    expect(device.words).toMatch(/^processor, \d+ threads?$/);
    const { device: lean } = await chooseDevice('cpu', 1e18);
    expect(lean).toMatchObject({ profile: 'lean', words: `${device.words}, saving memory` });
  });

  it('refuses a wanted provider that this system does not have, and says what to write', async () => {
    const foreign = process.platform === 'darwin' ? 'dml' : 'coreml';
    const refusal = chooseDevice(foreign, 0);
    await expect(refusal).rejects.toBeInstanceOf(TrainingError);
    await expect(refusal).rejects.toThrow(/has no such provider on .*Write backend: \{ device: cpu \}/);
  });

  it.runIf(process.platform === 'linux')('names the package that WebGPU lacks', () => {
    expect(vulkanFault('libnot-there.so.1')).toMatch(/^no Vulkan loader: install libvulkan1 \(Debian/);
    expect(vulkanFault('libc.so.6')).toBeUndefined();
  });

  it('tells why a provider does not start', async () => {
    const unknown = { ...CPU, provider: 'nonsense' as Device['provider'] };
    expect(await providerFault(unknown, CPU)).toMatch(/nonsense/);
  });
});

const missing = existsSync(DRIVER) ? vulkanFault() : `no ${DRIVER} of Debian's chromium-common`;

describe.skipIf(missing !== undefined)(missing ? `WebGPU (skipped: ${missing})` : 'WebGPU', () => {
  const weights = randomWeights();
  const model = writeModel(temporaryFolder(), weights, 'bfloat16');
  beforeAll(() => vi.stubEnv('VK_ICD_FILENAMES', DRIVER));
  afterAll(() => vi.unstubAllEnvs());

  it('passes its test, and trains five steps to the numbers of the processor', {
    timeout: 240_000,
  }, async () => {
    expect(await chooseDevice('webgpu', 0)).toMatchObject({ device: { provider: 'webgpu' }, refused: [] });
    const response = (tokens: readonly number[]) => ({ tokens: [1, 7, 4, ...tokens, END], promptLength: 3 });
    const pair = {
      chosen: response([5, 9, 3, 12]),
      rejected: response([8, 8, 11]),
      reference: { chosen: -14, rejected: -11 },
      referenceTokens: { chosen: 5, rejected: 4 },
    };
    const train = async (device: Device) => {
      const runtime = new TrainingRuntime(model, LORA, OBJECTIVE, device, END, 1);
      const parameters = startOf(weights, LORA);
      const moments = new Float32Array(parameters.length);
      runtime.state = { parameters, firstMoments: moments, secondMoments: moments };
      const losses: number[] = [];
      for (let step = 1; step <= 5; step++) {
        const settings = { step, learningRate: 1e-3, weightDecay: 0.01, maxGradNorm: 1 };
        losses.push((await runtime.step([pair], settings)).loss);
      }
      await runtime.close();
      return { losses, parameters: runtime.state.parameters };
    };
    const [expected, actual] = [await train(CPU), await train(WEBGPU)];
    expect(relativeError(actual.losses, expected.losses)).toBeLessThan(1e-4);
    expect(relativeError(actual.parameters, expected.parameters)).toBeLessThan(1e-4);
  });
});

it('an allocation that failed is told with sizes and with what to change', () => {
  for (const message of [
    'std::bad_alloc',
    'Failed to allocate memory for requested buffer of size 4831838208',
  ]) {
    expect(allocationFailure(new Error(message), 'a batch of 4 x 512 tokens')?.message).toMatch(
      /GiB.*training\.micro_batch_size.*LoRA/s,
    );
  }
  expect(allocationFailure(new Error('Invalid input'), 'it')).toBeUndefined();
});
