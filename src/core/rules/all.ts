import { ALARM_ENTRIES } from '../analysis/alarm-entries';
import { BETA001 } from './beta001';
import { BETA002 } from './beta002';
import { BETA003 } from './beta003';
import { BETA004 } from './beta004';
import { BETA005 } from './beta005';
import { BETA006 } from './beta006';
import { BETA007 } from './beta007';
import { BETA009 } from './beta009';
import { DATA001 } from './data001';
import { DATA002 } from './data002';
import { DATA003 } from './data003';
import { DATA004 } from './data004';
import { DATA005 } from './data005';
import { DATA006 } from './data006';
import { DATA007 } from './data007';
import { DATA008 } from './data008';
import { KEY010 } from './key010';
import { LOSS001 } from './loss001';
import { LOSS002 } from './loss002';
import { LOSS003 } from './loss003';
import { LOSS007 } from './loss007';
import { MEM001 } from './mem001';
import { MODEL001 } from './model001';
import { MON001 } from './mon001';
import { MON002 } from './mon002';
import { MON005 } from './mon005';
import { OPT001 } from './opt001';
import { OPT002 } from './opt002';
import { OPT003 } from './opt003';
import { OPT005 } from './opt005';
import { REF001 } from './ref001';
import { REF002 } from './ref002';
import { REF003 } from './ref003';
import { REF004 } from './ref004';
import { REF005 } from './ref005';
import { REF010 } from './ref010';
import { REF011 } from './ref011';
import { REF012 } from './ref012';
import { REF013 } from './ref013';
import { REF014 } from './ref014';
import { RES001 } from './res001';
import type { Rule, RuleEntry } from './rule';
import { STRUCTURE } from './structure';
import { VAL005 } from './val005';

/** Every rule, in the order of the docs. */
export const RULES: readonly Rule[] = [
  KEY010,
  VAL005,
  MODEL001,
  REF001,
  REF002,
  REF003,
  REF004,
  REF005,
  REF010,
  REF011,
  REF012,
  REF013,
  REF014,
  BETA001,
  BETA002,
  BETA003,
  BETA004,
  BETA005,
  BETA006,
  BETA007,
  BETA009,
  LOSS001,
  LOSS002,
  LOSS003,
  LOSS007,
  OPT001,
  OPT002,
  OPT003,
  OPT005,
  DATA001,
  DATA002,
  DATA003,
  DATA004,
  DATA005,
  DATA006,
  DATA007,
  DATA008,
  MEM001,
  MON001,
  MON002,
  MON005,
  RES001,
];

/** What is said about configs: what parsing and the schema report, then the rules. */
export const RULE_ENTRIES: readonly RuleEntry[] = [...STRUCTURE, ...RULES];

/** Everything that has a code, with the alarms of runs. */
export const CODE_ENTRIES: readonly RuleEntry[] = [...RULE_ENTRIES, ...ALARM_ENTRIES];

export function ruleEntry(code: string): RuleEntry | undefined {
  return CODE_ENTRIES.find((entry) => entry.code.toLowerCase() === code.toLowerCase());
}
