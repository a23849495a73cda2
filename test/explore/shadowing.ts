import type { Fence } from "../../packages/core/src/record/fence.ts";
import type { Add } from "./moves.ts";
import { nameOf, withProcess } from "./moves.ts";
import type { Process, Run, Scenario, State } from "./world.ts";

/**
 * In shadow mode a request leaves, once, when its claim is known or when its time to wait for that is over, and nobody
 * asks whether it may. What follows is recorded where the claim is.
 */
export function forwards(state: State, process: Process, index: number, scenario: Scenario, add: Add): void {
  const { act, command, sinceMs } = process.run!;
  if (process.role !== "shadow" || command.kind !== "claim") return;
  const known = act.act === "send";
  const status = known ? "sent" : process.status;
  if (process.forwarded) {
    if (known) add(`${nameOf(process, index)}: has sent already`, withProcess(state, index, { status }));
    return;
  }
  const waited = state.now - sinceMs;
  const { sendWithinMs } = scenario.policies[process.policy]!;
  if (known ? waited > sendWithinMs : waited !== sendWithinMs) return;
  const how = known ? "sends" : "sends before its claim is known";
  add(`${nameOf(process, index)}: ${how}`, withProcess(left(state, index, command.attempt), index, { status }));
}

/** A request that left in shadow mode and is perhaps in no record. */
export function isUnrecorded({ role, forwarded, run }: Process): boolean {
  return role === "shadow" && forwarded && run?.command.kind === "claim";
}

/** The store was silent for so long that such a request ends without a record. Nobody can know of it: nothing is promised. */
export function isUnknown(process: Process, { command, act }: Run): boolean {
  const silent = act.act === "reply" && (act.reply === null || act.reply.kind === "unavailable");
  return silent && process.role === "shadow" && process.forwarded && command.kind === "claim";
}

/** What else stands in the way of a claim in shadow mode keeps no request back. Only where all is settled is nothing lost by it. */
export function leavesBeside(state: State, index: number, { command, act }: Run): State {
  const { role, forwarded } = state.processes[index]!;
  if (role !== "shadow" || forwarded || command.kind !== "claim" || act.act !== "reply") return state;
  if (act.reply === null || !["conflict", "pending", "inDoubt"].includes(act.reply.kind)) return state;
  return left(state, index, command.attempt);
}

/** Clients choose what goes out under the upstream's key header, and need not choose the same for every retry. */
export function keyOfShadow(by: number): string {
  return `C${by}`;
}

function left(state: State, by: number, attempt: Fence): State {
  const flight = { by, attempt, upstreamKey: keyOfShadow(by), sentAt: state.now, ours: false };
  return { ...withProcess(state, by, { forwarded: true }), flights: [...state.flights, flight] };
}

/** Enforcing begins when no process is left that may still send in shadow mode. */
export function mayEnforce({ processes }: State): boolean {
  return processes.every(
    ({ role, status, run }) =>
      role !== "shadow" || (status !== "waiting" && (status !== "working" || run?.command.kind !== "claim")),
  );
}
