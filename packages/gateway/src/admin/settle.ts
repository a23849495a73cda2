import { decide, type Instant, type KeyRecord, type Reply } from "@semel/core/record";
import { AdminProblem } from "./problem.ts";
import type { Resolve } from "./proposals.ts";
import { type Desk, type Found, find, orUnavailable } from "./read.ts";
import { time } from "./view.ts";

/** What became of an operator's word. */
export type Settled =
  /** The key has its outcome now. */
  | "completed"
  /** Nothing is open any more: the next retry runs. */
  | "freed"
  /** The record said so already. */
  | "unchanged";

/** Carries an operator's word out, and tells from the record what it did. Throws a problem where it was refused. */
export async function settle(
  found: Found,
  command: Resolve,
  desk: Desk,
): Promise<Readonly<{ result: Settled; found: Found }>> {
  const { options } = desk;
  const { row, record } = found;
  const since = options.now();
  const reply = await orUnavailable(() => options.engine.resolve(row.key, record.route, command));
  throwIfRefused(reply, options.now());
  const after = await find(row.key, desk);
  return { result: resultOf(after.record, command.note, since), found: after };
}

/** What the record as it stands would say to the command. Pure: a proposal that cannot be carried out is not kept. */
export function rehearse({ record }: Found, command: Resolve, { options }: Desk): void {
  const decision = decide(record, command, options.now(), options.policyOf(record.route));
  if (decision.kind === "stay" && "kind" in decision.verdict && decision.verdict.kind === "refused") {
    throwIfRefused(decision.verdict, options.now());
  }
}

export function throwIfRefused(reply: Reply, now: Instant): void {
  switch (reply.kind) {
    case "refused":
      throw refusal(reply.why, reply.until, now);
    case "unavailable":
      throw new AdminProblem("store_unavailable", "The store did not answer. Nothing was changed; try again.");
    case "cannotCompare":
      throw new AdminProblem("unreadable", "The row of this run cannot be read. Nothing was changed.");
    case "pending":
      throw new AdminProblem("outcome_unknown", "The store gave no clear answer. Look at the run before trying again.");
    default:
  }
}

function refusal(why: (Reply & { kind: "refused" })["why"], until: Instant | null, now: Instant): AdminProblem {
  const at = until === null ? null : time(until);
  const wait = at === null ? "" : ` Try again after ${at}.`;
  if (why === "running") {
    return new AdminProblem(
      "running",
      `A process holds this run and may settle it by itself. Nothing was changed.${wait}`,
      { until: at },
    );
  }
  if (why === "unsettled" && until !== null && until <= now) return lookedTooEarly();
  if (why === "unsettled") {
    const detail = `Nobody can say yet that this run had no effect. Nothing was changed.${wait}`;
    return new AdminProblem("unsettled", detail, { until: at });
  }
  return new AdminProblem("not_completed", "The run has no outcome. Nothing was changed.");
}

export function lookedTooEarly(): AdminProblem {
  const detail =
    "A retry was sent meanwhile, and may have taken effect. Nothing was changed. Look the payment up again, and say anew what you find.";
  return new AdminProblem("looked_too_early", detail);
}

/** The note is this command's own, with its author and reason: the newest transition that bears it tells. */
function resultOf(record: KeyRecord, note: string, since: Instant): Settled {
  const entry = record.history.entries.findLast((one) => one.note === note && one.at >= since);
  if (entry?.did === "incident") {
    const detail =
      "The record had the opposite outcome, and stored outcomes never change. The contradiction is written down as an incident.";
    throw new AdminProblem("contradicts_record", detail);
  }
  if (entry?.did === "completed") return "completed";
  return entry?.did === "closed" ? "freed" : "unchanged";
}
