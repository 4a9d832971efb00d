import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Encoding, Tokenizer } from '@huggingface/tokenizers';
import { fileStamp } from '../node/files/file-stamp';
import { regularFileSize } from '../node/files/text-files';
import { InferenceSession, Tensor } from '../node/models/onnxruntime';
import { compileTemplate, findTemplate, type Render, readTokenizer } from '../node/models/tokenizer';
import { problemText } from '../node/templates/rendering';
import { byScores, type Judge, type JudgedItem, type Verdict } from './judge';
import { JudgeError } from './judge-error';

/** Inputs that a sequence classifier may have. */
const INPUTS: readonly string[] = ['input_ids', 'attention_mask', 'token_type_ids'];
/** Tokenizers without a limit name an enormous one. */
const NO_LIMIT = 1_000_000;

/**
 * A sequence classifier that gives a text one number. Its folder holds `model.onnx`, and `tokenizer.json` with its settings,
 * as an export of transformers' `AutoModelForSequenceClassification` with one label does.
 *
 * @throws FileError where a file is missing
 * @throws JudgeError where the model is no such classifier
 */
export async function openRewardModel(folder: string): Promise<Judge> {
  const path = join(folder, 'model.onnx');
  await regularFileSize(path);
  const { library, config } = await readTokenizer(folder);
  const template = await findTemplate('auto', folder, config);
  const session = await InferenceSession.create(path, { logSeverityLevel: 3 }).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new JudgeError(`${path} cannot be loaded as a reward model: ${reason}. Export it again.`);
  });
  const unknown = session.inputNames.filter((name) => !INPUTS.includes(name));
  if (unknown.length > 0 || !session.inputNames.includes('input_ids')) {
    throw new JudgeError(
      `${path} is no reward model that can be used: its inputs are ${session.inputNames.join(', ')}, and should be ${INPUTS.join(', ')} or fewer of these.`,
    );
  }
  const limit = Number(config.json.model_max_length ?? NO_LIMIT);
  const identity = `${path} ${await fileStamp(path)}`;
  const id = `reward_model:${createHash('sha256').update(identity).digest('hex').slice(0, 16)}`;
  return new RewardModelJudge(id, path, session, {
    library,
    render: template && (await compileTemplate(template, config)),
    limit: limit < NO_LIMIT ? limit : undefined,
  });
}

interface Reader {
  readonly library: Tokenizer;
  readonly render: Render | undefined;
  /** Tokens; what is longer loses its end. */
  readonly limit: number | undefined;
}

class RewardModelJudge implements Judge {
  readonly atOnce = 1;

  constructor(
    readonly id: string,
    private readonly path: string,
    private readonly session: InferenceSession,
    private readonly reader: Reader,
  ) {}

  async judge({ prompt, policy, reference }: JudgedItem): Promise<Verdict> {
    return byScores(await this.#score(prompt, policy.text), await this.#score(prompt, reference.text));
  }

  async #score(prompt: string, text: string): Promise<number> {
    const { ids, types } = await this.#encode(prompt, text);
    const values: Record<string, readonly number[]> = {
      input_ids: ids,
      attention_mask: ids.map(() => 1),
      token_type_ids: types,
    };
    const feeds = Object.fromEntries(
      this.session.inputNames.map((name) => {
        const numbers = BigInt64Array.from(values[name] ?? [], BigInt);
        return [name, new Tensor('int64', numbers, [1, numbers.length])];
      }),
    );
    const results = await this.session.run(feeds);
    const logits = results.logits ?? results[this.session.outputNames[0] ?? ''];
    const [score] = logits?.data ?? [];
    if (logits?.size !== 1 || typeof score !== 'number') {
      throw new JudgeError(
        `${this.path} gives ${logits?.size ?? 0} numbers a text; a reward model gives one, as floating-point number. Export one that was trained with a single label.`,
      );
    }
    return score;
  }

  /** As a conversation where there is a chat template, else as a pair of texts. */
  async #encode(prompt: string, text: string): Promise<{ ids: readonly number[]; types: readonly number[] }> {
    const { library, render, limit } = this.reader;
    if (render) {
      const messages = [
        { role: 'user', content: prompt },
        { role: 'assistant', content: text },
      ];
      const [written] = await render([{ messages, until: 'end' }]);
      if (!written || !('text' in written)) {
        throw new JudgeError(
          `The chat template of ${this.path} rejects a question and its answer: ${written ? problemText(written) : 'it gives no text'}. Fix it, or remove it from the folder.`,
        );
      }
      const { ids } = library.encode(written.text, { add_special_tokens: false });
      return { ids: ids.slice(0, limit), types: ids.slice(0, limit).map(() => 0) };
    }
    // Not every tokenizer has types, whatever is asked for.
    const encoding: Encoding = library.encode(prompt, { text_pair: text, return_token_type_ids: true });
    const types = encoding.token_type_ids ?? encoding.ids.map(() => 0);
    return { ids: encoding.ids.slice(0, limit), types: types.slice(0, limit) };
  }
}
