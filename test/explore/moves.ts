import type { Fence } from "../../packages/core/src/record/fence.ts";
import type { Instant } from "../../packages/core/src/record/instant.ts";
import { acceptsLoss, land } from "./landing.ts";
import { asks, hear } from "./question.ts";
import { forwards, isUnrecorded } from "./shadowing.ts";
import { begins, step } from "./step.ts";
import { apply, dropRow } from "./storage.ts";
import type { Kernel, Move, Process, Run, Scenario, State, Write } from "./world.ts";

/** Everything that can happen next, in every order: this is the whole nondeterminism of the model. */
export function moves(state: State, scenario: Scenario, kernel: Kernel): Move[] {
  const found: Move[] = [];
  const add = (label: string, next: State, violation: string | null = null): void => {
    found.push({ label, state: next, violation });
  };
  if (state.now < scenario.until) add("time passes", { ...state, now: state.now + 1 });
  if (state.budget.policyChange > 0 && state.policy + 1 < scenario.policies.length) {
    add("the policy changes", { ...spend(state, "policyChange"), policy: state.policy + 1 });
  }
  if (state.now === scenario.lossAt && state.policy === 0) loseHistory(state, scenario, add);
  lateWrites(state, add);
  for (const flight of state.flights) land(state, flight, scenario, kernel, add);
  state.processes.forEach((process, index) => {
    if (process.status === "crashed") return;
    if (process.status === "waiting") {
      begins(state, index, scenario, kernel, add);
      return;
    }
    forwards(state, process, index, scenario, add);
    if (process.status !== "finished") progress(state, process, index, scenario, kernel, add);
  });
  return found;
}

export type Add = (label: string, next: State, violation?: string | null) => void;

function spend(state: State, fault: keyof State["budget"]): State {
  return { ...state, budget: { ...state.budget, [fault]: state.budget[fault] - 1 } };
}

/** A failover or a restore: the row is gone or an old version of itself; what was told before can no longer be held to. */
function loseHistory(state: State, scenario: Scenario, add: Add): void {
  if (state.row === null) return;
  const ours = acceptsLoss(scenario) ? 0 : state.ours;
  const flights = acceptsLoss(scenario) ? state.flights.map((flight) => ({ ...flight, ours: false })) : state.flights;
  const lost: State = { ...state, policy: 1, told: null, before: null, ours, flights };
  add("HISTORY IS LOST: the row is gone", { ...lost, row: null });
  if (state.before !== null) add("HISTORY IS LOST: the row is an old version", { ...lost, row: state.before });
}

function lateWrites(state: State, add: Add): void {
  state.writes.forEach((write, index) => {
    const rest = { ...state, writes: state.writes.filter((_, other) => other !== index) };
    const { next, violation } = apply(rest, write);
    add(`a write thought lost lands (${next.row?.fence === write.fence ? "applied" : "refused"})`, next, violation);
  });
}

function progress(state: State, process: Process, index: number, scenario: Scenario, kernel: Kernel, add: Add): void {
  const name = nameOf(process, index);
  const on: On = (from, event, label, violation = null) =>
    step(from, index, event, scenario, kernel, label, violation, add);

  if (state.budget.crash > 0 && !isUnrecorded(process)) {
    add(`${name} crashes`, withProcess(spend(state, "crash"), index, { status: "crashed", run: null, question: null }));
  }
  if (process.status === "asked") hear(state, process, index, on);
  else if (process.status === "sent") {
    const flight = state.flights.find((other) => other.by === index);
    const over = flight === undefined || state.now >= flight.sentAt + scenario.policies[0]!.deadlineMs;
    if (over) on(state, { event: "ambiguous", note: "timeout" }, `${name}: its deadline passes`);
  } else carryOut(state, process, index, scenario, kernel, add, on);
}

type On = (from: State, event: Parameters<Kernel["advance"]>[1], label: string, violation?: string | null) => void;

/** The act that the process is at: done, failed, or thought lost. */
function carryOut(
  state: State,
  process: Process,
  index: number,
  scenario: Scenario,
  kernel: Kernel,
  add: Add,
  on: On,
): void {
  const name = nameOf(process, index);
  const { act } = process.run!;
  switch (act.act) {
    case "swap":
      writes(state, process.run!, act.write, name, on);
      return;
    case "send":
      sends(state, process, index, scenario, kernel, add, on);
      return;
    case "ask":
      asks(state, process, index, add);
      return;
    case "drop":
      on(dropRow(state, act.fence), { event: "dropped" }, `${name}: drops the row`);
      return;
    case "reply":
      return;
    default:
      act satisfies never;
  }
}

function writes(state: State, { command }: Run, write: Write, name: string, on: On): void {
  // No claim outlives a horizon: swaps are repeated for minutes, horizons are hours at least.
  if (state.forgotten && command.kind === "claim" && !command.sawRow) return;
  const { next, violation } = apply(state, write);
  const won = next.row?.fence === write.fence && next.row !== state.row;
  const event = won ? ({ event: "won" } as const) : ({ event: "lost", current: state.row } as const);
  on(next, event, `${name}: swap ${won ? "won" : "lost"}`, violation);
  const { lostAck, lateWrite, unavailable } = state.budget;
  if (lostAck > 0) on(spend(next, "lostAck"), { event: "inDoubt" }, `${name}: swap, answer lost`, violation);
  if (lateWrite > 0) {
    const late = { ...spend(state, "lateWrite"), writes: [...state.writes, write] };
    on(late, { event: "inDoubt" }, `${name}: swap delayed`);
  }
  if (unavailable > 0) on(spend(state, "unavailable"), { event: "unavailable" }, `${name}: store unavailable`);
}

function sends(
  state: State,
  process: Process,
  index: number,
  scenario: Scenario,
  kernel: Kernel,
  add: Add,
  on: On,
): void {
  const name = nameOf(process, index);
  const act = process.run!.act;
  if (act.act !== "send") return;
  if (process.role === "shadow") {
    if (process.startBy === null) add(`${name}: has sent already`, withProcess(state, index, { status: "sent" }));
    else if (state.now >= process.startBy) on(state, { event: "unsent", note: "late" }, `${name}: found no connection`);
    return;
  }
  const policy = scenario.policies[process.policy]!;
  if (!kernel.maySend(act.attempt, (state.now + process.offset) as Instant, policy)) {
    on(state, { event: "unsent", note: "late" }, `${name}: too late to send`);
    return;
  }
  const upstreamKey = "clear" in act.record.secrets ? act.record.secrets.clear.upstreamKey : "?";
  // History is lost when the first policy goes: who does not know it by then claimed before.
  const ours = !(acceptsLoss(scenario) && process.policy === 0 && state.policy > 0);
  const flight = { by: index, attempt: act.attempt.id, upstreamKey, sentAt: state.now, ours };
  const sent = withProcess(state, index, { status: "sent" });
  add(`${name}: sends with ${upstreamKey}`, { ...sent, flights: [...state.flights, flight] });
  if (state.budget.unsent === 0) return;
  on(spend(state, "unsent"), { event: "unsent", note: "refused" }, `${name}: cannot connect`);
}

export function withProcess(state: State, index: number, change: Partial<Process>): State {
  const processes = state.processes.map((process, at) => (at === index ? { ...process, ...change } : process));
  return { ...state, processes };
}

export function nameOf(process: Process, index: number): string {
  return process.role === "request" || process.role === "shadow" ? `${process.role} ${index + 1}` : process.role;
}

export function isMintedBy(fence: Fence, index: number): boolean {
  return fence.charAt(12) === String(index);
}
