import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';

const HANDBOOK = `# Model arguments
model_name_or_path: org/zephyr-sft
torch_dtype: bfloat16

# Data training arguments
dataset_mixture:
  datasets:
    - id: org/pairs
      split: train
output_dir: out/dpo

# DPOTrainer arguments
beta: 0.1
learning_rate: 5.0e-7
max_length: 1024
max_prompt_length: 512
num_train_epochs: 1
report_to: none
`;
const FACTORY = `model_name_or_path: org/base
adapter_name_or_path: saves/sft

stage: dpo
finetuning_type: lora
pref_beta: 0.1
pref_loss: sigmoid
dataset: pairs
template: llama3
`;
const AXOLOTL = `base_model: org/model-sft
rl: dpo
datasets:
  - path: org/pairs
    type: chat_template.default
adapter: lora
learning_rate: 5.0e-6
`;
const SCRIPT = `#!/bin/bash
BETA=0.05
for lr in 5e-7 1e-6; do
  accelerate launch -m trl.scripts.dpo \\
    --model_name_or_path org/model-sft \\
    --beta $BETA \\
    --learning_rate $lr
done
`;
const PYTHON = `from transformers import AutoModelForCausalLM
from trl import DPOConfig, DPOTrainer

model = AutoModelForCausalLM.from_pretrained("org/model-sft")
args = DPOConfig(
    output_dir="out",
    beta=0.2,
)
trainer = DPOTrainer(model=model, args=args, train_dataset=pairs)
`;

/** Configs of five kinds: lenses, the hover over beta, a fix, and conversion. */
export default {
  name: 'foreign configs',
  workspace: {
    'recipes/dpo/config_full.yaml': HANDBOOK,
    'lf/llama3_lora_dpo.yaml': FACTORY,
    'axolotl/dpo.yml': AXOLOTL,
    'run_dpo.sh': SCRIPT,
    'train_dpo.py': PYTHON,
  },
  limitMs: 400_000,
  async run({ page, host, step, shot, ws }) {
    const lens = (/** @type {string} */ text) =>
      page.locator('.codelens-decoration a', { hasText: text }).first();
    const dialog = page.locator('.quick-input-widget');
    const hoverOver = async (/** @type {string} */ line, /** @type {string} */ words) => {
      await host.editorLine(line).locator('span span').first().hover();
      await page.locator('.monaco-hover', { hasText: words }).first().waitFor();
    };

    await step('a handbook recipe: lenses, and what beta means', async () => {
      await host.openFile('recipes/dpo/config_full.yaml');
      await lens('Reference: a frozen copy of the starting policy org/zephyr-sft').waitFor();
      await lens('Beta: 0.1').waitFor();
      await lens('Sweep around 0.1').waitFor();
      await hoverOver('beta: 0.1', 'wrong way round');
      await page.locator('.monaco-hover', { hasText: 'OLMo 3' }).first().waitFor();
      await shot('foreign-handbook-hover');
      await page.keyboard.press('Escape');
    });

    await step('a key that went is removed by its fix', async () => {
      await host.editorLine('max_prompt_length: 512').click();
      await page.keyboard.press('Control+.');
      const fix = page.locator('.action-widget .monaco-list-row', { hasText: 'Remove max_prompt_length' });
      await fix.waitFor();
      await shot('foreign-handbook-fix');
      await fix.click();
      await host.editorLine('max_prompt_length: 512').waitFor({ state: 'detached' });
      await page.keyboard.press('Control+s');
    });

    await step('is converted beside itself, with a list of what becomes of each setting', async () => {
      await lens('Convert...').click();
      await dialog.locator('.monaco-list-row', { hasText: 'LLaMA-Factory' }).first().click();
      await host.webview().getByText('Carried', { exact: true }).first().waitFor();
      await host.webview().getByText('The new file').first().waitFor();
      await shot('foreign-conversion');
      await host.notification('This is the new file for LLaMA-Factory');
      await shot('foreign-conversion-notification');
      await page.keyboard.press('Escape');
      assert.ok(!readFileSync(path.join(ws, 'recipes/dpo/config_full.yaml'), 'utf8').includes('pref_beta'));
    });

    await step('LLaMA-Factory: the reference in words, and switching it', async () => {
      await host.openFile('lf/llama3_lora_dpo.yaml');
      await lens('Reference: the bare base model org/base, not your adapter saves/sft').waitFor();
      await lens('Switch reference...').waitFor();
      await shot('foreign-llamafactory');
    });

    await step('axolotl: a beta that is not written', async () => {
      await host.openFile('axolotl/dpo.yml');
      await lens('Beta: 0.1, as rl_beta is absent').waitFor();
      await shot('foreign-axolotl');
    });

    await step('a shell script: at the flag, whose variable stands above', async () => {
      await host.openFile('run_dpo.sh');
      await lens('Beta: 0.05').waitFor();
      await lens('Reference: a frozen copy of the starting policy org/model-sft').waitFor();
      await shot('foreign-shell');
    });

    await step('Python, once its parser is loaded', async () => {
      await host.openFile('train_dpo.py');
      await lens('Beta: 0.2').waitFor();
      await lens('Reference: a frozen copy of the starting policy org/model-sft').waitFor();
      await shot('foreign-python');
    });
  },
};
