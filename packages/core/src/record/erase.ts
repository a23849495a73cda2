import type { Command } from "./command.ts";
import type { Decision } from "./decision.ts";
import { type Instant, NEVER } from "./instant.ts";
import type { Policy } from "./policy.ts";
import { type KeyRecord, NO_SECRETS } from "./record.ts";
import { isSuspect } from "./suspicion.ts";
import { stay, swap, tell } from "./transition.ts";

type Erase = Command & { kind: "erase" };

/** Forgets what was said under a settled key (answer, client's key, fingerprint), but not that the key was used. */
export function erase(record: KeyRecord | null, command: Erase, now: Instant, policy: Policy): Decision {
  if (record === null) return stay({ kind: "refused", why: "absent", until: null });
  const { state } = record;
  if (state.kind === "running" || isSuspect(record, null)) {
    return stay({ kind: "refused", why: state.kind === "running" ? "running" : "unsettled", until: null });
  }
  if (state.kind !== "completed") return stay({ kind: "refused", why: "absent", until: NEVER });
  const secrets = { clear: NO_SECRETS };
  const erased: KeyRecord = {
    ...record,
    fingerprint: null,
    secrets,
    answer: null,
    state: { ...state, answer: "erased" },
  };
  const change = { record: erased, did: "erased", attempt: null, note: command.note, publish: "erased" } as const;
  return swap(change, now, policy, (written) => tell(written, now, policy));
}
