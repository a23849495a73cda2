import { asOf, type Instant, isSuspect, type KeyRecord, type Policy, type Reply, tell } from "@semel/core/record";

/** What a look-up says of a run that it gives no answer of. */
export type RunState =
  | "running"
  | "pending"
  | "in-doubt"
  /** No attempt had an effect and none is under way: the next retry runs. */
  | "free"
  | "completed"
  | "expired"
  | "not-retained"
  | "erased";

export type Looked =
  | Readonly<{ kind: "answer"; reply: Reply & { kind: "answer" } }>
  | Readonly<{ kind: "state"; state: RunState; retryable: boolean; retryAfterMs: number | null; detail: string }>;

/** What a retry of the run's request would be told now, without being one. */
export function look(stored: KeyRecord, now: Instant, policy: Policy): Looked {
  const record = asOf(stored, now, policy);
  if (record.state.kind === "idle" && !isSuspect(record, null)) {
    return state("free", true, null, "No attempt had an effect. Send the request again with the same key.");
  }
  const reply = tell(record, now, policy);
  switch (reply.kind) {
    case "answer":
      return { kind: "answer", reply };
    case "conflict":
      return state("running", true, reply.retryAfterMs, "The request is being carried out.");
    case "inDoubt":
      return state("in-doubt", false, null, "It may have taken effect. An operator or reconciliation settles it.");
    case "expired":
      return state("expired", false, null, "It was carried out; its answer is past its retention.");
    case "notRetained":
      return state("not-retained", false, null, "It was carried out; its answer was not kept for replay.");
    case "erased":
      return state("erased", false, null, "What was kept of it was erased.");
    default: {
      const retryMs = "retryAfterMs" in reply ? reply.retryAfterMs : 1_000;
      return state("pending", true, retryMs, "It may have taken effect, and its outcome is being found out.");
    }
  }
}

/** Whether waiting may bring something new. */
export function isUnderWay(looked: Looked): boolean {
  return looked.kind === "state" && (looked.state === "running" || looked.state === "pending");
}

function state(word: RunState, retryable: boolean, retryAfterMs: number | null, detail: string): Looked {
  return { kind: "state", state: word, retryable, retryAfterMs, detail };
}
