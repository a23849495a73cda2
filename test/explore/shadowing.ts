import type { Fence } from "../../packages/core/src/record/fence.ts";
import type { Add } from "./moves.ts";
import { nameOf, withProcess } from "./moves.ts";
import type { Process, Role, Run, Scenario, State } from "./world.ts";

const NO_ATTEMPT = "f".repeat(32) as Fence;

/** In shadow mode a request waits `sendWithin` for its claim, then as long as its deadline for a connection. */
export function startBy(role: Role, now: number, { policies }: Scenario): number | null {
  const { sendWithinMs, deadlineMs } = policies[0]!;
  return role === "shadow" ? now + sendWithinMs + deadlineMs : null;
}

/**
 * In shadow mode a request leaves, once, when its claim is known or when its time to wait for that is over, and it may take
 * its time. Nobody asks whether it may. What follows is recorded where the claim is.
 */
export function forwards(state: State, process: Process, index: number, scenario: Scenario, add: Add): void {
  const { run } = process;
  if (process.startBy === null || state.now >= process.startBy) return;
  const known = run === null || run.command.kind !== "claim" || run.act.act === "send";
  if (!known && state.now < process.startBy - scenario.policies[0]!.deadlineMs) return;
  const status = run?.act.act === "send" ? "sent" : process.status;
  const flight = {
    by: index,
    attempt: attemptOf(run),
    upstreamKey: keyOfShadow(index),
    sentAt: state.now,
    ours: false,
  };
  const left = { ...withProcess(state, index, { startBy: null, status }), flights: [...state.flights, flight] };
  add(`${nameOf(process, index)}: ${known ? "sends" : "sends before its claim is known"}`, left);
}

function attemptOf(run: Run | null): Fence {
  return run?.command.kind === "claim" ? run.command.attempt : NO_ATTEMPT;
}

/** A request that left in shadow mode and is perhaps in no record. */
export function isUnrecorded({ role, startBy, run }: Process): boolean {
  return role === "shadow" && startBy === null && run?.command.kind === "claim" && run.act.act !== "send";
}

/**
 * The store refused the claim, or was silent for so long that it is repeated no more. Nobody can know of such a request:
 * nothing is promised. Where the store showed another row there is no excuse.
 */
export function isUnknown({ role }: Process, { command, act }: Run, hasLost: boolean): boolean {
  const silent = act.act === "reply" && (act.reply === null || act.reply.kind === "unavailable");
  return silent && !hasLost && role === "shadow" && command.kind === "claim";
}

/** Clients choose what goes out under the upstream's key header, and need not choose the same for every retry. */
export function keyOfShadow(by: number): string {
  return `C${by}`;
}

/** Enforcing begins when no process is left whose claim in shadow mode is unknown; what is recorded may be on its way still. */
export function mayEnforce({ processes }: State): boolean {
  return processes.every(
    ({ role, status, run }) =>
      role !== "shadow" ||
      (status !== "waiting" && (status !== "working" || run?.command.kind !== "claim" || run.act.act === "send")),
  );
}
