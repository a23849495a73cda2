import type { KeyHistory, Violation } from "./history.ts";

/** What the bank's own ledger says, as `GET /ledger` has it. */
export type Ledger = Readonly<{
  effects: number;
  byKey: Readonly<Record<string, number>>;
  byReference: Readonly<Record<string, number>>;
}>;

/** What the gateway says of a key once all faults are over. */
export type FoundState = "completed" | "in-doubt" | "running" | "idle" | "unreadable" | "unknown";

export type Verdict = Readonly<{
  effects: number;
  inDoubt: number;
  violations: readonly Violation[];
  /** Keys that nobody can explain, each with what is known of it. */
  unexplained: readonly Readonly<{ lane: string; key: string; detail: string }>[];
}>;

export type Case = Readonly<{
  histories: readonly KeyHistory[];
  ledger: Ledger;
  /** Of every key without a final answer. */
  states: ReadonlyMap<string, FoundState>;
  /** No rung of recovery is left on this route: doubt is an answer. */
  doubtAllowed: boolean;
}>;

/** Holds what clients were told against what the bank did. */
export function judge({ histories, ledger, states, doubtAllowed }: Case): Verdict {
  const violations: Violation[] = [];
  const unexplained: { lane: string; key: string; detail: string }[] = [];
  let inDoubt = 0;
  for (const history of histories) {
    violations.push(...history.violations, ...heldAgainst(history, ledger));
    if (history.final !== null) continue;
    const state = states.get(history.key) ?? "unknown";
    if (state === "in-doubt") inDoubt += 1;
    else unexplained.push(unexplainedAs(history, `${state}, and no final answer was told`));
    if (state === "in-doubt" && !doubtAllowed) {
      unexplained.push(unexplainedAs(history, "in doubt although a rung is left"));
    }
  }
  return { effects: ledger.effects, inDoubt, violations, unexplained };
}

function unexplainedAs({ lane, key }: KeyHistory, detail: string) {
  return { lane, key, detail };
}

function heldAgainst(history: KeyHistory, ledger: Ledger): Violation[] {
  const { lane, key, final } = history;
  // The bank notes a key as it came, quotes and all.
  const byKey = ledger.byKey[`"${key}"`] ?? 0;
  const effects = Math.max(byKey, ledger.byReference[history.reference] ?? 0);
  const others = ledger.byReference[history.otherReference] ?? 0;
  const found: Violation[] = [];
  const add = (kind: Violation["kind"], detail: string): void => void found.push({ kind, lane, key, detail });
  if (effects > 1) add("two effects", `${effects} effects in the ledger`);
  if (others > 0) add("mismatch took effect", `${others} effects of another body`);
  if (final === null) return found;
  if (history.forgotten) add("answer lost", `never again after ${final.told.text}`);
  const isSuccess = final.told.status < 400;
  if (isSuccess && effects === 0) add("success without effect", final.told.text);
  if (!isSuccess && effects > 0) add("failure with effect", final.told.text);
  return found;
}
