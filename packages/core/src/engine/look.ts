import { CorruptError, decide, type Fence, type Reply, StoreError } from "../record/index.ts";
import { seenIn } from "./acts.ts";
import type { Call, EngineOptions } from "./call.ts";
import { inTime } from "./silence.ts";

const NO_SLOT: Reply = { kind: "unavailable", why: "slot" };

/** Without a place at the upstream nothing may be claimed, but what is stored can still be told. */
export async function look(call: Call, options: EngineOptions): Promise<Reply> {
  const { store, clock, policyOf, notify } = options;
  try {
    const policy = policyOf(call.request.identity.route);
    const row = await inTime(store.read(call.key), clock, policy.sendWithinMs);
    if (row === null) return NO_SLOT;
    const claim = {
      kind: "claim",
      attempt: "0".repeat(32) as Fence,
      request: call.request,
      sawRow: true,
      shadow: false,
    } as const;
    const decision = decide(seenIn(row).record, claim, clock.now(), policy);
    if (decision.kind !== "stay") return NO_SLOT;
    const { verdict } = decision;
    return verdict.kind === "run" || verdict.kind === "ask" || verdict.kind === "free" ? NO_SLOT : verdict;
  } catch (error) {
    if (error instanceof StoreError) return { kind: "unavailable", why: "store" };
    notify({ notice: error instanceof CorruptError ? "unreadable" : "failed", key: call.key, error });
    return { kind: "cannotCompare", scheme: "unreadable" };
  }
}
