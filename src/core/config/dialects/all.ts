import type { Dialect } from '../experiment';
import { YAML_DIALECT } from './yaml-dialect';

/** Readers of other trainers' files; the first that matches is used. */
export const FOREIGN_DIALECTS: readonly Dialect[] = [YAML_DIALECT];
