/** A quick look before a file is parsed: no dialect's reader is loaded for text without one of these words. */

/** Larger files are data or logs. */
export const MAX_CHARACTERS = 400_000;

const NAMES = /\.(ya?ml|sh|bash|slurm|sbatch|py|ipynb)$/i;
const WORDS =
  /dpo|^\s*["']?(pref_|rl_)?beta["']?\s*:|ref_policy_kl_penalty|reference_policy_kl_penalty|scale_coeff|--beta\b/im;

/** Names of the files in which other trainers are configured. */
export function hasForeignName(fileName: string): boolean {
  return NAMES.test(fileName);
}

/** Whether a file may be another trainer's config: cheap, and never wrong about a file that is one. */
export function maybeForeign(fileName: string, text: string): boolean {
  return (
    hasForeignName(fileName) && text.length <= MAX_CHARACTERS && (WORDS.test(text) || /dpo/i.test(fileName))
  );
}
