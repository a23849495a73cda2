import type { Fence } from "../../packages/core/src/record/fence.ts";
import type { KeyRecord } from "../../packages/core/src/record/record.ts";
import type { State, Write } from "./world.ts";

let keepsBefore = false;

/** Set by the search: old versions matter only where history may be lost. */
export function keepBefore(keep: boolean): void {
  keepsBefore = keep;
}

/** Compare and set, as every store does it. A completed record that changes its word is a violation by itself. */
export function apply(state: State, write: Write): { next: State; violation: string | null } {
  if ((state.row?.fence ?? null) !== write.expect) return { next: state, violation: null };
  const before = state.row === null ? null : settledAs(state.row.record);
  const after = settledAs(write.next);
  const changed = before !== null && before !== after && !isForgotten(write.next);
  const row = { fence: write.fence, record: write.next, dueAt: write.dueAt };
  return {
    next: { ...state, row, before: keepsBefore ? state.row : null },
    violation: changed ? `a completed record changed: ${before} became ${after}` : null,
  };
}

export function dropRow(state: State, fence: Fence): State {
  if (state.row?.fence !== fence) return state;
  const { state: was, open } = state.row.record;
  const settled = was.kind === "completed" || (was.kind === "idle" && open.length === 0);
  // Equal answers are promised up to the horizon, and no further.
  return settled ? { ...state, row: null, forgotten: true, told: null } : { ...state, row: null };
}

/** What a completed record says: the sense of its outcome and the very bytes of its answer. */
export function settledAs(record: KeyRecord): string | null {
  if (record.state.kind !== "completed") return null;
  return `${record.state.outcome.sense} ${record.state.outcome.digest ?? "-"}`;
}

function isForgotten(record: KeyRecord): boolean {
  return record.state.kind === "completed" && (record.state.answer === "expired" || record.state.answer === "erased");
}
