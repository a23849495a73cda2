import type { Rule } from "./rule.ts";
import { NONE, REPEATS, scenario, THREE } from "./scenarios.ts";

/** Rules about what an answer, or the end of an attempt, may do to a record. */
export const ANSWER_RULES: readonly Rule[] = [
  {
    name: "late_answer",
    promise: "a final answer of an open attempt completes the key, however late",
    patches: [{ file: "answer.ts", from: "return runs || isOpen(record, attempt);", to: "return runs;" }],
    needs: scenario({ name: "late_answer", policies: [NONE], budget: {}, until: 5 }),
  },
  {
    name: "word_now",
    promise: "what an answer means is decided against the row as it is now, not as it was claimed",
    patches: [
      {
        file: "answer.ts",
        from: "const word = isSuspect(record, command.attempt)",
        to: "const word = isSuspect(command.held, command.attempt)",
      },
    ],
    needs: scenario({ name: "word_now", policies: [REPEATS], budget: {}, until: 6 }),
  },
  {
    name: "end_keeps_row",
    promise: "an attempt that ends leaves the row, so that fingerprint, F and doubt are not forgotten",
    patches: [
      {
        file: "answer.ts",
        from: "return swap({ record: next, did, attempt, note, publish: null }, now, policy, () =>",
        to: 'if (true) return { kind: "drop" };\n  return swap({ record: next, did, attempt, note, publish: null }, now, policy, () =>',
      },
    ],
    needs: scenario({ name: "end_keeps_row", policies: [REPEATS], budget: { unsent: 1 }, until: 6, roles: THREE }),
  },
  {
    name: "end_keeps_suspicion",
    promise: "the end of one attempt proves nothing about another",
    patches: [{ file: "answer.ts", from: "open: without(record.open, attempt)", to: "open: []" }],
    needs: scenario({
      name: "end_keeps_suspicion",
      policies: [REPEATS],
      budget: { unsent: 1 },
      until: 6,
      roles: THREE,
    }),
  },
  {
    name: "final_only",
    promise: "only a final answer completes a key",
    patches: [{ file: "answer.ts", from: 'if (word !== "final") return', to: 'if (word === "noEffect") return' }],
    needs: scenario({ name: "final_only", policies: [NONE], budget: {}, until: 3 }),
  },
  {
    name: "suspect_outcomes",
    promise: "an answer from in front of the operation does not close a key that was perhaps sent before",
    patches: [
      {
        file: "answer.ts",
        from: "? command.words.suspect : command.words.notSuspect;",
        to: "? command.words.notSuspect : command.words.notSuspect;",
      },
    ],
    needs: scenario({ name: "suspect_outcomes", policies: [REPEATS], budget: {}, until: 6 }),
  },
  {
    name: "completed_immutable",
    promise: "a stored answer never changes",
    patches: [
      {
        file: "answer.ts",
        from: 'if (record.state.kind === "completed") return answerToCompleted(record, command, now, policy);',
        to: "",
      },
      { file: "answer.ts", from: "return answerOfClosed(record, command, now, policy);", to: "record = command.held;" },
    ],
    needs: scenario({ name: "completed_immutable", policies: [REPEATS], budget: {}, until: 6 }),
  },
];
