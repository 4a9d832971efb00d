import { ALARM_ENTRIES } from '../alarms/alarm-entries';
import type { Rule, RuleEntry } from '../rule';
import { BETA001 } from './beta/beta001-default';
import { BETA002 } from './beta/beta002-not-positive';
import { BETA003 } from './beta/beta003-too-low';
import { BETA004 } from './beta/beta004-too-high';
import { BETA005 } from './beta/beta005-averaged';
import { BETA006 } from './beta/beta006-other-reference';
import { BETA007 } from './beta/beta007-ipo';
import { BETA008 } from './beta/beta008-written-twice';
import { BETA009 } from './beta/beta009-variable';
import { CHANGED_KEYS } from './changed-keys';
import { DATA001 } from './data/data001-too-long';
import { DATA002 } from './data/data002-no-template';
import { DATA003 } from './data/data003-no-end-token';
import { DATA004 } from './data/data004-pair-differences';
import { DATA005 } from './data/data005-odd-tokens';
import { DATA006 } from './data/data006-unreadable';
import { DATA007 } from './data/data007-no-pairs';
import { DATA008 } from './data/data008-template';
import { DATA009 } from './data/data009-prompts';
import { DATA010 } from './data/data010-shared-prompts';
import { DATA012 } from './data/data012-template-effects';
import { LOSS001 } from './loss/loss001-unknown';
import { LOSS002 } from './loss/loss002-smoothing-unused';
import { LOSS003 } from './loss/loss003-smoothing-needed';
import { LOSS004 } from './loss/loss004-combination';
import { LOSS006 } from './loss/loss006-no-reference';
import { LOSS007 } from './loss/loss007-robust-is-sigmoid';
import { MEM001 } from './model/mem001-too-large';
import { MODEL001 } from './model/model001-unreadable';
import { MODEL002 } from './model/model002-not-embedded';
import { MON001 } from './monitoring/mon001-logged-seldom';
import { MON002 } from './monitoring/mon002-none-held-out';
import { MON003 } from './monitoring/mon003-report-to';
import { MON004 } from './monitoring/mon004-log-without-margins';
import { MON005 } from './monitoring/mon005-no-texts';
import { RES001 } from './monitoring/res001-unfinished-run';
import { RES002 } from './monitoring/res002-resume-ignored';
import { OPT001 } from './optimizer/opt001-high-rate';
import { OPT002 } from './optimizer/opt002-many-epochs';
import { OPT003 } from './optimizer/opt003-fp16';
import { OPT004 } from './optimizer/opt004-number-format';
import { OPT005 } from './optimizer/opt005-small-batch';
import { OPT006 } from './optimizer/opt006-dropout';
import { REF001 } from './reference/ref001-adapter-missing';
import { REF002 } from './reference/ref002-other-tokenizer';
import { REF003 } from './reference/ref003-no-effect';
import { REF004 } from './reference/ref004-weaker-reward';
import { REF005 } from './reference/ref005-columns';
import { REF006 } from './reference/ref006-stale-cache';
import { REF007 } from './reference/ref007-computed-again';
import { REF008 } from './reference/ref008-synchronised';
import { REF009 } from './reference/ref009-precompute';
import { REF010 } from './reference/ref010-own-beta';
import { REF011 } from './reference/ref011-checkpoint';
import { REF012 } from './reference/ref012-same-model';
import { REF013 } from './reference/ref013-other-base';
import { REF014 } from './reference/ref014-base-model';
import { REF015 } from './reference/ref015-loaded-anyway';
import { KEY009 } from './settings/key009-default-changed';
import { KEY010 } from './settings/key010-secret';
import { VAL005 } from './settings/val005-contradictions';
import { STRUCTURE } from './structure';

/** Every rule, in the order of the docs. */
export const RULES: readonly Rule[] = [
  KEY009,
  KEY010,
  VAL005,
  MODEL001,
  MODEL002,
  REF001,
  REF002,
  REF003,
  REF004,
  REF005,
  REF006,
  REF007,
  REF008,
  REF009,
  REF010,
  REF011,
  REF012,
  REF013,
  REF014,
  REF015,
  BETA001,
  BETA002,
  BETA003,
  BETA004,
  BETA005,
  BETA006,
  BETA007,
  BETA008,
  BETA009,
  LOSS001,
  LOSS002,
  LOSS003,
  LOSS004,
  LOSS006,
  LOSS007,
  OPT001,
  OPT002,
  OPT003,
  OPT004,
  OPT005,
  OPT006,
  DATA001,
  DATA002,
  DATA003,
  DATA004,
  DATA005,
  DATA006,
  DATA007,
  DATA008,
  DATA009,
  DATA010,
  DATA012,
  MEM001,
  MON001,
  MON002,
  MON003,
  MON004,
  MON005,
  RES001,
  RES002,
];

/** What is said about configs: what parsing and the schema report, then the rules. */
export const RULE_ENTRIES: readonly RuleEntry[] = [...STRUCTURE, ...CHANGED_KEYS, ...RULES];

/** Everything that has a code, with the alarms of runs. */
export const CODE_ENTRIES: readonly RuleEntry[] = [...RULE_ENTRIES, ...ALARM_ENTRIES];

export function ruleEntry(code: string): RuleEntry | undefined {
  return CODE_ENTRIES.find((entry) => entry.code.toLowerCase() === code.toLowerCase());
}
