import { CorruptError, decide, type Fence, type Reply, StoreError } from "../record/index.ts";
import { seenIn } from "./acts.ts";
import type { Call, EngineOptions } from "./call.ts";
import type { Parts } from "./parts.ts";
import { inTime } from "./silence.ts";

/** What stands in the way of a claim, but not of telling what is stored. */
type Obstacle = "slot" | "clock" | "history" | Readonly<{ openingLeftMs: number }>;

/** Tells what is stored, where nothing may be claimed: without a place at the upstream, for instance, or by a wrong clock. */
export async function look(call: Call, why: Obstacle, options: EngineOptions & Parts): Promise<Reply> {
  const { store, clock, clocks, policyOf, notify } = options;
  const nothing: Reply =
    typeof why === "string" ? { kind: "unavailable", why } : { kind: "pending", retryAfterMs: why.openingLeftMs };
  try {
    const policy = policyOf(call.request.identity.route);
    const row = await inTime(store.read(call.key), clock, policy.sendWithinMs);
    if (row === null) return nothing;
    const claim = {
      kind: "claim",
      attempt: "0".repeat(32) as Fence,
      request: call.request,
      sawRow: true,
      shadow: false,
    } as const;
    const decision = decide(seenIn(row).record, claim, clocks.now(policy.skewMs), policy);
    if (decision.kind !== "stay") return nothing;
    const { verdict } = decision;
    return verdict.kind === "run" || verdict.kind === "ask" || verdict.kind === "free" ? nothing : verdict;
  } catch (error) {
    if (error instanceof StoreError) return { kind: "unavailable", why: "store" };
    notify({ notice: error instanceof CorruptError ? "unreadable" : "failed", key: call.key, error });
    return { kind: "cannotCompare", scheme: "unreadable" };
  }
}
