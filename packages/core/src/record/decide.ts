import { answer, endAttempt } from "./answer.ts";
import { claim } from "./claim.ts";
import type { Command } from "./command.ts";
import type { Decision } from "./decision.ts";
import { due } from "./due.ts";
import { erase } from "./erase.ts";
import type { Instant } from "./instant.ts";
import type { Policy } from "./policy.ts";
import type { KeyRecord } from "./record.ts";
import { asked, resolve } from "./resolve.ts";
import { asOf } from "./suspicion.ts";

/**
 * All meaning of Semel in one pure function: given what is stored under a key, a command, the time and the policy, what
 * to write and what to do once it is written. Stores only compare and set; engines only carry out.
 */
export function decide(stored: KeyRecord | null, command: Command, clock: Instant, policy: Policy): Decision {
  // It is not earlier than what is written: a clock that was turned back must not make a row look past its horizon.
  const now = stored === null ? clock : (Math.max(clock, stored.changedAt) as Instant);
  const record = stored === null ? null : asOf(stored, now, policy);
  switch (command.kind) {
    case "claim":
      return claim(record, command, now, policy);
    case "answer":
      return answer(record, command, now, policy);
    case "end":
      return endAttempt(record, command, now, policy);
    case "asked":
      return asked(record, command, now, policy);
    case "resolve":
      return resolve(record, command, now, policy);
    case "erase":
      return erase(record, command, now, policy);
    case "due":
      return due(stored, record, command, now, policy);
    default:
      return command satisfies never;
  }
}
