import { BETA001 } from './beta001';
import { BETA002 } from './beta002';
import type { Rule } from './rule';

/** Every rule, in the order of the docs. */
export const RULES: readonly Rule[] = [BETA001, BETA002];
