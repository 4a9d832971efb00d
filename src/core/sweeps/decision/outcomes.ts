/**
 * How a trained policy's answers were judged against the baseline's. Who judges fills it in; the decision reads nothing
 * else.
 */
export interface ArmOutcomes {
  readonly beta: number;
  readonly seed: number;
  /** By prompt, one for each answer: 1 where it won, 0.5 for a tie, 0 where it lost; a judge that says how sure it is may give values between. */
  readonly outcomes: Readonly<Record<string, readonly number[]>>;
}

/** The answers of one trained policy, prompt by prompt, in the order of the table's prompts. */
export interface ArmTable {
  /** Mean outcome of each prompt: shares. */
  readonly means: Float64Array;
  /** Answers a prompt, on average. */
  readonly answers: number;
  /** Variance of a single answer around the mean of its prompt; NaN with one answer a prompt. */
  readonly within: number;
}

export interface BetaTable {
  readonly beta: number;
  /** One for each seed. */
  readonly arms: readonly ArmTable[];
}

/** Outcomes in rows and columns: only prompts that every policy has answered. */
export interface OutcomeTable {
  /** Largest beta first. */
  readonly betas: readonly BetaTable[];
  readonly prompts: readonly string[];
}

export function outcomeTable(arms: readonly ArmOutcomes[]): OutcomeTable {
  const [first, ...others] = arms;
  const answered = ({ outcomes }: ArmOutcomes, prompt: string): boolean =>
    Object.hasOwn(outcomes, prompt) && (outcomes[prompt]?.length ?? 0) > 0;
  const prompts = Object.keys(first?.outcomes ?? {}).filter((prompt) =>
    arms.every((arm) => answered(arm, prompt)),
  );
  const betas = [...new Set([first, ...others].flatMap((arm) => arm?.beta ?? []))].sort((a, b) => b - a);
  return {
    prompts,
    betas: betas.map((beta) => ({
      beta,
      arms: arms.filter((arm) => arm.beta === beta).map((arm) => armTable(arm, prompts)),
    })),
  };
}

function armTable({ outcomes }: ArmOutcomes, prompts: readonly string[]): ArmTable {
  const means = new Float64Array(prompts.length);
  let [answers, squares, freedom] = [0, 0, 0];
  prompts.forEach((prompt, index) => {
    const values = outcomes[prompt] ?? [];
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    means[index] = mean;
    answers += values.length;
    squares += values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    freedom += values.length - 1;
  });
  return { means, answers: answers / prompts.length, within: freedom > 0 ? squares / freedom : Number.NaN };
}

/**
 * Whether a prompt helps to choose betas or to prove the choice: a fifth of all prompts choose. It depends on the
 * prompt's text alone, so that a prompt keeps its part whatever else is asked.
 */
export function isChoosing(prompt: string): boolean {
  // FNV-1a, then a mix: the remainder of the plain hash of short texts is uneven.
  let hash = 0x811c9dc5;
  for (let index = 0; index < prompt.length; index++) {
    hash = Math.imul(hash ^ prompt.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return ((hash ^ (hash >>> 13)) >>> 0) % 5 === 0;
}
