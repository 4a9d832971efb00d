import type { Dialect } from '../experiment';
import { PYTHON_DIALECT } from './python/python-dialect';
import { SHELL_DIALECT } from './shell/shell-dialect';
import { YAML_DIALECT } from './yaml-dialect';

/** Readers of other trainers' files; the first that matches is used. */
export const FOREIGN_DIALECTS: readonly Dialect[] = [YAML_DIALECT, SHELL_DIALECT, PYTHON_DIALECT];
