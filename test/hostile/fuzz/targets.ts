import { CONFIGURATIONS, PATTERNS } from "./configurations.ts";
import { FORMS } from "./forms.ts";
import type { Target } from "./fuzzer.ts";
import { CANONICAL_JSON } from "./json.ts";
import { KEYS } from "./keys.ts";
import { POINTERS, QUESTIONS } from "./pointers.ts";
import { AUTHORITIES, ROWS, SEALS } from "./records.ts";
import { ADMIN, WIRE } from "./wires.ts";

/** Every parser that is given what somebody else wrote. */
export const TARGETS: readonly Target[] = [
  ...[KEYS, CANONICAL_JSON, FORMS, POINTERS, QUESTIONS, ROWS, SEALS, AUTHORITIES, CONFIGURATIONS, PATTERNS],
  ...[ADMIN, WIRE],
];
